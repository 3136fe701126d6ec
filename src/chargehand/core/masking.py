"""What nobody else may read of a change is hidden: in its lines, its names, and in what is said of it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import is_
from typing import Literal, NamedTuple

from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.time_limit import Step, TimeIsUp, any_step

# No model that keeps to its bounds says more. What is longer takes seconds to search, and is no answer.
LONGEST_SEARCHED = 500_000
NOT_SEARCHED = f"(an answer of more than {LONGEST_SEARCHED:,} characters, which nobody searched for secrets)"
# To look for fewer one by one is quicker than to look for how any of them begins.
_MANY_TEXTS = 200
# More characters of a beginning tell no more texts apart.
_LONGEST_START = 16
# As much text as a step of a walk looks at one by one, and as much in which one text is found.
_STEP_CHARACTERS, _FOUND_CHARACTERS = 100, 10_000


class Row(NamedTuple):
    """A line of a file, by its number on its side; `head`: what a hunk shows before it; `name`: the path."""

    path: str
    side: Literal["new", "old", "head", "name"]
    number: int

    @classmethod
    def of(cls, path: str, line: Line) -> "Row":
        """Return the row of a line in the diff of the file at `path`."""
        if line.new_number is None:
            return cls(path, "old", line.old_number or 0)
        return cls(path, "new", line.new_number)


class _Span(NamedTuple):
    start: int
    end: int
    longest: str


class Mask(NamedTuple):
    """The marker of each secret: of those that are masked everywhere, and of those in one row only.

    If the former are many, `starts` says how long those are that begin so, the longest first. `of_names` is
    what hides those that stand in names of files. `bare` are those that may as well be code, and that only
    text for people is without. `search` finds what else is secret in words that come back: nobody showed it.
    """

    everywhere: Mapping[str, str] = {}
    in_row: Mapping[Row, Mapping[str, str]] = {}
    starts: Mapping[str, Sequence[int]] = {}
    of_names: "Mask | None" = None
    bare: Mapping[str, str] = {}
    search: "Callable[[str], Mapping[str, str]] | None" = None

    @classmethod
    def of(cls, everywhere: Mapping[str, str], in_row: Mapping[Row, Mapping[str, str]]) -> "Mask":
        """Return the mask of these."""
        return cls(everywhere, in_row, _by_start(everywhere) if len(everywhere) > _MANY_TEXTS else {})

    def text(self, text: str) -> str:
        """Return `text` with a marker in place of each secret; of two that overlap no part remains."""
        pieces, at = [], 0
        for span in self._spans(text):
            pieces += [text[at : span.start], self.everywhere[span.longest]]
            at = span.end
        return "".join((*pieces, text[at:])) if pieces else text

    def prose(self, text: str) -> str:
        """Return text for people without secrets: no word in it is code, whatever it looks like."""
        known = self.text(text)
        for hidden in sorted(filter(known.__contains__, self.bare), key=len, reverse=True):
            known = _as_word(hidden).sub(self.bare[hidden], known)
        return known

    def name(self, path: str) -> str:
        """Return a path without those secrets that are masked in names.

        By its path a file is left out, graded and read under a lens, and the author of the change could write
        any path as if it were a password: nothing that merely looks like one may change a path.
        """
        return self.of_names.text(path) if self.of_names else path

    def words(self, said: str) -> str:
        """Return a model's answer without secrets; in JSON one may be written with escapes."""
        if not self.everywhere and not self.search:
            return said
        if self.search and len(said) > LONGEST_SEARCHED:
            return NOT_SEARCHED
        try:
            answer = json.loads(said)
        except (ValueError, RecursionError):
            return self.said(said)
        masked = _each(answer, self.text)
        if found := self.search and self.search("\n".join(_texts(masked))):
            masked = _each(masked, Mask.of(found, {}).text)
        return said if masked == answer else json.dumps(masked, ensure_ascii=False)

    def said(self, text: str) -> str:
        """Return what a model or a server says without secrets."""
        if self.search and len(text) > LONGEST_SEARCHED:
            return NOT_SEARCHED
        known = self.text(text)
        found = self.search and self.search(known)
        return Mask.of(found, {}).text(known) if found else known

    def with_texts(self, markers: Mapping[str, str]) -> "Mask":
        """Return the mask of these texts too, by what stands in the place of each."""
        whole = Mask.of({**self.everywhere, **markers}, self.in_row)
        kept = whole._replace(of_names=self.of_names, bare=self.bare, search=self.search)
        return kept if markers else self

    def joined(self, other: "Mask") -> "Mask":
        """Return the mask of what either of them hides; what both hide has the marker of this one."""
        if not other.everywhere and not other.in_row:
            return self
        in_row = {
            row: {**other.in_row.get(row, {}), **self.in_row.get(row, {})}
            for row in (*self.in_row, *other.in_row)
        }
        whole = Mask.of({**other.everywhere, **self.everywhere}, in_row)
        names = self.of_names.joined(other.of_names or NO_MASK) if self.of_names else other.of_names
        bare = {**other.bare, **self.bare}
        return whole._replace(of_names=names, bare=bare, search=self.search or other.search)

    def row(self, row: Row, text: str) -> str:
        """Return the text of a row of the change without secrets."""
        for hidden, marker in self.in_row.get(row, {}).items():
            # Where it stands as a text, nothing else in the row is it.
            if not any(each in text and each in self.everywhere for each in as_texts(hidden)):
                text = text.replace(hidden, marker)
        return self.text(text)

    def diff(self, diff: Diff) -> Diff:
        """Return `diff` without secrets: every line keeps its number, and a file the place of its path."""
        return self.diff_in_time(diff, any_step)[0]

    def diff_in_time(self, diff: Diff, step: Step) -> tuple[Diff, int]:
        """Return `diff` without secrets, and how many of its files were masked before `step` raised TimeIsUp.

        Those after them have no lines.
        """
        if not self.everywhere and not self.in_row:
            return diff, len(diff.files)
        paths = {row.path for row in self.in_row}
        masked: list[FileDiff] = []
        with suppress(TimeIsUp):
            masked.extend(self._file(file, step, has_rows=file.path in paths) for file in diff.files)
        bare = (file.evolve(hunks=()) if file.hunks else file for file in diff.files[len(masked) :])
        files = (*masked, *(self._file(file, any_step, has_rows=False) for file in bare))
        said = {name: tuple(map(self.text, getattr(diff, name))) for name in ("notices", "announced")}
        return diff.evolve(files=files, **said), len(masked)

    def _file(self, file: FileDiff, step: Step, *, has_rows: bool) -> FileDiff:
        step(1)
        hunks = tuple(self._hunk(file.path, hunk, step, has_rows=has_rows) for hunk in file.hunks)
        path, old_path = self.name(file.path), file.old_path and self.name(file.old_path)
        skip = file.skip and file.skip.evolve(detail=self.text(file.skip.detail))
        said = {"path": path, "old_path": old_path, "note": file.note and self.text(file.note), "skip": skip}
        is_same = all(getattr(file, name) == value for name, value in said.items())
        if is_same and all(map(is_, hunks, file.hunks)):
            return file
        return file.evolve(**said, hunks=hunks)

    def _hunk(self, path: str, hunk: Hunk, step: Step, *, has_rows: bool) -> Hunk:
        section, body = self.row(Row(path, "head", hunk.new_start), hunk.section), hunk.body
        if has_rows or self._is_in(body, step):
            lines = []
            for line in hunk.lines():
                step(max(1, len(line.text) // _STEP_CHARACTERS))
                lines.append(line.kind + self.row(Row.of(path, line), line.text))
            body = "\n".join(lines)
        return (
            hunk if (section, body) == (hunk.section, hunk.body) else hunk.evolve(section=section, body=body)
        )

    def is_in(self, text: str) -> bool:
        """Tell whether one of the secrets that are masked everywhere stands in `text`."""
        return self._is_in(text, any_step)

    def _is_in(self, text: str, step: Step) -> bool:
        if self.starts:
            return next(self._by_window(text, step), None) is not None
        step(len(text) * len(self.everywhere) // _FOUND_CHARACTERS)
        return any(map(text.__contains__, self.everywhere))

    def _spans(self, text: str) -> Iterator[_Span]:
        """Yield where secrets stand; those that overlap stand in one span."""
        span = None
        for new in self._by_window(text) if self.starts else self._one_by_one(text):
            if span and new.start < span.end:
                span = _Span(span.start, max(span.end, new.end), max(span.longest, new.longest, key=len))
                continue
            if span:
                yield span
            span = new
        if span:
            yield span

    def _one_by_one(self, text: str) -> Sequence[_Span]:
        """Return each place of each secret; of those that begin at one place, the longest is first."""
        found = [
            _Span(at, at + len(each), each)
            for each in self.everywhere
            if each in text
            for at in _at(each, text)
        ]
        return sorted(found, key=lambda span: (span.start, -span.end))

    def _by_window(self, text: str, step: Step = any_step) -> Iterator[_Span]:
        """Yield the places in order, at each the longest secret that begins there."""
        size = len(next(iter(self.starts)))
        for at in range(len(text) - size + 1):
            if not at % _STEP_CHARACTERS:
                step(1)
            for length in self.starts.get(text[at : at + size], ()):
                found = text[at : at + length]
                if len(found) == length and found in self.everywhere:
                    yield _Span(at, at + length, found)


NO_MASK = Mask()


def _each(value: object, text: Callable[[str], str]) -> object:
    """Return a value of JSON with `text` done to every text in it."""
    match value:
        case str():
            return text(value)
        case list():
            return [_each(each, text) for each in value]
        case dict():
            return {text(key): _each(each, text) for key, each in value.items()}
        case _:
            return value


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a value of JSON."""
    match value:
        case str():
            yield value
        case list():
            yield from (text for each in value for text in _texts(each))
        case dict():
            yield from (text for key, each in value.items() for text in (key, *_texts(each)))
        case _:
            pass


def as_texts(text: str) -> tuple[str, ...]:
    """Return the text as it stands in quotes, and as the password in an address."""
    return (f"'{text}'", f'"{text}"', f"`{text}`", f":{text}@")


def _as_word(text: str) -> re.Pattern[str]:
    """Return what finds a text that is no part of a longer word; what joins words ends one."""
    return re.compile(rf"(?<![^\W_]){re.escape(text)}(?![^\W_])")


def _by_start(texts: Iterable[str]) -> Mapping[str, Sequence[int]]:
    """Return how long the texts are by how they begin; all beginnings are of one length."""
    known = sorted(texts, key=len, reverse=True)
    size = min(len(known[-1]), _LONGEST_START)
    lengths: dict[str, dict[int, None]] = {}
    for each in known:
        lengths.setdefault(each[:size], {})[len(each)] = None
    return {start: tuple(each) for start, each in lengths.items()}


def _at(text: str, whole: str) -> Iterator[int]:
    """Yield where `text` begins in `whole`."""
    at = whole.find(text)
    while at >= 0:
        yield at
        at = whole.find(text, at + 1)
