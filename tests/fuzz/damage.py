"""How JSON is damaged so that it stays JSON: what is in it moves, goes, doubles or becomes another thing."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any

Json = Any  # what json reads and writes
Container = dict[str, Any] | list[Any]  # Any: as above

# What foreign programs write where something else was meant.
_ODD: tuple[Json, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, 1e308, 10**30, 2**63, "", " ", "0", "null", "\ud800", "\0", "\u2028"),
    *("a" * 5_000, "../x", "\x1b[31m", "::error::x", "-" * 40, "9" * 30, [], {}, [[]], [None], {"": None}),
)
_MOST_CHANGES, _LONGEST = 4, 20_000


def damage_json(data: bytes, seed: int) -> bytes:
    """Return the JSON in `data`, one document or one a line, after some changes; other bytes as they are."""
    dice = random.Random(seed)
    lines = data.split(b"\n") if b"\n{" in data else [data]
    number = dice.randrange(len(lines))
    try:
        document = json.loads(lines[number])
    except (ValueError, RecursionError):
        return data
    for _ in range(dice.randint(1, _MOST_CHANGES)):
        document = _changed(document, dice)
    try:
        lines[number] = json.dumps(document).encode()
    except RecursionError:  # it was nested deeper and deeper
        return data
    return b"\n".join(lines)


def _changed(document: Json, dice: random.Random) -> Json:
    places = _places(document)
    if not places:
        return deepcopy(dice.choice(_ODD))
    holder, key = dice.choice(places)
    dice.choice(_CHANGES)(holder, key, places, dice)
    return document


def _places(document: Json) -> list[tuple[Container, Any]]:  # Any: the name or the number of a place
    """Return each place in the document: the object or array that holds it, and its name or number there."""
    found: list[tuple[Container, Any]] = []  # Any: as above
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found


Change = Callable[[Any, Any, list[tuple[Container, Any]], random.Random], None]  # Any: as above


def _put_odd(holder: Any, key: Any, _places: list[tuple[Container, Any]], dice: random.Random) -> None:
    holder[key] = deepcopy(dice.choice(_ODD))


def _drop(holder: Any, key: Any, _places: list[tuple[Container, Any]], _dice: random.Random) -> None:
    del holder[key]


def _move(holder: Any, key: Any, places: list[tuple[Container, Any]], dice: random.Random) -> None:
    """Put a copy of what stands elsewhere here."""
    other, name = dice.choice(places)
    if isinstance(other, dict) and name in other:
        with suppress(RecursionError):
            holder[key] = json.loads(json.dumps(other[name]))


def _repeat(holder: Any, key: Any, _places: list[tuple[Container, Any]], dice: random.Random) -> None:
    """Repeat a text, or an entry of an array."""
    value = holder[key]
    if isinstance(value, str):
        holder[key] = (value * dice.randint(2, 50))[:_LONGEST]
    elif isinstance(holder, list):
        holder += [value] * dice.randint(1, 5)


def _nest(holder: Any, key: Any, _places: list[tuple[Container, Any]], dice: random.Random) -> None:
    for _ in range(dice.choice((1, 2, 100))):
        holder[key] = [holder[key]]


def _cut(holder: Any, key: Any, _places: list[tuple[Container, Any]], dice: random.Random) -> None:
    """Cut a text, and put a strange character in."""
    value = str(holder[key])
    place = dice.randint(0, len(value))
    holder[key] = (
        value[:place] + dice.choice(("", "\n", "\r", "`", "|", "\u202e", "é", "\udcff")) + value[place + 1 :]
    )


_CHANGES: tuple[Change, ...] = (_put_odd, _put_odd, _drop, _move, _repeat, _nest, _cut)
