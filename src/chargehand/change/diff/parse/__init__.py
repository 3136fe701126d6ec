"""Reads any diff into files and hunks; what cannot be read is said of each file."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import starmap

from chargehand.change.diff.parse.by_content import skip_for_content
from chargehand.change.diff.parse.by_name import skip_for_name
from chargehand.change.diff.parse.header import Header, read_header
from chargehand.change.diff.parse.hunks import read_hunks
from chargehand.change.diff.parse.known import is_source
from chargehand.change.diff.parse.naming import Named, name_file, status_of
from chargehand.change.diff.parse.no_diff import why_no_diff
from chargehand.change.diff.parse.prefix import Prefix, find_prefix
from chargehand.change.diff.parse.shape import skip_for_shape, skip_unreadable
from chargehand.change.diff.parse.skip import ReadingRules, Rules, ready
from chargehand.change.diff.parse.split import Piece, split
from chargehand.change.diff.parse.unwrap import unwrap
from chargehand.core.diff import Diff, FileDiff, Skip, SkipReason
from chargehand.core.errors import DiffError
from chargehand.core.escaping import one_line

__all__ = ["ReadingRules", "parse_diff"]

_BLANK = re.compile(rb"[\s\0]*\Z")
_MAX_NAMED = 3

_DEFAULT_RULES = ReadingRules()
_FIELDS = set(FileDiff.model_fields)


def parse_diff(raw: bytes, rules: ReadingRules = _DEFAULT_RULES, strip: int | None = None) -> Diff:
    """Return the files of `raw`, the output of git diff or of a tool like it, in its order.

    A file that cannot be read, or that `rules` leave out, is listed with the reason. Blank input has no
    files. `strip` is the number of leading parts to take off each path, where the diff does not show it.

    Raises DiffError where no file at all can be made out.
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
    read = partial(_read_file, data, ready(rules))
    files = tuple(read(piece, header, name(piece, header)) for piece, header in entries)
    return Diff(files=files, notices=(*notices, *_notices(prefix, files)))


def _names_a_file(piece: Piece, header: Header) -> bool:
    """Tell whether a piece speaks of a file for sure; prose may hold a line like `Only in …: …` too."""
    has_name = any((header.old, header.new, header.target))
    return piece.counted.hunks > 0 or (has_name and piece.kind != "unshown")


def _read_file(data: bytes, rules: Rules, piece: Piece, header: Header, named: Named) -> FileDiff:
    skip = _skip(data, piece, header, named, rules)
    hunks = () if skip else read_hunks(data, piece.counted)
    if isinstance(hunks, str):
        skip, hunks = Skip(reason=SkipReason.DAMAGED, detail=hunks), ()
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
        hunks=hunks,
        skip=skip,
    )


def _skip(data: bytes, piece: Piece, header: Header, named: Named, rules: Rules) -> Skip | None:
    return (
        skip_unreadable(piece, named)
        or skip_for_name(named.path, rules)
        or skip_for_shape(data, piece, header, named.path, rules)
        or skip_for_content(named.path, data, piece.counted, rules, is_added=header.is_added)
    )


def _notices(prefix: Prefix, files: Sequence[FileDiff]) -> Iterator[str]:
    if prefix.notice:
        yield prefix.notice
    hidden = [
        file.path
        for file in files
        if file.skip and file.skip.reason is SkipReason.BINARY and is_source(file.path)
    ]
    if hidden:
        more = f" and {len(hidden) - _MAX_NAMED} more" if len(hidden) > _MAX_NAMED else ""
        names = ", ".join(one_line(path) for path in hidden[:_MAX_NAMED])
        yield (
            f"Git calls {names}{more} binary, though the name is that of source: attributes in the change "
            "may hide code, so look at it yourself."
        )
