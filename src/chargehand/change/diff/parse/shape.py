"""Says of which files the diff holds nothing that could be reviewed."""

import re

from chargehand.change.diff.parse.header import Header
from chargehand.change.diff.parse.names import why_unsafe
from chargehand.change.diff.parse.naming import Named
from chargehand.change.diff.parse.skip import Rules
from chargehand.change.diff.parse.split import Piece
from chargehand.core.diff import Skip, SkipReason
from chargehand.core.escaping import one_line

_SUBMODULE, _SYMLINK = b"160000", b"120000"
# SHA-1 and SHA-256 of nothing.
_EMPTY = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_ADDED_LINE = re.compile(rb"^\+([^\n]*)", re.MULTILINE)
_MAX_SHOWN = 200


def skip_unreadable(piece: Piece, named: Named) -> Skip | None:
    """Return why a file cannot be read at all, whatever it is."""
    damage = named.damage or piece.damage
    if damage:
        return Skip(reason=SkipReason.DAMAGED, detail=damage)
    unsafe = why_unsafe(named.path) or (why_unsafe(named.old_path) if named.old_path else "")
    return Skip(reason=SkipReason.UNSAFE_PATH, detail=unsafe) if unsafe else None


def skip_for_shape(data: bytes, piece: Piece, header: Header, path: str, rules: Rules) -> Skip | None:
    """Return why there is nothing to review in a file that can be read."""
    skips = (
        _special(data, piece, header),
        _deleted(header),
    )
    allowed = (skip for skip in skips if skip and rules.allows(skip.reason, path))
    return next(allowed, None) or _without_lines(piece, header)


def _special(data: bytes, piece: Piece, header: Header) -> Skip | None:
    if piece.kind == "submodule" or _SUBMODULE in header.modes:
        return Skip(reason=SkipReason.SUBMODULE, detail="It is a submodule: only its commit changed.")
    if _SYMLINK not in header.modes:
        return None
    target = _ADDED_LINE.search(data, piece.counted.start, piece.counted.end)
    shown = one_line(target[1].decode("utf-8", "surrogateescape"))[:_MAX_SHOWN] if target else ""
    return Skip(reason=SkipReason.SYMLINK, detail=f"It is a symbolic link{' to ' + shown if shown else ''}.")


def _deleted(header: Header) -> Skip | None:
    return Skip(reason=SkipReason.DELETED, detail="It was deleted.") if header.is_deleted else None


def _without_lines(piece: Piece, header: Header) -> Skip | None:
    if piece.counted.hunks:
        return None
    if header.is_binary:
        return Skip(reason=SkipReason.BINARY, detail="The diff shows no lines of it: it is binary.")
    if piece.kind == "combined":
        return Skip(
            reason=SkipReason.MERGE, detail="It is part of a merge, shown against both parents at once."
        )
    if piece.kind == "submodule":
        return Skip(reason=SkipReason.SUBMODULE, detail="It is a submodule: only its commits are listed.")
    if piece.kind in {"plain", "unshown"} or header.has_names or not _is_bare(header):
        return Skip(
            reason=SkipReason.CONTENT_MISSING, detail="It changed, but the diff does not hold its lines."
        )
    return Skip(reason=SkipReason.NO_CONTENT, detail=_no_content(header))


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


def _no_content(header: Header) -> str:
    if header.source is not None:
        return f"It was {'copied' if header.is_copy else 'renamed'} without a change."
    if header.is_added or header.is_deleted:
        return f"It is empty, and was {'added' if header.is_added else 'deleted'}."
    old, new = (mode.decode("ascii", "replace") for mode in header.modes)
    return f"Only its mode changed: {one_line(old)[:20]} to {one_line(new)[:20]}."
