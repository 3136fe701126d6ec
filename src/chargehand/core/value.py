"""The form that every noun takes: a frozen pydantic model that refuses what it does not know."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; collections in it are tuples."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
