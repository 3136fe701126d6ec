"""Decides what a configuration means that stands on another one: a base, for many repositories.

The base is a file of another repository at one commit, so that nobody changes it unseen; git fetches it, and
nothing of it is run. What it sets holds, but for what it lets be overridden.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from chargehand.change import Checkout, Repository, read_file_at
from chargehand.change.git.tips import commit_of
from chargehand.config.file import ConfigFile, parse_config
from chargehand.config.load import complaints_about
from chargehand.config.tables import ExtendsSettings
from chargehand.config.variables import Key
from chargehand.core.errors import ConfigError
from chargehand.core.escaping import one_line

_FETCH_SECONDS = 60.0
_REF = "refs/chargehand/base/"
_TABLE = "extends"
_OF_ITSELF = (_TABLE, "minimum_version")


def with_base(file: ConfigFile | None, checkout: Checkout) -> ConfigFile | None:
    """Return the settings of a file over those of its base; the file as it is if it names none.

    Raises ConfigError if the base cannot be had or used, or if the file sets what the base does not let it.
    """
    named = _named(file) if file else None
    if file is None or named is None:
        return file
    base = _base(named, checkout)
    fixed = _fixed(base.table)
    clashes = [key for key, value in _leaves(file.table) if _is_fixed(key, value, fixed, base.table)]
    if clashes:
        listed = ", ".join(".".join(map(one_line, key)) for key in clashes)
        raise ConfigError(
            f"Nothing was reviewed: {file.name} sets {listed}, which {base.name} fixes. Take it out of "
            f"{file.name}, or have the base name it in extends.overridable."
        )
    own = {name: value for name, value in file.table.items() if name != _TABLE}
    below = {name: value for name, value in base.table.items() if name != _TABLE}
    return file.evolve(table=_merged(below, own))


def _named(file: ConfigFile) -> ExtendsSettings | None:
    """Return which base the file names, None if none; what is wrong with the table is told with the rest."""
    table = file.table.get(_TABLE)
    if not table:
        return None
    # Start-up time: most files stand on no other.
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    from chargehand.core.shape import read  # noqa: PLC0415 - as above

    try:
        named = read(ExtendsSettings, table)
    except ValidationError:
        return None
    return named if named.address else None


def _base(named: ExtendsSettings, checkout: Checkout) -> ConfigFile:
    shown = f"{one_line(named.path)} of {one_line(named.address)}"
    text = _text(named, checkout, shown)
    base = parse_config(named.path, text, f" of {one_line(named.address)} at {named.commit[:7]}")
    if base is None:
        raise ConfigError(f"Nothing was reviewed: {shown} has no table [tool.chargehand].")
    if complaints := complaints_about(base):
        lines = "".join(f"\n  {said}" for _, said in complaints)
        raise ConfigError(f"Nothing was reviewed: a setting of the base is wrong or unknown.{lines}")
    if _named(base):
        raise ConfigError(f"Nothing was reviewed: {base.name} extends another base, and only one is read.")
    return base


def _text(named: ExtendsSettings, checkout: Checkout, shown: str) -> str:
    """Return the base's text, fetched unless its commit is here: the commit's name vouches for it."""
    if not isinstance(checkout, Repository):
        raise ConfigError(
            f"Nothing was reviewed: the configuration extends {shown}, and without a repository nothing can "
            "be fetched. Run in the clone."
        )
    refspec = f"+{named.commit}:{_REF}{named.commit}"
    if not commit_of(checkout, named.commit):
        checkout.fetch(named.address, refspec, timeout_s=_FETCH_SECONDS)
    text = read_file_at(checkout, named.commit, named.path) if commit_of(checkout, named.commit) else None
    if text is None:
        command = f"git fetch {shlex.quote(named.address)} {refspec}"
        raise ConfigError(
            f"Nothing was reviewed: the configuration extends {shown}, which is not there at "
            f"{named.commit[:12]}, or cannot be fetched. Run: {command}"
        )
    return text


def _fixed(table: Mapping[str, object]) -> tuple[Key, ...]:
    """Return the keys that the base sets and does not let be overridden."""
    found = table.get(_TABLE)
    if not found:
        return tuple(key for key, _ in _leaves(table))
    from chargehand.core.shape import read  # noqa: PLC0415 - start-up time

    extends = read(ExtendsSettings, found)
    free = [tuple(each.split(".")) for each in extends.overridable]
    keys = (key for key, _ in _leaves(table))
    return tuple(key for key in keys if not any(key[: len(each)] == each for each in free))


def _is_fixed(key: Key, value: object, fixed: Sequence[Key], base: Mapping[str, object]) -> bool:
    """Tell whether a key, or one above or below it, is fixed, and to something else."""
    touched = [each for each in fixed if each[: len(key)] == key or key[: len(each)] == each]
    return any(each != key or _value_of(base, each) != value for each in touched)


def _value_of(table: Mapping[str, object], key: Key) -> object:
    value: object = table
    for name in key:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _leaves(table: Mapping[str, object], above: Key = ()) -> Iterator[tuple[Key, object]]:
    """Yield each setting by its key, but not what a file says of itself: its base, and its version."""
    for name, value in table.items():
        if not above and name in _OF_ITSELF:
            continue
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(under, value)
        else:
            merged[name] = value
    return merged
