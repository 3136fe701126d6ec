"""How a document of JSON becomes text that no reader chokes on."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from chargehand.core.escaping import json_for_log, printable

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


def as_text(document: Json) -> str:
    """Return `document` as indented JSON in UTF-8, with every string made printable and one LF at the end.

    Printable also means that no lone surrogate is left: neither UTF-8 nor strict JSON readers take one. No CI
    runner whose log shows the text finds a command in it.
    """
    # A large change has millions of strings, most of which stand there many times.
    harmless = _harmless(document, cache(printable))
    return json_for_log(json.dumps(harmless, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _harmless(value: Json, word: Callable[[str], str]) -> Json:
    """Return the value with `word` done to every string in it."""
    if isinstance(value, str):
        return word(value)
    if isinstance(value, Mapping):
        return {word(key): _harmless(each, word) for key, each in value.items()}
    return [_harmless(each, word) for each in value] if isinstance(value, Sequence) else value
