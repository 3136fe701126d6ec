"""What nobody else may read of a change: its secrets, and the marker that stands in the place of each.

A marker says what was there and where it was first seen: `MASKED_AWS_ACCESS_KEY_AT_settings_py_12`. It holds
nothing of the secret, not even a keyed hash, so no guess can be tried at it; and it is the same in every run,
so earlier answers still fit and a replay needs no key. It is one word of letters, digits and underscores: in
quotes, in an address or bare, the line stays what it was. Its first word occurs nowhere in the change, so no
author can forge a marker.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count, groupby
from operator import is_
from typing import Literal, NamedTuple

from chargehand.core.diff import Diff, FileDiff, Hunk, Line

_WORD = "MASKED"
_MARKER = re.compile(rf"{_WORD}\d*_[A-Z0-9_]+_AT_\w+")
_NAME_LENGTH = 24
# An alternation of so many texts is as quick as one that is ordered by their first characters.
_FEW_TEXTS = 8
# To look for fewer one by one is quicker than to look for any of them.
_MANY_TEXTS = 200


class Row(NamedTuple):
    """A line of a file, by its number on its side; `head`: what a hunk shows before that line."""

    path: str
    side: Literal["new", "old", "head"]
    number: int

    @classmethod
    def of(cls, path: str, line: Line) -> "Row":
        """Return the row of a line in the diff of the file at `path`."""
        if line.new_number is None:
            return cls(path, "old", line.old_number or 0)
        return cls(path, "new", line.new_number)


class Hidden(NamedTuple):
    """A text that is to be masked, and where it was found.

    `is_only_here`: in no other row, since it is too short to be looked for, or is a whole row.
    """

    text: str
    kind: str
    row: Row
    is_only_here: bool = False


class _Span(NamedTuple):
    start: int
    end: int
    longest: str


class Mask(NamedTuple):
    """The marker of each secret: of those that are masked everywhere, and of those in one row only."""

    everywhere: Mapping[str, str] = {}
    in_row: Mapping[Row, Mapping[str, str]] = {}
    pattern: re.Pattern[str] | None = None

    def text(self, text: str) -> str:
        """Return `text` with a marker in place of each secret; of two that overlap no part remains."""
        for span in reversed(list(self._spans(text))):
            text = text[: span.start] + self.everywhere[span.longest] + text[span.end :]
        return text

    def words(self, said: str) -> str:
        """Return a model's answer without secrets; in JSON one may be written with escapes."""
        if not self.everywhere:
            return said
        try:
            answer = json.loads(said)
        except (ValueError, RecursionError):
            return self.text(said)
        masked = self._each(answer)
        return said if masked == answer else json.dumps(masked, ensure_ascii=False)

    def with_texts(self, markers: Mapping[str, str]) -> "Mask":
        """Return the mask of these texts too, by what stands in the place of each."""
        everywhere = {**self.everywhere, **markers}
        return Mask(everywhere, self.in_row, re.compile(_any_of(everywhere))) if markers else self

    def row(self, row: Row, text: str) -> str:
        """Return the text of a row of the change without secrets."""
        for hidden, marker in self.in_row.get(row, {}).items():
            text = text.replace(hidden, marker)
        return self.text(text)

    def diff(self, diff: Diff) -> Diff:
        """Return `diff` without secrets: every line keeps its number, and a file the place of its path."""
        if not self.everywhere and not self.in_row:
            return diff
        paths = {row.path for row in self.in_row}
        files = tuple(self._file(file, has_rows=file.path in paths) for file in diff.files)
        said = {name: tuple(map(self.text, getattr(diff, name))) for name in ("notices", "announced")}
        return diff.evolve(files=files, **said)

    def _file(self, file: FileDiff, *, has_rows: bool) -> FileDiff:
        hunks = tuple(self._hunk(file.path, hunk, has_rows=has_rows) for hunk in file.hunks)
        path, old_path = self.text(file.path), file.old_path and self.text(file.old_path)
        skip = file.skip and file.skip.evolve(detail=self.text(file.skip.detail))
        if (path, old_path, skip) == (file.path, file.old_path, file.skip) and all(
            map(is_, hunks, file.hunks)
        ):
            return file
        return file.evolve(path=path, old_path=old_path, skip=skip, hunks=hunks)

    def _hunk(self, path: str, hunk: Hunk, *, has_rows: bool) -> Hunk:
        section, body = self.row(Row(path, "head", hunk.new_start), hunk.section), hunk.body
        if has_rows or self._is_in(body):
            body = "\n".join(line.kind + self.row(Row.of(path, line), line.text) for line in hunk.lines())
        return (
            hunk if (section, body) == (hunk.section, hunk.body) else hunk.evolve(section=section, body=body)
        )

    def _is_in(self, body: str) -> bool:
        if len(self.everywhere) <= _MANY_TEXTS:
            return any(map(body.__contains__, self.everywhere))
        return self.pattern is not None and self.pattern.search(body) is not None

    def _spans(self, text: str) -> Iterator[_Span]:
        """Yield where secrets stand; those that overlap stand in one span."""
        span = None
        at = 0
        while self.pattern and (found := self.pattern.search(text, at)):
            at = found.start() + 1
            new = _Span(found.start(), found.end(), found.group())
            if span and new.start < span.end:
                span = _Span(span.start, max(span.end, new.end), max(span.longest, new.longest, key=len))
                continue
            if span:
                yield span
            span = new
        if span:
            yield span

    def _each(self, value: object) -> object:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._each(each) for each in value]
            case dict():
                return {self.text(key): self._each(each) for key, each in value.items()}
            case _:
                return value


NO_MASK = Mask()


def mask_of(hidden: Iterable[Hidden], diff: Diff) -> Mask:
    """Return the mask of all that is hidden; what is found twice has the marker of the first place."""
    known = tuple(dict.fromkeys(each for each in hidden if each.text.strip()))
    if not known:
        return NO_MASK
    word = _unused_word(diff)
    texts = {each.text for each in known if not each.is_only_here}
    pattern = re.compile(_any_of(texts)) if texts else None
    everywhere: dict[str, str] = {}
    in_row: dict[Row, dict[str, str]] = {}
    taken: set[str] = set()
    for each in known:
        markers = in_row.setdefault(each.row, {}) if each.is_only_here else everywhere
        if each.text not in markers:
            is_name_safe = not (pattern and pattern.search(each.row.path))
            markers[each.text] = _marker(word, each, taken, is_name_safe=is_name_safe)
    return Mask(everywhere, {row: markers for row, markers in in_row.items() if markers}, pattern)


def holds_marker(text: str) -> bool:
    """Tell whether a marker, or what looks like one, stands in `text`."""
    return _MARKER.search(text) is not None


def without_places(text: str) -> str:
    """Return `text` with markers that say no place: a line that moves stays the same line."""
    return _MARKER.sub(_WORD, text) if _WORD in text else text


def _unused_word(diff: Diff) -> str:
    bodies = [hunk.body for file in diff.files for hunk in file.hunks if _WORD in hunk.body]
    words = (f"{_WORD}{number or ''}" for number in count())
    return next(word for word in words if not any(f"{word}_" in body for body in bodies))


def _marker(word: str, hidden: Hidden, taken: set[str], *, is_name_safe: bool) -> str:
    """Return a marker that is not taken, and with it take it; a name that holds a secret is in none."""
    kind = re.sub(r"[^A-Z0-9]+", "_", hidden.kind.upper()).strip("_")
    file = hidden.row.path.rpartition("/")[2] if is_name_safe else "file"
    name = re.sub(r"[^A-Za-z0-9]+", "_", file)[-_NAME_LENGTH:].strip("_")
    place = f"{word}_{kind}_AT_{name}_{hidden.row.number}"
    names = (f"{place}_{number}" if number > 1 else place for number in count(1))
    marker = next(each for each in names if each not in taken)
    taken.add(marker)
    return marker


def _any_of(texts: Collection[str], depth: int = 3) -> str:
    """Return a pattern for any of `texts`, the longest first; very many are told apart by how they begin."""
    if len(texts) <= _FEW_TEXTS or not depth:
        return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
    ordered = sorted(texts, reverse=True)  # what is longer comes before its own beginning
    groups = (
        (first, [text[1:] for text in group]) for first, group in groupby(ordered, lambda text: text[:1])
    )
    return "|".join(f"{re.escape(first)}(?:{_any_of(rest, depth - 1)})" for first, rest in groups)
