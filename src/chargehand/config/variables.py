"""Which variables of the environment are settings, and what is said of those that only look so."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from chargehand.config.neighbours import hint, nearest
from chargehand.config.settings import Settings
from chargehand.config.tables import TABLES
from chargehand.core.escaping import one_line

Key: TypeAlias = tuple[str, ...]

PREFIX = "CHARGEHAND_"
CACHE_SECRET = "CHARGEHAND_CACHE_SECRET"  # noqa: S105 - the name of a variable, not its value

# The tables whose settings one line of text can hold.
_IN_ONE_LINE = ("models", "plan")

# The settings that one line of text can hold, by the variable that sets them.
VARIABLES: dict[str, Key] = {
    PREFIX + "_".join(key).upper(): key
    for key in (
        *((name,) for name in Settings.field_names() if name not in (*TABLES, "minimum_version")),
        *((table, name) for table in _IN_ONE_LINE for name in TABLES[table].field_names()),
    )
}
# What sets nothing: it seals what is kept, and lets `forges/` speak to GitLab.
_SECRETS = (CACHE_SECRET, "CHARGEHAND_GITLAB_TOKEN")
_KNOWN = {name.removeprefix(PREFIX): name for name in (*VARIABLES, *_SECRETS)}


def set_by(environ: Mapping[str, str]) -> Iterator[tuple[Key, object, str]]:
    """Yield each setting that a variable sets, its value and the variable; an empty one sets nothing."""
    for variable, key in VARIABLES.items():
        if value := environ.get(variable, "").strip():
            yield key, value, variable


def slips_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return a complaint about each variable with our prefix that does nothing, unless it is empty."""
    names = (each for each in environ if each.startswith(PREFIX) and environ[each].strip())
    unknown = sorted(name for name in names if name.removeprefix(PREFIX) not in _KNOWN)
    return tuple(f"the variable {one_line(name)} is unknown{_advice(name)}" for name in unknown)


def _advice(variable: str) -> str:
    name = variable.removeprefix(PREFIX)
    for table in TABLES:
        if table not in _IN_ONE_LINE and f"{name}_".startswith(f"{table}_".upper()):
            return f"; the table [{table}] is for the configuration file alone"
    if meant := nearest(name, _KNOWN):
        return hint(_KNOWN[meant])
    return f"; names that begin with {PREFIX} are ours, so call one of your own otherwise"
