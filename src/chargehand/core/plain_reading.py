"""Reads the tables of a file into checked values without pydantic, where nothing in them is unusual.

pydantic takes longer to load than a run that asks no model takes to end. What is not exactly as a field has
it is left to pydantic, which says what is wrong with it, or makes of it what can be used.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from chargehand.core.checked_value import After, Before, Beside, CheckedValue, Within
from chargehand.core.plain_value import PlainValue

PlainT = TypeVar("PlainT", bound=PlainValue)
Given = Mapping[str, object]


class _Unusual(Exception):
    """A value is not exactly what its field takes."""


def read_plainly(kind: type[PlainT], found: object) -> PlainT | None:
    """Return what `shape.read` returns, or None if that has to decide."""
    try:
        return _table(kind, found)
    except (_Unusual, ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        return None


def _table(kind: type[PlainT], found: object) -> PlainT:
    if isinstance(found, kind):
        return found
    names = kind.field_names()
    if type(found) is not dict or not found.keys() <= set(names):
        raise _Unusual
    if any(name not in found and not hasattr(kind, name) for name in names):
        raise _Unusual
    types = kind.field_types()
    given: dict[str, object] = {}
    for name in names:
        if name in found:
            given[name] = _value(types[name], found[name], given)
    value = kind.made_of(**given)
    if isinstance(value, CheckedValue):
        value.check()
    return value


def _value(form: Any, value: object, beside: Given) -> object:  # Any: a type may be written in many ways
    marks = getattr(form, "__metadata__", ())
    for mark in reversed(marks):
        value = mark.prepare(value) if isinstance(mark, Before) else value
    value = _unmarked(form.__origin__ if marks else form, value)
    for mark in marks:
        match mark:
            case Before():
                pass
            case After():
                value = mark.check(value)
            case Beside():
                value = mark.check(value, dict(beside))
            case Within() if mark.holds(value):
                pass
            case _:
                raise _Unusual
    return value


def _unmarked(form: Any, value: object) -> object:  # Any: as above
    if read := _READERS.get(get_origin(form)):
        return read(get_args(form), value)
    if form is Decimal:
        return _number(value)
    if form is None or form in (str, int, bool, type(None)):
        if type(value) is not (form or type(None)):
            raise _Unusual
        return value
    if isinstance(form, type) and issubclass(form, PlainValue):
        return _table(form, value)
    if isinstance(form, type) and issubclass(form, Enum) and type(value) is str:
        return form(value)
    raise _Unusual


def _number(value: object) -> Decimal:
    if type(value) not in (int, float, Decimal):
        raise _Unusual
    number = Decimal(str(value))
    if not number.is_finite():
        raise _Unusual
    return number


def _one_of(forms: tuple[Any, ...], value: object) -> object:  # Any: as above
    """Return what the first form makes of a value that takes it."""
    first, *others = forms
    try:
        return _value(first, value, {})
    except (_Unusual, ValueError):
        if not others:
            raise
        return _one_of(tuple(others), value)


def _literal(words: tuple[Any, ...], value: object) -> object:  # Any: what `Literal` holds
    if type(value) is not str or value not in words:
        raise _Unusual
    return value


def _list(forms: tuple[Any, ...], value: object) -> object:  # Any: as above
    if type(value) not in (list, tuple) or forms[1:] != (...,):
        raise _Unusual
    return tuple(_value(forms[0], each, {}) for each in value)  # type: ignore[attr-defined] # one of the two


def _mapping(forms: tuple[Any, ...], value: object) -> object:  # Any: as above
    if type(value) is not dict:
        raise _Unusual
    return {_value(forms[0], key, {}): _value(forms[1], each, {}) for key, each in value.items()}


_READERS: Mapping[object, Callable[[tuple[Any, ...], object], object]] = {  # Any: as above
    Union: _one_of,
    UnionType: _one_of,
    Literal: _literal,
    tuple: _list,
    dict: _mapping,
}
