"""Decides for each file of a change: it is read, left out by the target branch's word, or a gap."""

import re

from chargehand.change.diff.announce import announcements
from chargehand.change.diff.authorities import Judge, left_out
from chargehand.change.diff.pointers import is_pointer
from chargehand.change.diff.rules import ALLOWABLE, ReadingRules
from chargehand.change.diff.there import There
from chargehand.change.diff.unsent import is_unsent
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason
from chargehand.core.patterns import matcher

# A deleted text of more lines is announced by their number.
SHOWN_DELETED_LINES = 1_000

# Of these gaps a whole kind of file is known by its ending; the others concern one file.
_BY_ENDING = (SkipReason.BINARY, SkipReason.LFS)


def decide(diff: Diff, rules: ReadingRules, there: There | None = None) -> Diff:
    """Return `diff` with a reason on each file that models do not read, and with what is to be announced.

    Files keep their hunks, for the free checks; only those of a long deleted text go. `there` None: no
    repository can vouch for anything, and known names count for what they say.
    """
    judge = Judge(
        rules=rules,
        there=there,
        is_ignored=matcher(rules.ignore),
        is_included=matcher(rules.include),
        may_go_unread=matcher(rules.unread),
        changed={file.path: file for file in diff.files},
    )
    files = tuple(_decided(file, judge) for file in diff.files)
    return diff.evolve(files=files, announced=announcements(files, judge))


def _decided(file: FileDiff, judge: Judge) -> FileDiff:
    skip = _skip(file, judge)
    if skip is None and _is_long_deletion(file):
        return file.evolve(hunks=())
    return file if skip == file.skip else file.evolve(skip=skip)


def _is_long_deletion(file: FileDiff) -> bool:
    """Tell a deletion that is announced; no file that is deleted gains lines, whatever its header says."""
    return file.status == "deleted" and not file.added and file.removed > SHOWN_DELETED_LINES


def _skip(file: FileDiff, judge: Judge) -> Skip | None:
    if file.skip and file.skip.reason in {SkipReason.DAMAGED, SkipReason.UNSAFE_PATH}:
        return file.skip
    return left_out(file, judge) or _gap(file, judge)


def _gap(file: FileDiff, judge: Judge) -> Skip | None:
    """Return why a file that has to be read cannot be, None if it can."""
    gap = _unsent(file, judge.rules) or file.skip or _pointer(file) or _out_of_bounds(file, judge.rules)
    if gap is None or not gap.is_gap or gap.reason not in ALLOWABLE:
        return gap
    if judge.may_go_unread(file.path):
        return gap.evolve(by=Authority.CONFIGURATION, detail=f"{gap.detail} The configuration allows that.")
    return gap.evolve(detail=f"{gap.detail} {_allowing(file.path, gap.reason)}")


def _allowing(path: str, reason: SkipReason) -> str:
    """Return the line of the configuration that would allow such a gap, as it can be typed."""
    ending = re.search(r"\.[A-Za-z0-9_-]{1,20}$", path) if reason in _BY_ENDING else None
    # What means something in a pattern or in TOML becomes `?`, which stands for any one character.
    name = path.encode("utf-8", "surrogateescape")  # a pattern's `?` is one byte
    pattern = f"*{ending[0]}" if ending else "/" + re.sub(rb"[^A-Za-z0-9_./-]", b"?", name).decode()
    return f'To allow it, say on_unread = {{ "{pattern}" = "warn" }} in [paths] on the target branch.'


def _unsent(file: FileDiff, rules: ReadingRules) -> Skip | None:
    if not is_unsent(file, rules.never_send):
        return None
    detail = "The configuration's never_send keeps its text from models, so only the free checks read it."
    return Skip(reason=SkipReason.NEVER_SENT, by=Authority.NOBODY, detail=detail)


def _pointer(file: FileDiff) -> Skip | None:
    if not is_pointer(file) or file.status == "deleted":
        return None
    detail = "It is a pointer of Git LFS, so its content is not in the diff."
    return Skip(reason=SkipReason.LFS, by=Authority.NOBODY, detail=detail)


def _out_of_bounds(file: FileDiff, rules: ReadingRules) -> Skip | None:
    changed, most, longest = file.added + file.removed, rules.max_changed_lines, rules.max_line_bytes
    if most is not None and changed > most:
        detail = f"It has {changed:,} changed lines; the limit is {most:,}."
    elif longest is not None and (size := _longest(file)) > longest:
        detail = f"It has a line of {size:,} bytes; the limit is {longest:,}."
    else:
        return None
    return Skip(reason=SkipReason.TOO_LONG, by=Authority.NOBODY, detail=detail)


def _longest(file: FileDiff) -> int:
    changed = (line.text for line in file.lines() if line.kind != " ")
    return max((len(text.encode("utf-8", "surrogateescape")) for text in changed), default=0)
