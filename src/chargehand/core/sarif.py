"""The parts of a SARIF log by which a result says where it is, as every reader of such logs takes them."""

from typing import Annotated
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Stored(BaseModel):
    """Part of a log; what it does not need is passed over, and null is as good as nothing."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Text(Stored):
    """A text; one with an `id` stands among those of its rule."""

    text: str = ""
    id: str = ""
    arguments: tuple[str, ...] = ()


class Region(Stored):
    """Some lines of a file, from 1; None if they are counted otherwise, or not at all."""

    start_line: Annotated[int | None, Field(alias="startLine")] = None
    end_line: Annotated[int | None, Field(alias="endLine")] = None
    snippet: Text = Text()


class Artifact(Stored):
    """A file: by its address, below the folder that `base` names, or by its number in the run's list."""

    uri: str = ""
    base: Annotated[str, Field(alias="uriBaseId")] = ""
    index: int = -1


class Physical(Stored):
    """A file, and lines of it."""

    artifact: Annotated[Artifact, Field(alias="artifactLocation")] = Artifact()
    region: Region = Region()


class Location(Stored):
    """A place."""

    physical: Annotated[Physical, Field(alias="physicalLocation")] = Physical()


def path_in(uri: str) -> str:
    """Return the path that an address writes; undecodable bytes are surrogate escapes."""
    return unquote_to_bytes(uri).decode("utf-8", "surrogateescape")
