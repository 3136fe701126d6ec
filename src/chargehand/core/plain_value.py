"""The form of the nouns that every run makes: as frozen and as strict as `Value`, and there at once.

pydantic takes longer to load than a run without models to end, so these nouns check names and types by
themselves. Only where one of them is read or written does pydantic come in: `core/shape.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from typing_extensions import Self, dataclass_transform  # typing has them from Python 3.11 on
else:

    def dataclass_transform(**_: bool) -> Callable[[type], type]:
        """Tell a checker of types how such a class is built; nothing happens at run time."""
        return lambda each: each


Fits = Callable[[object], bool]


@dataclass_transform(kw_only_default=True, frozen_default=True)
class PlainValue:
    """A frozen value; collections in it are tuples. What was not given is looked up in the class."""

    _names: ClassVar[tuple[str, ...]]
    _types: ClassVar[Mapping[str, object]]
    _checks: ClassVar[Mapping[str, Fits]]
    unshown: ClassVar[tuple[str, ...]] = ()  # what no traceback may quote

    def __init__(self, **given: object) -> None:
        self._refuse_what_is_missing(given)
        if given:
            self._refuse_what_is_wrong(given)
        self.__dict__.update(given)

    def _refuse_what_is_missing(self, given: Mapping[str, object]) -> None:
        kind = type(self)
        if missing := [name for name in kind.field_names() if name not in given and not hasattr(kind, name)]:
            raise TypeError(f"{kind.__name__} lacks {', '.join(missing)}")

    def _refuse_what_is_wrong(self, given: Mapping[str, object]) -> None:
        kind, checks = type(self), self._field_checks()
        for name, value in given.items():
            if name not in checks:
                raise TypeError(f"{kind.__name__} has no field {name}")
            if not checks[name](value):
                raise TypeError(f"{kind.__name__}.{name} cannot be of type {type(value).__name__}")

    @classmethod
    def made_of(cls, **given: object) -> "Self":
        """Return a value of fields that are known to be right: none is checked."""
        value = object.__new__(cls)
        object.__setattr__(value, "__dict__", given)
        return value

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """Return the names of the fields, in the order in which they are written down."""
        if "_names" not in cls.__dict__:
            own = (each.__annotations__ for each in reversed(cls.__mro__) if issubclass(each, PlainValue))
            cls._names = tuple(
                name for each in own for name in each if name not in PlainValue.__annotations__
            )
        return cls._names

    @classmethod
    def field_types(cls) -> Mapping[str, object]:
        """Return the type of each field."""
        if "_types" not in cls.__dict__:
            types = get_type_hints(cls, include_extras=True)
            cls._types = {name: types[name] for name in cls.field_names()}
        return cls._types

    def evolve(self, **changes: object) -> "Self":
        """Return this value with some fields changed, checked as if it had been built with them."""
        return type(self)(**{**self.__dict__, **changes})

    @classmethod
    def _field_checks(cls) -> Mapping[str, Fits]:
        if "_checks" not in cls.__dict__:
            cls._checks = {name: _check(form) for name, form in cls.field_types().items()}
        return cls._checks

    def __setattr__(self, name: str, _: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __iter__(self) -> Iterator[tuple[str, Any]]:  # Any: each field has a type of its own
        """Yield each field with its value, so that `dict(value)` has all of them."""
        return ((name, getattr(self, name)) for name in self.field_names())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__ or dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(tuple(value for _, value in self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self if name not in self.unshown)
        return f"{type(self).__name__}({shown})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Tell pydantic, where it is used, how to read and write such a value."""
        from chargehand.core.shape import schema_of  # noqa: PLC0415 - start-up time

        return schema_of(cls, handler)


def no_entries() -> dict[Any, Any]:  # Any: entries of every kind are missing
    """Return what a field holds that is a mapping, if nothing is given. Nobody changes it."""
    return {}


def _check(form: Any) -> Fits:  # Any: a type may be written in many ways
    """Return whether a value is of this type, as a function."""
    if hasattr(form, "__metadata__"):  # Annotated
        return _check(form.__origin__)
    origin = get_origin(form)
    if origin in _CHECKS:
        return _CHECKS[origin](*get_args(form))
    plain = _PLAIN.get(form, origin or form)
    return lambda value: isinstance(value, plain)


def _union_check(*inner: object) -> Fits:
    checks = [_check(each) for each in inner]
    return lambda value: any(fits(value) for fits in checks)


def _literal_check(*values: object) -> Fits:
    return lambda value: value in values


def _mapping_check(key: object, value: object) -> Fits:
    of_key, of_value = _check(key), _check(value)
    return lambda found: (
        isinstance(found, Mapping) and all(map(of_key, found)) and all(map(of_value, found.values()))
    )


def _tuple_check(first: object, *rest: object) -> Fits:
    checks = [_check(each) for each in (first, *rest) if each is not ...]
    if ... in rest:
        return lambda value: isinstance(value, tuple) and all(map(checks[0], value))
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(checks)
        and all(fits(each) for fits, each in zip(checks, value, strict=True))
    )


_CHECKS: Mapping[object, Callable[..., Fits]] = {
    Union: _union_check,
    UnionType: _union_check,
    Literal: _literal_check,
    Mapping: _mapping_check,
    dict: _mapping_check,
    tuple: _tuple_check,
}
# What a type takes that is written otherwise than `isinstance` wants it.
_PLAIN: Mapping[object, type | tuple[type, ...]] = {Any: object, None: type(None), float: (int, float)}
