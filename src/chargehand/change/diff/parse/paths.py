"""Decides under which path a file is listed, and what happened to it."""

from typing import NamedTuple

from chargehand.change.diff.parse.header import Header
from chargehand.change.diff.parse.prefix import other_prefix, usual_prefix, without_copy_mark, without_prefix
from chargehand.change.diff.parse.split import Piece
from chargehand.core.diff import Status

_NO_NAME = "(no name)"
_MAX_SHOWN = 255

_TOO_FEW = "Its path has fewer parts than are to be taken off."
_TWO_NAMES = "Its two sides have different names, and nothing says that it was renamed."


class Named(NamedTuple):
    """The paths of a file, without prefix; `damage` says why they cannot be relied on."""

    path: str
    old_path: str | None = None
    damage: str = ""


def name_file(piece: Piece, header: Header, parts: int | None, *, are_given: bool) -> Named:
    """Return the paths of a file.

    `parts` is how many to take off: what the user says (`are_given`), or what the whole diff agrees on.
    """
    if header.damage:
        return Named(_best_guess(piece, header, parts), damage=header.damage)
    if header.target is not None:
        # As for git apply: names in rename lines have one part less, for they have no prefix.
        own = max(parts - 1, 0) if parts and are_given else 0
        old, new = _cut(header.source, own), _cut(header.target, own)
        return _named(piece, header, old, new)
    parts = _parts_of(piece, header) if parts is None else parts
    first, second = (_cut(name, parts) for name in header.pair)
    if piece.kind == "git" and first and second and first != second:
        if usual_prefix([header.pair]) == parts == 1:
            return Named(_text(second), _text(first))  # git diff --no-index of two files or folders
        return Named(_best_guess(piece, header, parts), damage=_TWO_NAMES)
    if header.pair == (header.old, header.new):  # as nearly all are, which are cut already
        return _named(piece, header, first, second)
    return _named(piece, header, _cut(header.old, parts), _cut(header.new, parts))


def status_of(piece: Piece, header: Header, named: Named) -> Status:
    """Return what happened to a file."""
    if header.is_added or header.is_deleted:
        return "added" if header.is_added else "deleted"
    if header.source is not None or named.old_path is not None:
        return "copied" if header.is_copy else "renamed"
    is_bare = not piece.counted.hunks and not header.is_binary and header.blobs is None
    return "mode" if is_bare and header.modes[0] != header.modes[1] else "modified"


def _parts_of(piece: Piece, header: Header) -> int:
    """Return what this file says of its prefix; git's own must not be guessed at, its names are alike."""
    parts = usual_prefix([header.pair])
    if parts is None and piece.kind != "git":
        parts = other_prefix([header.pair])
    return parts or 0


def _named(piece: Piece, header: Header, old: bytes | None, new: bytes | None) -> Named:
    if b"" in {old, new}:
        return Named(_best_guess(piece, header, 0), damage=_TOO_FEW)
    if header.source is not None:
        return Named(_text(new or b""), _text(old or b""))
    if piece.kind in {"plain", "binary", "unshown", "stray"}:
        return Named(_text(_tidy(_current(old, new))))
    return Named(_text(new or old or b""))


def _current(old: bytes | None, new: bytes | None) -> bytes:
    """Return the name that is no copy's: `diff -u x x.orig` speaks of x, in whichever order."""
    if old and new and (new.startswith(old) or without_copy_mark(new) == old):
        return old
    return new or old or b""


def _cut(name: bytes | None, parts: int) -> bytes | None:
    return name if name is None or not parts else without_prefix(name, parts) or b""


def _tidy(name: bytes) -> bytes:
    """Take out the `.` and empty parts that other tools leave in, but for a leading `/`."""
    parts = name.split(b"/")
    return b"/".join([parts[0], *(p for p in parts[1:] if p not in {b"", b"."})]).removeprefix(b"./")


def _best_guess(piece: Piece, header: Header, parts: int | None) -> str:
    """Return a name by which a reader finds a damaged file in the diff."""
    name = header.target or header.new or header.old
    if header.target is None and name:
        name = _cut(name, _parts_of(piece, header) if parts is None else parts) or name
    return _text((name or header.said)[:_MAX_SHOWN])


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape") or _NO_NAME
