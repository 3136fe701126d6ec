"""What a change brings of configuration: announced, and held against what can be set, before it counts."""

from chargehand.change import INDEX, Checkout, Repository, read_file_at
from chargehand.change.announced import names_in, when_it_counts
from chargehand.config.file import OWN, SHARED, ConfigFile, parse_config
from chargehand.config.load import complaints_about
from chargehand.core.change import Change, RuleFault, Rules
from chargehand.core.errors import ConfigError


def brings_configuration(change: Change) -> bool:
    """Tell whether a file that can hold settings is among those that change."""
    return not {OWN, SHARED}.isdisjoint(names_in(change.diff))


def with_brought(change: Change, checkout: Checkout) -> Change:
    """Return the change with what it brings announced, and with what is wrong about it."""
    names = [name for name in dict.fromkeys(names_in(change.diff)) if name in (OWN, SHARED)]
    rules = change.rules
    for name in names:
        rules = _with_file(rules, change, checkout, name)
    if rules == change.rules and not rules.announced:
        return change
    return change.evolve(rules=rules, notices=(*rules.announced, *change.notices))


def _with_file(rules: Rules, change: Change, checkout: Checkout, name: str) -> Rules:
    text = _text(change, checkout, name)
    try:
        file = parse_config(name, text) if text is not None else None
    except ConfigError as error:
        said = str(error).removeprefix("Nothing was reviewed: ")
        return _announced(rules, name).evolve(
            faults=(*rules.faults, RuleFault(path=name, key="", message=said))
        )
    if file is None and name == SHARED:  # a file for other tools as well, which says nothing of ours
        return rules
    return _announced(rules, name).evolve(faults=(*rules.faults, *_faults(name, file)))


def _announced(rules: Rules, name: str) -> Rules:
    sentence = when_it_counts(name, is_own=rules.origin == "work-tree")
    return rules.evolve(announced=(*rules.announced, sentence))


def _faults(name: str, file: ConfigFile | None) -> tuple[RuleFault, ...]:
    wrong = complaints_about(file) if file else ()
    return tuple(RuleFault(path=name, key=key[-1] if key else "", message=f"{said}.") for key, said in wrong)


def _text(change: Change, checkout: Checkout, name: str) -> str | None:
    """Return what the file holds after the change, None if nobody can say it or it is gone."""
    end = INDEX if change.source in ("staged", "files") else change.head
    if not isinstance(checkout, Repository) or end is None:
        return None
    return read_file_at(checkout, end, name)
