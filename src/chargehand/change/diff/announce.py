"""Says what a change does to later reviews, and what of it only its name tells."""

from collections.abc import Iterator, Sequence

from chargehand.change.diff.authorities import Judge, left_out
from chargehand.change.diff.markers import Lengths, can_be_minified, is_marker, line_lengths, marked_by
from chargehand.change.diff.there import NOTHING_THERE, old_path, was_there
from chargehand.core.diff import Authority, FileDiff, Line, Skip, SkipReason
from chargehand.core.escaping import one_line

_TOP_LINES = 60
_MOST_NAMED = 5


def announcements(files: Sequence[FileDiff], judge: Judge) -> tuple[str, ...]:
    """Return a sentence for each way in which files of a change escape a reader, now or from the merge on.

    `files` are as `judge` decided upon them.
    """
    said: dict[str, list[FileDiff]] = {}
    merged = _merged(judge)
    for file in files:
        if file.is_announced:
            said.setdefault("deleted: the number of its lines is shown, not the lines.", []).append(file)
        elif why := _why_later(file, judge, merged):
            said.setdefault(f"read now and left out from the merge on{why}", []).append(file)
    return tuple(f"{_names(group)} {sentence}" for sentence, group in said.items())


def _merged(judge: Judge) -> Judge:
    """Return who will decide once the change is merged: what it brings is there then, and may change."""
    there = judge.there or NOTHING_THERE
    kept = (path for path, file in judge.changed.items() if file.status != "deleted")
    present = there.present.union(kept)
    changed = {path: FileDiff(path=path, status="modified") for path in present}
    return judge._replace(there=there._replace(present=present, are_old=True), changed=changed)


def _why_later(file: FileDiff, judge: Judge, merged: Judge) -> str:
    """Return why the same rules leave the file out from the merge on, empty if not because of the change."""
    if file.skip or file.status == "deleted":
        return ""
    marker, lengths = _marker(file), _lengths(file, judge)
    if not marker and not (lengths and lengths.are_minified) and not _has_new_name(file):
        return ""
    there = (merged.there or NOTHING_THERE)._replace(
        markers={file.path: marker} if marker else {}, lengths={file.path: lengths} if lengths else {}
    )
    later = FileDiff(path=file.path, status="modified", modes=file.modes, note=file.note)
    skip = left_out(later, merged._replace(there=there))
    return _reason(skip, is_marked=bool(marker)) if skip else ""


def _marker(file: FileDiff) -> str:
    """Return the comment by which the file says after the change that a program wrote it, or nothing."""
    if not file.hunks:
        return ""
    first = file.hunks[0]
    if first.new_start > 1:
        return next((line.text for line in _top(file) if line.kind == "+" and is_marker(line.text)), "")
    if "generated" not in first.body.lower():
        return ""
    return marked_by("\n".join(line.text for line in first.lines() if line.kind != "-")) or ""


def _top(file: FileDiff) -> Iterator[Line]:
    for line in file.lines():
        if (line.new_number or 0) > _TOP_LINES:
            return
        yield line


def _lengths(file: FileDiff, judge: Judge) -> Lengths | None:
    """Return the lengths of the file's lines after the change, None if they are not known or say nothing."""
    if not file.hunks or not can_be_minified(file.path):
        return None
    before = judge.there.lengths.get(old_path(file)) if judge.there else None
    if before is None and was_there(file):
        return None
    added = line_lengths(line.text for line in file.lines() if line.kind == "+")
    removed = line_lengths(line.text for line in file.lines() if line.kind == "-")
    long, every = before or (0, 0)
    return Lengths(long + added.long - removed.long, every + added.all - removed.all)


def _has_new_name(file: FileDiff) -> bool:
    return file.status in {"added", "renamed", "copied"} and bool(file.hunks or file.old_path)


def _reason(skip: Skip, *, is_marked: bool) -> str:
    if skip.by is Authority.MANIFEST and skip.reason is SkipReason.VENDORED:
        return ", whenever the manifest of the vendored tree in which it lies changes with it."
    if is_marked and skip.reason is SkipReason.GENERATED and skip.by is Authority.BASE:
        return ": a comment that the change adds calls it generated."
    return f": {skip.detail[0].lower()}{skip.detail[1:]}"


def _names(files: Sequence[FileDiff]) -> str:
    names = list(dict.fromkeys(one_line(file.path) for file in files))
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are each'}"
