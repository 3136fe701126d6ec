"""The lines of a repository that pin a version of chargehand: in its jobs, and in its hooks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chargehand import __version__
from chargehand.app.init.homes import HOMES
from chargehand.core.errors import InputError
from chargehand.core.files import read_plainly

_LARGEST_BYTES = 1_000_000
_VERSION = r"(?P<version>\d+\.\d+\.\d+)\b"
_LINES = tuple(
    re.compile(rf"(?P<before>{before}){_VERSION}")
    for before in (
        r"chargehand/chargehand@v",  # an action, by its tag
        r"chargehand/chargehand@(?P<commit>[0-9a-f]{40})\s+#\s*v?",  # the same by its commit
        r"(?:component|remote):\s*\S*/chargehand(?:/|@)v?",  # what GitLab includes
        r"\bchargehand(?:\[[\w,-]*\])?==",  # what pip installs
    )
)
# What names a repository, and below it the version: a hook of pre-commit, a project that GitLab includes.
_NAMED = re.compile(r"\s*(?:- )?(?:repo|project):\s*[\"']?(?P<repository>[^\s\"']+)")
_BELOW = re.compile(rf"(?P<before>\s*(?:- )?(?:rev|ref):\s*[\"']?v?){_VERSION}")


class Pin(NamedTuple):
    """A line of a file that pins a `version`; `line` is that line with this version in it."""

    path: str
    number: int
    version: str
    line: str


def pins(root: Path) -> Iterator[Pin]:
    """Yield the pins of the files in which a platform, or pre-commit, looks for its jobs."""
    for path in sorted(_files(root)):
        yield from pins_of(root, path)


def _files(root: Path) -> set[Path]:
    """Return the files of each platform: all in its folder, if it has one of its own."""
    named = [Path(home.path) for home in HOMES]
    folders = {path.parent for path in named if path.parent != Path()}
    inside = [file for folder in folders for file in (root / folder).glob("*")]
    return {file for file in (*inside, *(root / path for path in named)) if file.is_file()}


def pins_of(root: Path, path: Path) -> Iterator[Pin]:
    """Yield the pins of one file, none of what is no file."""
    try:
        text = read_plainly(path, _LARGEST_BYTES).decode("utf-8", "replace")
    except (OSError, InputError):  # nothing is run of a file that cannot be read
        return
    yield from _pins_in(path.relative_to(root).as_posix(), text)


def _pins_in(name: str, text: str) -> Iterator[Pin]:
    is_ours = False
    for number, line in enumerate(text.split("\n"), 1):
        if named := _NAMED.match(line):
            is_ours = named["repository"].removesuffix(".git").endswith("/chargehand")
        found = next((match for each in _LINES if (match := each.search(line))), None)
        if found := found or (_BELOW.match(line) if is_ours else None):
            yield Pin(name, number, found["version"], _with_this_version(line, found))


def _with_this_version(line: str, found: "re.Match[str]") -> str:
    """Return the line with this version in it; a commit of ours is known by its tag alone."""
    before = found["before"]
    if "commit" in found.groupdict():
        before = f"{before.partition('@')[0]}@v"
    return f"{line[: found.start()]}{before}{__version__}{line[found.end() :]}"
