"""Decides which of several values of a setting holds, and says where a wrong one came from."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from chargehand import __version__
from chargehand.config.file import ConfigFile
from chargehand.config.neighbours import hint, neighbour
from chargehand.config.settings import Settings
from chargehand.config.tables import TABLES
from chargehand.config.values import NEWER
from chargehand.config.variables import Key, set_by, slips_in
from chargehand.core.errors import ConfigError
from chargehand.core.escaping import one_line
from chargehand.core.plain_reading import read_plainly

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Tree: TypeAlias = dict[str, object]

_SHOWN = 60

# What may stand in each table of the file, of which the top is empty.
_KEYS = {"": Settings.field_names(), **{name: table.field_names() for name, table in TABLES.items()}}


def load_settings(
    file: ConfigFile | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    """Return what is set: the defaults, under `file`, under the environment's variables, under `flags`.

    `flags` are values by the setting's name; None is a flag that was not given. An empty variable sets
    nothing. Raises `ConfigError` with a line for each wrong value, unknown key and unknown variable, by where
    it stands.
    """
    tree, sources = _layered(file, environ, flags)
    slips = slips_in(environ)
    settings, errors = _read(tree)
    complaints = [_complaint(each, file.name if file else "", sources) for each in errors[:_MOST_TOLD]]
    if len(errors) > _MOST_TOLD:
        complaints.append(f"and {len(errors) - _MOST_TOLD:,} more")
    if slips or complaints:
        raise ConfigError(_message([*slips, *complaints]))
    return settings


def complaints_about(file: ConfigFile) -> tuple[tuple[Key, str], ...]:
    """Return what is wrong with the settings of one file, each by its key; nothing if they can be used."""
    tree, _ = _layered(file, {}, {})
    _, errors = _read(tree)
    return tuple((_key(each), _complaint(each, file.name, {})) for each in errors[:_MOST_TOLD])


def _wrong_keys(file: ConfigFile) -> tuple[Key, ...]:
    """Return what cannot be used of a file; if it is all too much, the tables that hold it."""
    tree, _ = _layered(file, {}, {})
    _, errors = _read(tree)
    keys = tuple(map(_key, errors))
    return keys if len(keys) <= _MOST_TOLD else tuple(dict.fromkeys(key[:1] for key in keys))


def _without_tables(table: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in table.items() if name not in names}


def _read(tree: Tree) -> "tuple[Settings, Sequence[ErrorDetails]]":
    """Return the settings, and what is wrong with the tree; they are the defaults then."""
    if not tree:
        return Settings(), ()
    if settings := read_plainly(Settings, tree):
        return settings, ()
    # Start-up time: only what is wrong or unusual has to be explained.
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    from chargehand.core.shape import read  # noqa: PLC0415 - as above

    try:
        return read(Settings, tree), ()
    except ValidationError as error:
        return Settings(), _told(error)


def load_valid_settings(
    file: ConfigFile | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    """Return what is set if what cannot be used of the file is passed over, and never something looser.

    If the lowest severity that fails, or a bound on the money, is among it, the strictest value takes its
    place.
    """
    table = file.table if file else None
    strict: Tree = {} if file else {**_STRICTEST}
    while file and table and (wrong := _wrong_keys(file)):
        for key in wrong:
            strict |= _STRICTEST_BY_KEY.get(key[0], {}) if key else {}
        table = _without_tables(table, {key[0] for key in wrong if len(key) == 1})
        for key in wrong:
            table = table if len(key) == 1 else _without(table, key)
        file = file.evolve(table=table)
    kept = ConfigFile(name=file.name if file else "", table={**(file.table if file else {}), **strict})
    return load_settings(kept, environ, flags)


# What a setting of the gate is, if the one in the file cannot be read.
_STRICTEST: Mapping[str, object] = {
    "fail_on": "low",
    "max_spend": 0,
    "on_incomplete": "fail",
    "on_outage": "fail",
}
_STRICTEST_BY_KEY: Mapping[str, Mapping[str, object]] = {
    **{name: {name: value} for name, value in _STRICTEST.items()},
    "fail_spend": {"fail_spend": 0},
    "pr_budget": {"max_spend": 0},
    "gate": {"fail_on": "low"},
}


def _without(table: Mapping[str, object], key: Key) -> dict[str, object]:
    """Return the table without what `key` leads to."""
    name, *rest = key or ("",)
    below = table.get(name)
    others = {each: value for each, value in table.items() if each != name}
    if rest and isinstance(below, dict) and rest[0] in below:
        return {**others, name: _without(below, tuple(rest))}
    return others


def _layered(
    file: ConfigFile | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> tuple[Tree, dict[Key, str]]:
    """Return the values, the stronger over the weaker, and where those that are not the file's came from."""
    tree: Tree = {}
    sources: dict[Key, str] = {}
    for key, value in _leaves(file.table if file else {}):
        _put(tree, key, value)
    for key, value, source in (*set_by(environ), *_flags(flags)):
        _put(tree, key, value)
        sources[key] = source
    return tree, sources


def _leaves(table: Mapping[str, object], above: Key = ()) -> Iterator[tuple[Key, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _put(tree: Tree, key: Key, value: object) -> None:
    for name in key[:-1]:
        below = tree.setdefault(name, {})
        if not isinstance(below, dict):  # the file has a value where a table belongs, which is reported later
            return
        tree = below
    tree[key[-1]] = value


def _flags(flags: Mapping[str, object]) -> Iterator[tuple[Key, object, str]]:
    for name, value in flags.items():
        if value is not None:
            yield (name,), value, f"--{name.replace('_', '-')}"


def _message(complaints: Sequence[str]) -> str:
    lines = "".join(f"\n  {complaint}" for complaint in complaints)
    newer = f"\n{_NEWER}" if any(_UNKNOWN in complaint for complaint in complaints) else ""
    return f"Nothing was reviewed: a setting is wrong or unknown.{lines}{newer}"


_UNKNOWN = "is unknown"
# For each, all names are compared with the wrong one.
_MOST_TOLD = 50
_NEWER = (
    f"This is chargehand {__version__}. A newer one may know more: pip install -U chargehand, then "
    "chargehand doctor, which names each line that pins an older one."
)


# What pydantic says of the commonest mistakes, in plain words.
_PLAIN_WORDS = {
    "missing": "is missing",
    "string_type": "should be text",
    "tuple_type": "should be a list",
    "model_type": "should be a table",
    "dict_type": "should be a table",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "decimal_type": "should be a number",
    "decimal_parsing": "should be a number",
}


def _told(error: "ValidationError") -> "list[ErrorDetails]":
    """Return the errors worth telling: a file for a newer version may set what only that one knows."""
    errors = error.errors()
    return [each for each in errors if each["type"] == NEWER] or errors


def _complaint(error: "ErrorDetails", file: str, sources: Mapping[Key, str]) -> str:
    """Return what is wrong with one setting, by the name under which the user set it."""
    key = _key(error)
    subject = next((source for known, source in sources.items() if key[: len(known)] == known), None)
    if subject is None:
        subject = f"{file}: {_dotted(key)}"
    if error["type"] == "extra_forbidden":
        meant = neighbour(key[-1], key[0] if len(key) > 1 else "", _KEYS)
        return f"{subject} {_UNKNOWN}{hint(meant) or _maybe_newer()}"
    said = _PLAIN_WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ").removeprefix(
        "Input "
    )
    if not said.startswith("should"):
        return f"{subject}{' ' if said.startswith('is ') else ': '}{one_line(said)}"
    return f"{subject} {said}{_given(error['input'])}"


def _maybe_newer() -> str:
    return f" to chargehand {__version__}; if a newer one knows it, pin that"


def _key(error: "ErrorDetails") -> Key:
    return tuple(part for part in error["loc"] if isinstance(part, str) and part != "[key]")


def _dotted(key: Key) -> str:
    """Return the key as TOML writes it."""
    return ".".join(
        part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(one_line(part)) for part in key
    )


def _given(value: object) -> str:
    if isinstance(value, str):
        return f', not "{one_line(value)[:_SHOWN]}"'
    return f", not {value}"[:_SHOWN] if isinstance(value, int | float | Decimal) else ""
