"""Decides which configuration file counts, and in which version."""

import os.path
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

import tomli

from chargehand.change import Checkout, Repository, read_file_at, read_files
from chargehand.core.change import Change
from chargehand.core.errors import ConfigError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_bounded
from chargehand.core.plain_value import PlainValue

OWN = ".chargehand.toml"
SHARED = "pyproject.toml"
MAX_BYTES = 1024 * 1024
# A setting lies four levels deep at most; other tools have more in pyproject.toml.
MOST_LEVELS = 50


class ConfigFile(PlainValue):
    """The settings of one file; `name` says which, and of which commit if it is not the work tree's."""

    name: str
    table: Mapping[str, object]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is set in it: tables may be there, with nothing in them."""
        return _is_empty(self.table)


def find_config(checkout: Checkout, change: Change, explicit: Path | None = None) -> ConfigFile | None:
    """Return the configuration for `change`, None if there is none; the demo has none.

    It is `explicit`, else `.chargehand.toml` or `[tool.chargehand]` in `pyproject.toml` at the top of the
    repository. In a CI job it is read at the commit of the change's rules, so that no change loosens its own
    gate; elsewhere in the work tree, or in the current folder if that is in no repository.
    """
    if change.source == "demo" or (change.rules.origin == "built-in" and explicit is None):
        return None
    commit = change.rules.commit
    if explicit is not None:
        return _explicit(checkout, commit, explicit)
    texts = (
        texts_at(checkout, commit)
        if isinstance(checkout, Repository) and commit
        else texts_in(_top(checkout))
    )
    files = [file for name, text in texts.items() if (file := parse_config(name, text, _version(commit)))]
    counting = [file for file in files if not file.is_empty]
    if len(counting) > 1:
        raise ConfigError(
            f"Nothing was reviewed: there are settings in {files[0].name} and in [tool.chargehand] of "
            f"{files[1].name}, and only one of them can count. Move them into one file."
        )
    return next(iter((*counting, *files)), None)


def passed_over(checkout: Checkout, change: Change) -> str:
    """Return a sentence about a configuration that does not count, as nothing vouches for it."""
    if change.rules.origin != "built-in" or not (checkout.cwd / OWN).exists():
        return ""
    return (
        f"{OWN} in this folder does not count: without a repository, a CI job cannot tell who wrote it. "
        "Its caps do not hold either. Name it with --config to have it count."
    )


def _top(checkout: Checkout) -> Path:
    return checkout.root if isinstance(checkout, Repository) else checkout.cwd


def _version(commit: str | None) -> str:
    return f" at {commit[:7]}" if commit else ""


def texts_at(repository: Repository, commit: str) -> dict[str, str]:
    """Return by name the files at a commit that may hold settings."""
    texts = read_files(repository, commit, (OWN, SHARED))
    return {name: texts[name] for name in (OWN, SHARED) if name in texts}


def texts_in(folder: Path) -> dict[str, str]:
    """Return by name the files in a folder that may hold settings; raises ConfigError.

    A link could lead out of the repository and is not followed.
    """
    if (folder / OWN).is_symlink():
        raise ConfigError(
            f"Nothing was reviewed: {OWN} is a symbolic link. Make it a file, or name it with --config."
        )
    paths = {name: folder / name for name in (OWN, SHARED)}
    return {
        name: read_config_text(path)
        for name, path in paths.items()
        if path.exists() and not path.is_symlink()
    }


def _explicit(checkout: Checkout, commit: str | None, explicit: Path) -> ConfigFile:
    inside = name_inside(checkout, explicit) if commit else None
    if isinstance(checkout, Repository) and commit and inside:
        name, text = inside, read_file_at(checkout, commit, inside)
    else:
        name, text, commit = str(explicit), read_config_text(checkout.cwd / explicit), None
    if text is None:
        raise ConfigError(
            f"Nothing was reviewed: {one_line(name)} is not there{_version(commit)}, where CI jobs read it. "
            "Merge it first, or name a file outside the repository."
        )
    file = parse_config(name, text, _version(commit))
    if file is None:
        raise ConfigError(f"Nothing was reviewed: {one_line(name)} has no table [tool.chargehand].")
    return file


def name_inside(checkout: Checkout, path: Path) -> str | None:
    """Return the path in the repository, None if it lies outside, or if there is none.

    It is looked at as it is written first: a folder on the way may be a link that the change put there.
    """
    if not isinstance(checkout, Repository):
        return None
    written = Path(os.path.normpath(checkout.cwd.resolve() / path))
    for each in (written, written.resolve()):
        if each.is_relative_to(checkout.root):
            return each.relative_to(checkout.root).as_posix()
    return None


def read_config_text(path: Path) -> str:
    """Return what a file of settings holds; raises ConfigError."""
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(
            f"Nothing was reviewed: {one_line(str(path))} cannot be read as configuration ({error.strerror})."
        ) from error


def parse_config(name: str, text: str, version: str = "") -> ConfigFile | None:
    """Return the settings in `text`, None for a `pyproject.toml` that has none."""
    shown = one_line(name) + version
    is_shared = PurePath(name).name == SHARED
    if is_shared and "chargehand" not in text:
        return None
    table = _toml(shown, text)
    if _is_deep(table, MOST_LEVELS):
        raise ConfigError(f"Nothing was reviewed: {shown} is nested more deeply than any setting.")
    if not is_shared:
        return ConfigFile(name=shown, table=table)
    tools = table.get("tool")
    own = tools.get("chargehand") if isinstance(tools, dict) else None
    if own is not None and not isinstance(own, dict):
        raise ConfigError(f"Nothing was reviewed: {shown}: tool.chargehand should be a table.")
    return ConfigFile(name=shown, table=own) if isinstance(own, dict) else None


def _toml(name: str, text: str) -> Mapping[str, object]:
    try:
        text.encode("utf-8")
        return tomli.loads(text.removeprefix("\ufeff"))
    except UnicodeEncodeError as error:
        raise ConfigError(f"Nothing was reviewed: {name} is not UTF-8. Save it as that.") from error
    except RecursionError as error:
        raise ConfigError(f"Nothing was reviewed: {name} is nested more deeply than any setting.") from error
    except ValueError as error:  # tomli's own, and Python's, of a number of thousands of digits
        raise ConfigError(f"Nothing was reviewed: {name} is not TOML: {one_line(str(error))}.") from error


def _is_empty(table: Mapping[str, object]) -> bool:
    return all(isinstance(each, dict) and _is_empty(each) for each in table.values())


def _is_deep(value: object, most: int) -> bool:
    """Tell whether tables and arrays stand in each other more often than `most` times."""
    level: list[object] = [value]
    for _ in range(most):
        level = [held for each in level for held in _held(each)]
    return bool(level)


def _held(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
