"""Writes a repository's first files, each only if nothing is in its place."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from chargehand import __version__
from chargehand.app.init.examples import example_file
from chargehand.app.init.homes import Home, homes_of
from chargehand.app.init.pins import pins_of
from chargehand.change import Repository
from chargehand.config.file import OWN, SHARED, parse_config, texts_in
from chargehand.config.values import version_numbers
from chargehand.core.errors import ChargehandError, ConfigError

RELEASES = "https://github.com/chargehand/chargehand"
CONFIGURATION = "chargehand.toml"
_ASK_SECONDS = 10.0
_UNPINNED = "chargehand/chargehand@" + 40 * "0"
_BY_TAG = f"chargehand/chargehand@v{__version__}"


class Begun(NamedTuple):
    """What was written, what was there already beside the example of it, and what is left to do."""

    written: tuple[str, ...]
    left: tuple[tuple[str, Path], ...]
    then: tuple[str, ...]


def begin(repository: Repository, wanted: Sequence[str], releases: str = RELEASES) -> Begun:
    """Write the example of each home, and a configuration if there is none; nothing is overwritten.

    `releases` is where git learns the commit of our release, to which a workflow of GitHub is pinned.
    Raises ChargehandError if a file cannot be written.
    """
    texts = {home: example_file(home.example) for home in homes_of(repository, wanted)}
    written: list[str] = []
    left: list[tuple[str, Path]] = []
    then: list[str] = []
    for home, example in texts.items():
        text = _pinned(example.read_text(encoding="utf-8"), repository, releases)
        if _write(repository.root, home.path, text):
            written.append(home.path)
            then += _to_pin(home, text)
        else:
            left.append((home.path, example))
            then += _to_raise(repository.root, home.path)
        then += home.then
    example = example_file(CONFIGURATION)
    if in_the_way := _configure(repository.root, example):
        left.append((in_the_way, example))
    else:
        written.append(OWN)
    return Begun(tuple(written), tuple(left), tuple(dict.fromkeys(then)))


def _configure(root: Path, example: Path) -> str:
    """Write the first configuration; return the file that is in its place, empty if none was."""
    configured = _configured(root)
    if configured is None and _write(root, OWN, example.read_text(encoding="utf-8")):
        return ""
    return configured or OWN


def _configured(root: Path) -> str | None:
    """Return the file that holds settings already, or may; None if none does."""
    try:
        texts = texts_in(root)
        with_settings = [name for name, text in texts.items() if parse_config(name, text)]
    except ConfigError:  # there is one, and the doctor says what is wrong with it
        return OWN if (root / OWN).is_symlink() or (root / OWN).exists() else SHARED
    return next(iter(with_settings), None)


def _pinned(text: str, repository: Repository, releases: str) -> str:
    """Return the workflow with our release's commit; with its tag if git cannot learn it."""
    if _UNPINNED not in text:
        return text
    tag = f"refs/tags/v{__version__}"
    lines = repository.list_remote(releases, tag, f"{tag}^{{}}", timeout_s=_ASK_SECONDS)
    commit = lines[-1].split()[0] if lines else ""  # of a tag with a message the commit comes last
    is_commit = re.fullmatch(r"[0-9a-f]{40}", commit)
    if is_commit:
        return text.replace(_UNPINNED, f"chargehand/chargehand@{commit}")
    return re.sub(rf"{_UNPINNED} # .*", _BY_TAG, text)


def _to_pin(home: Home, text: str) -> list[str]:
    """Return what is to be done about a workflow that is pinned by a tag, which its owner can move."""
    return [f"pin {home.path} to the commit of v{__version__}, which is safer"] if _BY_TAG in text else []


def _to_raise(root: Path, name: str) -> list[str]:
    """Return the lines with which a file that is there already pins this version, if it pins an older one."""
    ours = version_numbers(__version__)
    older = [pin for pin in pins_of(root, root / name) if version_numbers(pin.version) < ours]
    return [f"write {pin.path}, line {pin.number}:  {pin.line.strip()}" for pin in older]


def _write(root: Path, name: str, text: str) -> bool:
    """Write a new file, and tell whether nothing was in its place; a link counts as something."""
    path = root / name
    _refuse_link(root, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise ChargehandError(
            f"{name} was not written: {error.strerror}. Make its folder writable, and run again: what is "
            "there stays."
        ) from error
    return True


def _refuse_link(root: Path, name: str) -> None:
    """Raise ChargehandError if a folder on the way is a link: it may lead out of the repository."""
    for folder in Path(name).parents:
        if (root / folder).is_symlink() and folder != Path():
            raise ChargehandError(
                f"{name} was not written: {folder} is a symbolic link. Make it a folder, and run again."
            )
