"""How a document of JSON becomes text that no reader chokes on."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from chargehand.core.escaping import json_for_log, printable

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


def as_text(document: Json) -> str:
    """Return `document` as indented JSON in UTF-8, with every string made printable and one LF at the end.

    Printable also means that no lone surrogate is left: neither UTF-8 nor strict JSON readers take one. No CI
    runner whose log shows the text finds a command in it.
    """
    return json_for_log(json.dumps(_harmless(document), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _harmless(value: Json) -> Json:
    match value:
        case str():
            return printable(value)
        case Mapping():
            return {printable(key): _harmless(each) for key, each in value.items()}
        case Sequence():
            return [_harmless(each) for each in value]
        case _:
            return value
