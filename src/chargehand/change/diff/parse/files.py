"""Reads any diff into files and hunks; what cannot be read is said of each file."""

import re
from functools import partial
from itertools import starmap

from chargehand.change.diff.parse.count import Counted
from chargehand.change.diff.parse.header import Header, read_header
from chargehand.change.diff.parse.names import why_unsafe
from chargehand.change.diff.parse.paths import Named, name_file, status_of
from chargehand.change.diff.parse.prefix import Prefix, find_prefix
from chargehand.change.diff.parse.split import Piece, split, without_header
from chargehand.change.diff.parse.together import read_all
from chargehand.change.diff.parse.unwrap import unwrap
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk, Skip, SkipReason
from chargehand.core.errors import DiffError
from chargehand.core.time_limit import IsOver, never, steps_until

_BLANK = re.compile(rb"[\s\0]*\Z")

_HINTS = (
    (re.compile(rb"\A(?:\x1f\x8b|BZh|\xfd7zXZ|PK\x03\x04)"), "It is compressed: unpack it first"),
    (re.compile(rb"^\*{15}", re.MULTILINE), "It looks like a context diff: use diff -u"),
    (
        re.compile(rb"^\d{1,9}(?:,\d{1,9})?[acd]\d{1,9}", re.MULTILINE),
        "It looks like a diff without -u: use diff -u",
    ),
    (
        re.compile(rb"^[^\n]{1,40}diff --git ", re.MULTILINE),
        "Something precedes each line: leave out --line-prefix, --graph and quoting",
    ),
    (re.compile(rb"^@@ -\d", re.MULTILINE), "It has hunks, but no line names their file"),
    (re.compile(rb"^[^\n]{1,400} \| +(?:\d+|Bin)", re.MULTILINE), "It looks like --stat: use git diff -p"),
)
_DEFAULT_HINT = "It has no line that starts with diff --git, and no pair of lines that start with --- and +++"

_TOO_LATE = (
    "Nothing was reviewed: the deadline came before it was known which files the diff has. "
    "Set a later one (deadline), or split the change."
)

_NOTHING = Counted(0, 0)

# SHA-1 and SHA-256 of nothing.
_EMPTY = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


def parse_diff(raw: bytes, strip: int | None = None, is_over: IsOver = never) -> Diff:
    """Return the files of `raw`, the output of git diff or of a tool like it, in its order.

    A file that cannot be read is listed with the reason, all others with all of their lines. Blank input
    has no files. `strip` is the number of leading parts to take off each path, if the diff does not show it.
    Files that are not reached before the time is up have no lines, but are counted.

    Raises DiffError if no file at all can be made out, or if the time is up before all are known.
    """
    step = steps_until(is_over, DiffError(_TOO_LATE))
    data, notices = unwrap(raw, step)
    if _BLANK.match(data):
        return Diff(notices=notices)
    # The lines of a header are not needed once it is read, and weigh as much as the rest of a small file.
    entries = [(without_header(piece), read_header(data, piece)) for piece in split(data, step)]
    if not any(starmap(_names_a_file, entries)):
        raise DiffError(why_no_diff(data))
    prefix = find_prefix(header for _, header in entries) if strip is None else Prefix(strip)
    name = partial(name_file, parts=prefix.parts, are_given=strip is not None)
    names = [name(*entry) for entry in entries]
    skips = [unread(*entry, named) for entry, named in zip(entries, names, strict=True)]
    whole = [_NOTHING if skip else piece.counted for (piece, _), skip in zip(entries, skips, strict=True)]
    hunks = read_all(data, whole, is_over)
    each = zip(entries, names, skips, hunks, strict=True)
    files = tuple(_file(*entry, named, skip, own) for entry, named, skip, own in each)
    return Diff(files=files, notices=(*notices, *filter(None, [prefix.notice])))


def _names_a_file(piece: Piece, header: Header) -> bool:
    """Tell whether a piece speaks of a file for sure; prose may hold a line like `Only in …: …` too."""
    has_name = any((header.old, header.new, header.target))
    return piece.counted.hunks > 0 or (has_name and piece.kind != "unshown")


def why_no_diff(data: bytes) -> str:
    """Return the message for an input in which no file can be made out."""
    hint = next((hint for pattern, hint in _HINTS if pattern.search(data)), _DEFAULT_HINT)
    return (
        f"Nothing was reviewed: the input is not a diff that can be read. {hint}. "
        "Give it what git diff prints."
    )


def _file(
    piece: Piece, header: Header, named: Named, skip: Skip | None, hunks: tuple[Hunk, ...] | str
) -> FileDiff:
    if isinstance(hunks, str):
        skip, hunks = Skip(reason=SkipReason.DAMAGED, by=Authority.NOBODY, detail=hunks), ()
    is_damaged = skip is not None and skip.reason is SkipReason.DAMAGED
    # Built without validation, as hunks are, for a change may hold a hundred thousand files.
    return FileDiff.made_of(
        path=named.path,
        old_path=named.old_path,
        status=status_of(piece, header, named),
        added=0 if is_damaged else piece.counted.added,
        removed=0 if is_damaged else piece.counted.removed,
        modes=(header.modes[0].decode("ascii", "replace"), header.modes[1].decode("ascii", "replace")),
        note=header.note,
        hunks=hunks,
        skip=skip,
    )


def unread(piece: Piece, header: Header, named: Named) -> Skip | None:
    """Return why a file cannot be read, None if its hunks and its header are all that changed."""
    if damage := named.damage or piece.damage:
        return _gap(SkipReason.DAMAGED, damage)
    if unsafe := why_unsafe(named.path) or (why_unsafe(named.old_path) if named.old_path else ""):
        return _gap(SkipReason.UNSAFE_PATH, unsafe)
    return None if piece.counted.hunks or piece.kind == "submodule" else _without_lines(piece, header)


def _without_lines(piece: Piece, header: Header) -> Skip | None:
    if header.is_binary:
        return _gap(SkipReason.BINARY, "The diff shows no lines of it: it is binary.")
    if piece.kind == "combined":
        return _gap(SkipReason.MERGE, "It is part of a merge, shown against both parents at once.")
    if piece.kind in {"plain", "unshown"} or header.has_names or not _is_bare(header):
        return _gap(SkipReason.CONTENT_MISSING, "It changed, but the diff does not hold its lines.")
    return None


def _gap(reason: SkipReason, detail: str) -> Skip:
    return Skip(reason=reason, by=Authority.NOBODY, detail=detail)


def _is_bare(header: Header) -> bool:
    """Tell whether a git header says of itself that no line changed; one that breaks off does not."""
    if header.blobs is not None:
        old, new = header.blobs
        return old == new or (_is_empty(old) and _is_empty(new))
    if header.source is not None:
        return not header.is_unlike
    return not header.is_added and not header.is_deleted and header.modes[0] != header.modes[1]


def _is_empty(blob: bytes) -> bool:
    return not blob.strip(b"0") or (len(blob) >= 4 and any(known.startswith(blob) for known in _EMPTY))
