"""Which configuration a change brings: it is announced and validated before it takes effect."""

from collections.abc import Iterator
from pathlib import Path

from chargehand.change import INDEX, Checkout, Repository, read_file_at, read_files
from chargehand.change.announced import when_it_counts
from chargehand.change.touched import touched_paths
from chargehand.config.file import OWN, SHARED, name_inside, parse_config
from chargehand.config.load import complaints_about
from chargehand.core.change import Change, RuleFault
from chargehand.core.errors import ConfigError


def brought_configuration(change: Change, checkout: Checkout, explicit: Path | None) -> tuple[str, ...]:
    """Return the files that can hold the settings, and that this change touches."""
    named = name_inside(checkout, explicit) if explicit else None
    wanted = (named,) if explicit else (OWN, SHARED)
    is_change = change.source != "files"  # files that are looked at whole are not said to change
    return tuple(name for name in touched_paths(change.diff) if name in wanted) if is_change else ()


def with_brought(change: Change, checkout: Checkout, explicit: Path | None = None) -> Change:
    """Return the change with what it brings announced, and with what is wrong about it.

    `explicit` is the configuration that the user names, in place of the usual files.
    """
    rules = change.rules
    names = brought_configuration(change, checkout, explicit)
    ours = [name for name in names if _is_about_us(change, checkout, name)]
    is_own = rules.origin == "work-tree"
    faults = [fault for name in ours for fault in _faults(change, checkout, name)]
    if ours and not explicit:
        faults += _of_both(change, checkout)
    announced = (*rules.announced, *(when_it_counts(name, is_own=is_own) for name in ours))
    if not announced:
        return change
    rules = rules.evolve(announced=announced, faults=(*rules.faults, *faults))
    return change.evolve(rules=rules)


def _is_about_us(change: Change, checkout: Checkout, name: str) -> bool:
    """Tell whether the file has settings of ours, before or after; a `pyproject.toml` need not."""
    if Path(name).name != SHARED or not isinstance(checkout, Repository):
        return True
    before = read_file_at(checkout, change.base, name) if change.base else None
    texts = (before, _text(change, checkout, name))
    return any(_has_settings(name, text) for text in texts if text is not None)


def _has_settings(name: str, text: str) -> bool:
    try:
        return parse_config(name, text) is not None
    except ConfigError:  # which says that it names us, and cannot be read
        return True


def _sets_something(name: str, text: str) -> bool:
    try:
        file = parse_config(name, text)
    except ConfigError:  # which is told as a fault of its own
        return True
    return file is not None and not file.is_empty


def _faults(change: Change, checkout: Checkout, name: str) -> Iterator[RuleFault]:
    text = _text(change, checkout, name)
    try:
        file = parse_config(name, text) if text is not None else None
    except ConfigError as error:
        yield RuleFault(path=name, key="", message=str(error).removeprefix("Nothing was reviewed: "))
        return
    for key, said in complaints_about(file) if file else ():
        yield RuleFault(path=name, key=key[-1] if key else "", message=f"{said}.")


def _of_both(change: Change, checkout: Checkout) -> Iterator[RuleFault]:
    """Yield a fault if two files hold settings after the change, each of which may be right by itself."""
    end = _end(change)
    if not isinstance(checkout, Repository) or end is None:
        return
    texts = read_files(checkout, end, (OWN, SHARED))
    if texts.keys() == {OWN, SHARED} and all(_sets_something(*each) for each in texts.items()):
        message = (
            f"There are settings in {OWN} and in [tool.chargehand] of {SHARED}, and only one of them can "
            "count. Move them into one file."
        )
        yield RuleFault(path=OWN if OWN in touched_paths(change.diff) else SHARED, key="", message=message)


def _text(change: Change, checkout: Checkout, name: str) -> str | None:
    """Return what the file holds after the change, None if that is not known or the file is gone."""
    end = _end(change)
    return read_file_at(checkout, end, name) if isinstance(checkout, Repository) and end is not None else None


def _end(change: Change) -> str | None:
    return INDEX if change.source == "staged" else change.head
