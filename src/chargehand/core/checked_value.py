"""Values whose fields have bounds: pydantic checks what is given, and is not loaded where nothing is.

The marks stand in `Annotated`, and say to pydantic what its own would, which cannot be had without it.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from chargehand.core.plain_value import PlainValue

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, ValidationInfo
    from pydantic_core import CoreSchema


class CheckedValue(PlainValue):
    """A plain value that raises pydantic's ValidationError, which names each field that is wrong."""

    def __init__(self, **given: object) -> None:
        if not given:
            super().__init__()
            return
        from chargehand.core.shape import read  # noqa: PLC0415 - start-up time

        self.__dict__.update(read(type(self), given).__dict__)

    def check(self) -> None:
        """Raise ValueError if the fields do not go together."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        def checked(value: CheckedValue) -> CheckedValue:
            value.check()
            return value

        shape = super().__get_pydantic_core_schema__(source, handler)
        return core_schema.no_info_after_validator_function(checked, shape)


class Before(NamedTuple):
    """What makes of a value what its type takes, or raises ValueError."""

    prepare: Callable[[Any], object]  # Any: whatever a file has there

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        return core_schema.no_info_before_validator_function(self.prepare, handler(source))


class After(NamedTuple):
    """What returns a value of the right type if it can be used, or raises ValueError."""

    check: Callable[[Any], object]  # Any: a value of the type that is marked

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        return core_schema.no_info_after_validator_function(self.check, handler(source))


class Beside(NamedTuple):
    """The same, and it is told what the fields before have."""

    check: Callable[[Any, dict[str, Any]], object]  # Any: as above

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        def checked(value: object, info: "ValidationInfo[Any]") -> object:  # Any: no context is given
            return self.check(value, info.data)

        return core_schema.with_info_after_validator_function(checked, handler(source))


class Within:
    """Bounds by the names that pydantic's `Field` has for them, such as `ge`, `max_length` and `pattern`."""

    __is_annotated_types_grouped_metadata__ = True  # by this mark pydantic asks what is in it

    def __init__(self, **bounds: Any) -> None:  # Any: numbers and patterns
        self._bounds = bounds

    def holds(self, value: Any) -> bool:  # Any: what the type that is marked takes
        """Tell whether a value lies within, without pydantic; a bound that is not known here says no."""
        return all(name in _HOLDS and _HOLDS[name](value, bound) for name, bound in self._bounds.items())

    def __iter__(self) -> Iterator[object]:
        from pydantic import Field  # noqa: PLC0415 - as above

        yield Field(**self._bounds)


_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {  # Any: a value and its bound
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "min_length": lambda value, least: len(value) >= least,
    "max_length": lambda value, most: len(value) <= most,
}
