"""The form that every noun takes: a frozen pydantic model that refuses what it does not know."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on


class Value(BaseModel):
    """A frozen value; collections in it are tuples."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def evolve(self, **changes: object) -> "Self":
        """Return this value with some fields changed, checked as if it had been built with them.

        pydantic's own `model_copy(update=...)` takes any name and any value, so that a slip of the pen makes
        a value that its class promises not to exist. Raises ValidationError for both.
        """
        return type(self)(**{**dict(self), **changes})
