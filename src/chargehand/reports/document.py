"""How a document of JSON becomes text that no reader chokes on."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from chargehand.core.escaping import json_for_log, printable

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_CONSTANTS = {None: "null", True: "true", False: "false"}
_NEWLINE = "\n"


def as_text(document: Json) -> str:
    """Return `document` as indented JSON in UTF-8, with every string made printable and one LF at the end.

    Printable also means that no lone surrogate is left: neither UTF-8 nor strict JSON readers take one. No CI
    runner whose log shows the text finds a command in it.
    """
    # A large change has millions of values, and most of its strings stand there many times. Python's own
    # indented form passes each piece through a generator for each level.
    word = cache(lambda text: _ENCODER.encode(printable(text)))
    return f"{json_for_log(_indented(document, word, _NEWLINE))}\n"


def _indented(value: Json, word: Callable[[str], str], end: str) -> str:
    """Return a value as JSON; `end` is what the line begins with on which it ends."""
    if isinstance(value, str):
        return word(value)
    if value is None or isinstance(value, bool | int | float):
        return _CONSTANTS[value] if value is None or isinstance(value, bool) else _ENCODER.encode(value)
    inner = f"{end}  "
    if isinstance(value, dict | Mapping):
        known = {word(key): each for key, each in value.items()}
        entries = [f"{key}: {_indented(each, word, inner)}" for key, each in known.items()]
        return f"{{{inner}{f',{inner}'.join(entries)}{end}}}" if entries else "{}"
    entries = [_indented(each, word, inner) for each in value]
    return f"[{inner}{f',{inner}'.join(entries)}{end}]" if entries else "[]"
