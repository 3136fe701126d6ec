"""Says of which files the diff does not hold what changed."""

from chargehand.change.diff.parse.header import Header
from chargehand.change.diff.parse.names import why_unsafe
from chargehand.change.diff.parse.naming import Named
from chargehand.change.diff.parse.split import Piece
from chargehand.core.diff import Authority, Skip, SkipReason

# SHA-1 and SHA-256 of nothing.
_EMPTY = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
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
