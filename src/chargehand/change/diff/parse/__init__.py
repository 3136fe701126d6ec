"""Reads any diff into files and hunks; what cannot be read is said of each file."""

import re
from functools import partial
from itertools import starmap

from chargehand.change.diff.parse.header import Header, read_header
from chargehand.change.diff.parse.hunks import read_hunks
from chargehand.change.diff.parse.naming import Named, name_file, status_of
from chargehand.change.diff.parse.no_diff import why_no_diff
from chargehand.change.diff.parse.prefix import Prefix, find_prefix
from chargehand.change.diff.parse.shape import unread
from chargehand.change.diff.parse.split import Piece, split
from chargehand.change.diff.parse.unwrap import unwrap
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason
from chargehand.core.errors import DiffError

__all__ = ["parse_diff"]

_BLANK = re.compile(rb"[\s\0]*\Z")
_FIELDS = set(FileDiff.model_fields)


def parse_diff(raw: bytes, strip: int | None = None) -> Diff:
    """Return the files of `raw`, the output of git diff or of a tool like it, in its order.

    A file that cannot be read is listed with the reason, all others with all of their lines. Blank input
    has no files. `strip` is the number of leading parts to take off each path, if the diff does not show it.

    Raises DiffError if no file at all can be made out.
    """
    data, notices = unwrap(raw)
    if _BLANK.match(data):
        return Diff(notices=notices)
    # The lines of a header are not needed once it is read, and weigh as much as the rest of a small file.
    entries = [(piece._replace(header=()), read_header(data, piece)) for piece in split(data)]
    if not any(starmap(_names_a_file, entries)):
        raise DiffError(why_no_diff(data))
    prefix = find_prefix(header for _, header in entries) if strip is None else Prefix(strip)
    name = partial(name_file, parts=prefix.parts, are_given=strip is not None)
    files = tuple(_read_file(data, piece, header, name(piece, header)) for piece, header in entries)
    return Diff(files=files, notices=(*notices, *filter(None, [prefix.notice])))


def _names_a_file(piece: Piece, header: Header) -> bool:
    """Tell whether a piece speaks of a file for sure; prose may hold a line like `Only in …: …` too."""
    has_name = any((header.old, header.new, header.target))
    return piece.counted.hunks > 0 or (has_name and piece.kind != "unshown")


def _read_file(data: bytes, piece: Piece, header: Header, named: Named) -> FileDiff:
    skip = unread(piece, header, named)
    hunks = () if skip else read_hunks(data, piece.counted)
    if isinstance(hunks, str):
        skip, hunks = Skip(reason=SkipReason.DAMAGED, by=Authority.NOBODY, detail=hunks), ()
    is_damaged = skip is not None and skip.reason is SkipReason.DAMAGED
    old_mode, new_mode = (mode.decode("ascii", "replace") for mode in header.modes)
    # Built without validation, as hunks are, for a change may hold a hundred thousand files.
    return FileDiff.model_construct(
        _FIELDS,
        path=named.path,
        old_path=named.old_path,
        status=status_of(piece, header),
        added=0 if is_damaged else piece.counted.added,
        removed=0 if is_damaged else piece.counted.removed,
        modes=(old_mode, new_mode),
        note=header.note,
        hunks=hunks,
        skip=skip,
    )
