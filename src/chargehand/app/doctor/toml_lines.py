"""Which line of a TOML file sets a key, and with which line in its place the file is right."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches

import tomli

from chargehand.app.doctor.toml_keys import ASSIGNED, common, header_of, is_on_the_way, parts_of
from chargehand.app.doctor.toml_tables import in_tables
from chargehand.app.doctor.trouble import Write
from chargehand.config.settings import Settings
from chargehand.config.tables import TABLES
from chargehand.config.variables import Key

_MOST_LINES = 200


def mend(name: str, text: str, key: Key, said: str, is_right: Callable[[str], bool]) -> Write | None:
    """Return the first line with which `is_right` holds of the file, None if none is known."""
    for first, last, line in (*_in_place(text, key, said), *in_tables(text, key, said)):
        write = Write(path=name, first=first, last=last, line=line)
        if is_right(write.applied(text)):
            return write
    return None


def _in_place(text: str, key: Key, said: str) -> Iterator[tuple[int, int, str]]:
    if place := _place_of(text, key):
        first, last = place
        for line in _candidates(text.split("\n")[first - 1 : last], key, said):
            yield first, last, line


def mend_line(name: str, text: str, number: int, is_right: Callable[[str], bool]) -> Write | None:
    """Return what has a line that is no TOML be some: its value in quotes, or the line as a comment."""
    lines = text.split("\n")
    for first in dict.fromkeys((min(number, len(lines)), max(number - 1, 1))):
        line = lines[first - 1]
        for other in (*_as_toml(line), f"# {line}"):
            write = Write(path=name, first=first, last=first, line=other)
            if is_right(write.applied(text)):
                return write
    return None


def _as_toml(line: str) -> Iterator[str]:
    """Yield what was meant by a setting that is no TOML: an open list, YAML, text without quotes."""
    name, equals, value = line.partition("=")
    if not equals:
        name, equals, value = line.partition(":")
    if not equals:
        return
    if value.lstrip().startswith("["):
        yield f"{name.rstrip()} = {value.strip()}]"
    yield f"{name.rstrip()} = {value.strip()}"
    yield f"{name.rstrip()} = {json.dumps(value.strip().strip(chr(34) + chr(39)))}"


def _place_of(text: str, key: Key) -> tuple[int, int] | None:
    """Return the first and the last line of what sets `key`, or of the header of its table."""
    best: tuple[int, int] | None = None
    table: Key = ()
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if (header := header_of(line)) is not None:
            table = path = header
        elif assigned := ASSIGNED.fullmatch(line):
            path = (*table, *parts_of(assigned[2]))
        else:
            continue
        shared = common(path, key)
        if is_on_the_way(path, key) and (best is None or shared > best[0]):
            best = shared, number
    return (best[1], _end(lines, best[1])) if best else None


def _end(lines: Sequence[str], first: int) -> int:
    """Return the last line of what begins at `first`: an array may take several."""
    for last in range(first, min(len(lines), first + _MOST_LINES) + 1):
        try:
            tomli.loads("\n".join(lines[first - 1 : last]))
        except tomli.TOMLDecodeError:
            continue
        return last
    return first


def _candidates(lines: Sequence[str], key: Key, said: str) -> Iterator[str]:
    """Yield what may be meant: a key that comes near, an allowed value, the default, no such line."""
    assigned = ASSIGNED.fullmatch("\n".join(lines))
    if assigned:
        before, written, equals, value = assigned.groups()
        for meant in re.findall(r"did you mean ([\w./-]+)\?", said):
            *table, _ = parts_of(written)
            yield before + ".".join((*table, meant)) + equals + value
            yield before + ".".join((*table, meant.rpartition(".")[2])) + equals + value
            yield before + written + equals + json.dumps(meant)
        known = re.findall(r"'([\w-]+)'", said)
        near = get_close_matches(value.strip().strip("\"'"), known, n=1, cutoff=0.3)
        for each in (*near, *_default(key)):
            yield before + written + equals + (each if each in _default(key) else json.dumps(each))
    yield "\n".join(f"# {line}" for line in lines)


def _default(key: Key) -> tuple[str, ...]:
    """Return the default of a setting as TOML, nothing if it has none that stands in one line."""
    value = getattr(Settings if len(key) == 1 else TABLES.get(key[0]), key[-1], None)
    if isinstance(value, Decimal):
        return (str(value),)
    return (json.dumps(value),) if isinstance(value, str | int) else ()
