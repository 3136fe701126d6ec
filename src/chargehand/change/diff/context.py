"""How much of a file travels with a hunk: the function or class that it changes, if that is short."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from chargehand.change.diff.scopes import Scope, ScopeAt, scopes_of
from chargehand.core.diff import Diff, FileDiff, Hunk

# Round a change in a definition that is too long, or that nobody can tell the ends of.
_FEW_LINES = 8
# Round a change outside of any definition; git's own default.
_LEAST_LINES = 3

# Of a test, so many more lines at most: most are longer than what changes in them.
_TEST_LINES = 4

# A decorator, an annotation or an attribute, in the languages that have one.
_DECORATOR = re.compile(r"\s*(@\w|#!?\[|\[\[?\w)")

_NOT_INSTALLED = (
    "Models see a few lines round each change, not its whole function, because grammars are not installed. "
    "To have them: pip install 'chargehand[context]'"
)


def widen(
    diff: Diff,
    read_file: Callable[[str], str | None],
    max_lines: int = 60,
    scopes: Callable[[str, str], ScopeAt | None] = scopes_of,
    is_test: Callable[[str], bool] = lambda _path: False,
) -> Diff:
    """Return `diff` with unchanged lines added to its hunks; hunks that then touch are one.

    `read_file` gives the content of a path at the head, undecodable bytes as surrogate escapes, or None
    if it is not at hand. A hunk gains `max_lines` lines at most, and in a test few. A file whose content is
    not the one that the diff leads to stays as it is.
    """
    files: list[FileDiff] = []
    is_missing = False
    for file in diff.files:
        text = read_file(file.path) if _can_grow(file) else None
        if text is None:
            files.append(file)
            continue
        scope_at, lines = scopes(file.path, text), _lines(text)
        most = min(max_lines, _TEST_LINES) if is_test(file.path) else max_lines
        wide = _widen_file(file, lines, scope_at, most)
        is_missing |= scope_at is None and not _is_whole(wide, lines)
        files.append(wide)
    return diff.evolve(files=tuple(files), hints=(_NOT_INSTALLED,) if is_missing else ())


def _is_whole(file: FileDiff, lines: Sequence[str]) -> bool:
    """Tell whether every line of the file is shown, so that no grammar could add one."""
    return sum(line.kind != "-" for line in file.lines()) >= len(lines)


class _Span(NamedTuple):
    """Hunks that are to be one, and the new-side lines that it has, both ends included."""

    hunks: tuple[Hunk, ...]
    first: int
    last: int
    section: str


def _can_grow(file: FileDiff) -> bool:
    return file.skip is None and file.status not in {"added", "deleted"} and bool(file.hunks)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _widen_file(file: FileDiff, lines: Sequence[str], scope_at: ScopeAt | None, max_lines: int) -> FileDiff:
    if not _leads_to(file.hunks, lines):
        return file
    spans: list[_Span] = []
    for hunk in file.hunks:
        span = _span(hunk, lines, scope_at, max_lines)
        while spans and span.first <= spans[-1].last + 1:
            span = _joined(spans.pop(), span)
        spans.append(span)
    return file.evolve(hunks=tuple(_hunk(span, lines) for span in spans))


def _leads_to(hunks: Sequence[Hunk], lines: Sequence[str]) -> bool:
    """Tell whether `lines` are the new side of these hunks, and the hunks come in order."""
    old_end = new_end = 1
    for hunk in hunks:
        old, new = _old_first(hunk), _new_first(hunk)
        kept = [line.text for line in hunk.lines() if line.kind != "-"]
        if (
            new < new_end
            or new - new_end != old - old_end
            or kept != lines[new - 1 : new - 1 + hunk.new_count]
        ):
            return False
        old_end, new_end = old + hunk.old_count, new + hunk.new_count
    return True


def _old_first(hunk: Hunk) -> int:
    return hunk.old_start + (hunk.old_count == 0)  # a side without lines starts at the line before


def _new_first(hunk: Hunk) -> int:
    return hunk.new_start + (hunk.new_count == 0)


def _span(hunk: Hunk, lines: Sequence[str], scope_at: ScopeAt | None, max_lines: int) -> _Span:
    start, stop = _new_first(hunk), _new_first(hunk) + hunk.new_count - 1
    changed = _changed(hunk)
    solid = [number for number in changed if number > 0 and lines[number - 1].strip()] or changed
    above, below = (scope_at(solid[0]), scope_at(solid[-1])) if scope_at else (None, None)
    up = max(0, start - above.first) if above else None
    down = max(0, below.last - stop) if below else None
    if up is None or down is None or up + down > max_lines:
        outside = _LEAST_LINES if scope_at else _FEW_LINES
        up = _some(up, max_lines // 2, (outside if up is None else _FEW_LINES) - (solid[0] - start))
        down = _some(down, max_lines // 2, (outside if down is None else _FEW_LINES) - (stop - solid[-1]))
    first, last = max(1, start - up), min(len(lines), stop + down)
    return _Span((hunk,), first, last, _section(hunk.section, lines[first - 1 : start - 1], first, above))


def _section(section: str, gained: Sequence[str], first: int, scope: Scope | None) -> str:
    """Return what stands round line `first`, now that `gained` comes before the hunk."""
    if gained and scope:
        return scope.within if first <= scope.first else scope.header
    is_shown = section and any(line.strip().startswith(section.strip()) for line in gained)
    return "" if is_shown else section


def _changed(hunk: Hunk) -> list[int]:
    """Return the new-side lines that `hunk` changes; if lines are only removed, the one that they belong to.

    That is the line before them; of a decorator it is the line that it stood above.
    """
    numbers: list[int] = []
    following = _new_first(hunk)
    removed: str | None = None
    for line in (*hunk.lines(), None):
        if line and line.kind == "-":
            removed = line.text if removed is None else removed
            continue
        if line and line.kind == "+":
            numbers.append(following)
        elif removed is not None:
            is_decorator = line and line.text.strip() and _DECORATOR.match(removed)
            numbers.append(following if is_decorator else following - 1)
        removed = None
        following += 1
    return numbers or [following - 1]


def _some(distance: int | None, limit: int, few: int) -> int:
    """Return how many lines to add: as far as the end of the definition if that is near, else few."""
    return distance if distance is not None and distance <= limit else max(0, min(few, limit))


def _joined(earlier: _Span, later: _Span) -> _Span:
    outer = min(earlier, later, key=lambda span: span.first)
    return _Span(earlier.hunks + later.hunks, outer.first, max(earlier.last, later.last), outer.section)


def _hunk(span: _Span, lines: Sequence[str]) -> Hunk:
    parts: list[str] = []
    at = span.first
    for hunk in span.hunks:
        parts += [f" {line}" for line in lines[at - 1 : _new_first(hunk) - 1]]
        parts.append(hunk.body)
        at = _new_first(hunk) + hunk.new_count
    parts += [f" {line}" for line in lines[at - 1 : span.last]]
    gained = len(parts) - len(span.hunks)
    if not gained and len(span.hunks) == 1:
        return span.hunks[0]
    return Hunk(
        old_start=_old_first(span.hunks[0]) - (_new_first(span.hunks[0]) - span.first),
        old_count=sum(hunk.old_count for hunk in span.hunks) + gained,
        new_start=span.first,
        new_count=sum(hunk.new_count for hunk in span.hunks) + gained,
        section=span.section,
        body="\n".join(parts),
    )
