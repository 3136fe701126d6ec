"""Which version of chargehand brought each setting: an older one calls it unknown."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from chargehand.config.values import version_numbers

# The settings by table, `""` for the top of the file, in the order of the versions.
Brought: TypeAlias = Mapping[str, Mapping[str, str]]

# A version that brings settings gets a row of its own.
BROUGHT: Brought = {
    "0.1.0": {
        "": "minimum_version fleet depth provider fail_on category baseline sarif_in cache state max_spend "
        "fail_spend pr_budget on_incomplete on_outage require_model threads deadline escalation_share "
        "probe_rate instructions models lenses paths plan context prices checks keep no_model gate comments "
        "suppressions extends",
        "models": "orchestrator worker escalation",
        "lenses": "enabled purpose instructions paths model",
        "paths": "ignore include never_send review max_changed_lines max_line_bytes on_unread",
        "plan": "small_change_files small_change_lines chunk_tokens focus_lines",
        "context": "enabled tokens guidance",
        "prices": "input output cache_read cache_write",
        "checks": "disabled",
        "keep": "cache_days cache_megabytes state_days",
        "no_model": "authors drafts labels unless_labels paths",
        "gate": "rules lenses paths confidence",
        "comments": "severity confidence most name",
        "suppressions": "fingerprint rule path reason until guidance",
        "extends": "address commit path overridable",
    },
}


def newer_settings(
    table: Mapping[str, object], version: str, brought: Brought = BROUGHT
) -> Mapping[str, str]:
    """Return the settings in `table` that `version` does not know, each with the version that brought it."""
    since = since_of(brought)
    known = version_numbers(version)
    return {
        name: since[name]
        for name in dict.fromkeys(_names(table))
        if name in since and version_numbers(since[name]) > known
    }


def oldest_that_knows(table: Mapping[str, object], brought: Brought = BROUGHT) -> str:
    """Return the oldest version that knows all settings in `table`."""
    newer = newer_settings(table, "0", brought)
    return max((*newer.values(), next(iter(brought))), key=version_numbers)


def since_of(brought: Brought = BROUGHT) -> Mapping[str, str]:
    """Return the version that brought each setting, by its name with that of its table."""
    return {
        f"{table}.{name}".removeprefix("."): version
        for version, tables in brought.items()
        for table, names in tables.items()
        for name in names.split()
    }


def _names(table: Mapping[str, object]) -> Iterator[str]:
    for name, value in table.items():
        yield name
        yield from (f"{name}.{each}" for inside in _tables_in(name, value) for each in inside)


def _tables_in(name: str, value: object) -> Iterator[Mapping[str, object]]:
    """Yield the tables of settings in one: a lens and a model's price have names of their own."""
    values = value if isinstance(value, list) else [value]
    for each in values:
        if isinstance(each, Mapping):
            named = each.values() if name in ("lenses", "prices") else (each,)
            yield from (inside for inside in named if isinstance(inside, Mapping))
