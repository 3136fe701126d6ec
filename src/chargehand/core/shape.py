"""How pydantic reads and writes a `PlainValue`: in a file, in a table of settings, inside of a `Value`."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, SerializationInfo, SerializerFunctionWrapHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from chargehand.core.plain_value import PlainValue

PlainT = TypeVar("PlainT", bound=PlainValue)

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}  # Any: each has the type of its key


def read(kind: type[PlainT], found: object) -> PlainT:
    """Return a value of tables as a file has them; raises pydantic's ValidationError."""
    value: PlainT = _adapter(kind).validate_python(found)
    return value


def read_json(kind: type[PlainT], text: str | bytes) -> PlainT:
    """Return a value of JSON; raises pydantic's ValidationError."""
    value: PlainT = _adapter(kind).validate_json(text)
    return value


def written(value: PlainValue) -> dict[str, Any]:  # Any: JSON, and what it has no form for
    """Return a value as tables, with those in it as tables too."""
    tables: dict[str, Any] = _adapter(type(value)).dump_python(value)  # Any: as above
    return tables


def to_json(value: PlainValue, *, indent: int | None = None) -> str:
    """Return a value as JSON."""
    return _adapter(type(value)).dump_json(value, indent=indent).decode()


def schema_of(kind: type[PlainT], handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the shape of a value: a table with its fields and no other, or the value itself."""
    fields = {
        name: core_schema.typed_dict_field(handler.generate_schema(form), required=not hasattr(kind, name))
        for name, form in kind.field_types().items()
    }
    table = core_schema.typed_dict_schema(fields, extra_behavior="forbid")

    def write(value: PlainT, rest: SerializerFunctionWrapHandler, info: SerializationInfo) -> object:
        return rest(vars(value) if info.exclude_unset else dict(value))

    return core_schema.no_info_wrap_validator_function(
        _reading(kind),
        table,
        serialization=core_schema.wrap_serializer_function_ser_schema(write, info_arg=True, schema=table),
    )


def _reading(kind: type[PlainT]) -> Callable[[object, Callable[[object], Any]], PlainT]:
    """Return what makes a value of a table; what is one already stays as it is."""
    return lambda found, check: found if isinstance(found, kind) else kind.made_of(**check(found))


def _adapter(kind: type[PlainT]) -> TypeAdapter[PlainT]:
    if kind not in _ADAPTERS:
        # The title stands at the head of pydantic's errors, which a program's author reads.
        _ADAPTERS[kind] = TypeAdapter(kind, config={"title": kind.__name__})
    return _ADAPTERS[kind]
