"""Which lines of a change a result is about: what it says of other lines is not about this change."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from chargehand.checks.tools.shapes import Run
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.sarif import Artifact, Location, Region, path_in

MOST_LOCATIONS = 10
_DEEPEST_BASE = 5
# More of an address, or of the folders in it, is not looked at: each of many results may repeat it.
_LONGEST_PATH, _MOST_FOLDERS = 4_096, 100
_DRIVE = re.compile(r"/?[A-Za-z]:/")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Spot(NamedTuple):
    """Lines `start` to `end` of a file, the first of them quoted; 0 for the file as a whole."""

    path: str
    start: int
    end: int
    quote: str


class Touched(NamedTuple):
    """What the change touches of one file: its new lines, and those beside which something was taken away.

    `shown` is the text of each line that the diff shows, by its number.
    """

    path: str
    is_new: bool
    numbers: Sequence[int]
    shown: Mapping[int, str]


class Places:
    """The files of a change, by the names that other tools have for them.

    `names` are the paths as they are, `diff` holds the same files as they are shown. They lie in `root`.
    """

    def __init__(self, names: Sequence[str], diff: Diff, root: Path) -> None:
        self._files = {name: file for name, file in zip(names, diff.files, strict=True)}  # noqa: C416 - both are strict
        self._last_names = {_last(name) for name in names}
        self._roots = tuple(dict.fromkeys(f"{each.as_posix()}/" for each in (root, root.resolve())))
        self._touched: dict[str, Touched] = {}

    def may_hold(self, result: Mapping[str, object], run: Run) -> bool:
        """Tell from its bare JSON whether a result may be about one of the files, by their last names."""
        located = result.get("locations")
        if not isinstance(located, list):
            return False
        return any(self._may_be(_in(each, "physicalLocation", "artifactLocation"), run) for each in located)

    def _may_be(self, artifact: object, run: Run) -> bool:
        uri, index, listed = _in(artifact, "uri"), _in(artifact, "index"), run.artifacts or ()
        if not uri and isinstance(index, int) and 0 <= index < len(listed):
            uri = listed[index].location.uri
        if not isinstance(uri, str) or len(uri) > _LONGEST_PATH:
            return False
        return any(_last(each) in self._last_names for each in (uri, path_in(uri)))

    def find(self, locations: Sequence[Location], run: Run) -> Spot | None:
        """Return the first of these places that the change touches, None if it touches none."""
        spots = (self._spot(each, run) for each in locations[:MOST_LOCATIONS])
        return next((spot for spot in spots if spot), None)

    def _spot(self, location: Location, run: Run) -> Spot | None:
        name = next(
            (each for each in self._names(location.physical.artifact, run) if each in self._files), None
        )
        if name is None:
            return None
        if name not in self._touched:
            self._touched[name] = _touched(self._files[name])
        return _within(location.physical.region, self._touched[name])

    def _names(self, artifact: Artifact, run: Run) -> Iterator[str]:
        """Yield the paths in the repository that the address of a file may mean, the likeliest first."""
        listed = run.artifacts or ()
        if not artifact.uri and 0 <= artifact.index < len(listed):
            artifact = listed[artifact.index].location
        above = _above(artifact.base, run)
        # Some tools write a path as it is, which only looks encoded.
        written_ways = (path_in(artifact.uri), artifact.uri) if len(artifact.uri) <= _LONGEST_PATH else ()
        for written in dict.fromkeys(written_ways):
            plain = written.replace("\\", "/")
            yield from self._below(_joined(above, plain))
            if above and not _is_absolute(plain):
                yield _normal(plain)

    def _below(self, path: str) -> Iterator[str]:
        """Yield the path below the root, else ends of it: in a container the root has another name."""
        if not _is_absolute(path):
            yield _normal(path)
            return
        plain = _without_scheme(path)
        inside = next((plain.removeprefix(root) for root in self._roots if plain.startswith(root)), None)
        if inside is not None:
            yield _normal(inside)
            return
        parts = plain.split("/")[-_MOST_FOLDERS:]
        yield from ("/".join(parts[start:]) for start in range(1, len(parts)))


def with_few_locations(result: Mapping[str, object]) -> Mapping[str, object]:
    """Return the JSON of a result with as many places as are looked at."""
    located = result.get("locations")
    return {**result, "locations": located[:MOST_LOCATIONS]} if isinstance(located, list) else result


def _in(value: object, *names: str) -> object:
    """Return what stands under these names in each other, None if nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _above(base: str, run: Run) -> str:
    """Return the folder that an id stands for, empty if nothing says it."""
    folder = ""
    for _ in range(_DEEPEST_BASE):
        found = (run.bases or {}).get(base)
        if found is None or len(found.uri) > _LONGEST_PATH:
            break
        folder, base = _joined(path_in(found.uri), folder), found.base
    return folder


def _joined(above: str, path: str) -> str:
    if not above or _is_absolute(path):
        return path
    return f"{above.rstrip('/')}/{path}"


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or bool(_SCHEME.match(path) or _DRIVE.match(path))


def _without_scheme(path: str) -> str:
    plain = re.sub(r"^file:(//[^/]*)?", "", path, flags=re.IGNORECASE)
    return plain[1:] if _DRIVE.match(plain) and plain.startswith("/") else plain


def _normal(path: str) -> str:
    return re.sub(r"^(\./)+", "", re.sub(r"/(\./)+", "/", path))


def _touched(file: FileDiff) -> Touched:
    shown = {line.new_number: line.text for line in file.lines() if line.new_number is not None}
    numbers = {number for hunk in file.hunks for number in _touched_in(hunk)}
    return Touched(file.path, file.status == "added", sorted(numbers & shown.keys()), shown)


def _touched_in(hunk: Hunk) -> Iterator[int]:
    """Yield the numbers of new lines, and of those around lines that nothing came in place of."""
    last = hunk.new_start - 1
    for is_kept, lines in groupby(hunk.lines(), key=lambda line: line.kind == " "):
        numbers = [line.new_number for line in lines]
        new = [number for number in numbers if number is not None]
        if not is_kept:
            yield from new or (last, last + 1)
        last = new[-1] if new else last


def _within(region: Region, touched: Touched) -> Spot | None:
    start = region.start_line
    if start is None or start < 1:
        return Spot(touched.path, 0, 0, "") if touched.is_new else None
    end = max(region.end_line or start, start)
    place = bisect_left(touched.numbers, start)
    if place == len(touched.numbers) or touched.numbers[place] > end:
        return None
    line = start if start in touched.shown else touched.numbers[place]
    return Spot(touched.path, line, end, touched.shown[line])
