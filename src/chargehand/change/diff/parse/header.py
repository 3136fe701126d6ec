"""Reads the header of one piece: which file it speaks of, and what happened to it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from chargehand.change.diff.parse.count import is_gone_in_full, is_new_in_full
from chargehand.change.diff.parse.names import (
    NULL,
    cut_in_two,
    git_token,
    is_misquoted,
    is_no_file,
    plain_token,
    unquoted,
)
from chargehand.change.diff.parse.split import Piece
from chargehand.core.escaping import one_line

# A name of 4,096 bytes in octal, twice, and some room.
_MAX_LINE_BYTES = 40_000

_TWO_THINGS = "Its header contradicts itself."
_TOO_LONG = "A line of its header is too long for any name."
_CUT_SHORT = "Its header is cut short."
_MISQUOTED = "A name in its header has a quote that does not end, or an escape that means nothing."
_DISAGREE = "The lines of its header name different files."
_NO_MODE = "Its header has a mode that is no number."
_NAMELESS = "Its header names no file that can be made out."

_MODE = re.compile(rb"[0-7]{1,8}")

_NAME_KEYS = (b"---", b"+++", b"rename from", b"rename to", b"copy from", b"copy to")
_OLD_KEYS = (b"rename from", b"copy from", b"rename old")
_NEW_KEYS = (b"rename to", b"copy to", b"rename new")


class Header(NamedTuple):
    """What a header says. Names are bytes without quotes.

    `old` and `new` carry the diff's prefix and are None if that side has no file or no name; `pair` is
    both, if the header says them elsewhere, to learn the prefix from. `source` and `target` are the names
    of a rename or copy, and `target` that of a merge or submodule, without a prefix. `modes` are old and new,
    empty if they are not said; `blobs` the ids of the index line, and `is_unlike` tells that a
    rename or copy is said to change the file; `note` is what a line about a submodule says. `damage` says
    why it cannot be used, and `said` is then what its first line names.
    """

    old: bytes | None = None
    new: bytes | None = None
    pair: tuple[bytes | None, bytes | None] = (None, None)
    source: bytes | None = None
    target: bytes | None = None
    is_copy: bool = False
    is_added: bool = False
    is_deleted: bool = False
    is_binary: bool = False
    has_names: bool = False
    modes: tuple[bytes, bytes] = (b"", b"")
    blobs: tuple[bytes, bytes] | None = None
    is_unlike: bool = False
    note: str = ""
    damage: str = ""
    said: bytes = b""


def read_header(data: bytes, piece: Piece) -> Header:
    """Return what the header of `piece` says; `data` is the whole diff, for its hunk lines."""
    header = _read(data, piece)
    return header._replace(said=piece.header[0][1]) if header.damage and piece.header else header


def _read(data: bytes, piece: Piece) -> Header:
    fields = dict(piece.header)
    if max([len(value) for _, value in piece.header], default=0) > _MAX_LINE_BYTES:
        return Header(damage=_TOO_LONG)
    match piece.kind:
        case "git":
            is_said_twice = len(fields) < len(piece.header)
            return _read_git(fields, contradicts_itself=is_said_twice and len(fields) < len({*piece.header}))
        case "combined" | "submodule":
            return _read_unprefixed(fields)
        case "plain" | "stray":
            return _read_plain(data, piece, fields)
        case "binary" | "unshown":
            return _read_line(fields)


def _read_git(fields: dict[bytes, bytes], *, contradicts_itself: bool) -> Header:
    old, new = _git_names(fields)
    pair = cut_in_two(fields[b"diff"], b" ") if NULL in (old, new) else (old, new)
    header = Header(
        old=_unless_null(old),
        new=_unless_null(new),
        pair=pair or (None, None),
        source=_first(fields, _OLD_KEYS),
        target=_first(fields, _NEW_KEYS),
        is_copy=b"copy to" in fields,
        is_added=b"new file mode" in fields or old == NULL,
        is_deleted=b"deleted file mode" in fields or new == NULL,
        is_binary=b"Binary files" in fields or b"GIT binary patch" in fields,
        has_names=b"+++" in fields,
        modes=_modes(fields),
        blobs=_blobs(fields),
        is_unlike=fields.get(b"similarity index", b"100%") != b"100%",
    )
    damage = _TWO_THINGS if contradicts_itself else _why_unusable(fields, header)
    return header._replace(damage=damage) if damage else header


def _git_names(fields: dict[bytes, bytes]) -> tuple[bytes | None, bytes | None]:
    if b"---" in fields and b"+++" in fields:
        return unquoted(git_token(fields[b"---"])), unquoted(git_token(fields[b"+++"]))
    if _first(fields, _NEW_KEYS) is not None:
        return None, None
    return cut_in_two(fields[b"diff"], b" ") or (None, None)


def _why_unusable(fields: dict[bytes, bytes], header: Header) -> str:
    if header.old is None and header.new is None and header.target is None:
        return _NAMELESS
    if (b"---" in fields) != (b"+++" in fields) or (header.source is None) != (header.target is None):
        return _NAMELESS
    if b"index" in fields and header.blobs is None:
        return _CUT_SHORT
    if not all(map(_MODE.fullmatch, filter(None, header.modes))):
        return _NO_MODE  # it would be a text of the author's that no line of the change has
    is_moved = header.source is not None
    if header.is_added + header.is_deleted + is_moved > 1:
        return _TWO_THINGS
    return "" if not is_moved and _is_plainly_said(fields) else _what_is_wrong_with_names(fields, header)


def _what_is_wrong_with_names(fields: dict[bytes, bytes], header: Header) -> str:
    names = {key: git_token(fields[key]) for key in _NAME_KEYS if key in fields}
    if any(map(is_misquoted, names.values())):
        return _MISQUOTED
    return _DISAGREE if header.has_names and not _agrees(fields[b"diff"], names, header) else ""


def _is_plainly_said(fields: Mapping[bytes, bytes]) -> bool:
    """Tell whether all lines say the same names, without quotes or a TAB, as nearly all headers do."""
    said = fields[b"diff"]
    return b'"' not in said and said == fields.get(b"---", b"") + b" " + fields.get(b"+++", b"")


def _agrees(said: bytes, names: Mapping[bytes, bytes], header: Header) -> bool:
    """Tell whether `diff --git`, `---`, `+++` and the rename lines say the same."""
    old, new = names[b"---"], names[b"+++"]
    return (
        (header.old is None or said.startswith(old + b" "))
        and (header.new is None or said.endswith(b" " + new))
        and (None in {header.old, header.source} or _ends_in(header.old, header.source))
        and (None in {header.new, header.target} or _ends_in(header.new, header.target))
    )


def _ends_in(name: bytes | None, tail: bytes | None) -> bool:
    return name is not None and tail is not None and (name == tail or name.endswith(b"/" + tail))


def _modes(fields: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    both = fields.get(b"index", b"").partition(b" ")[2]
    old = fields.get(b"old mode", fields.get(b"deleted file mode", both))
    new = fields.get(b"new mode", fields.get(b"new file mode", both))
    return old, new


def _blobs(fields: dict[bytes, bytes]) -> tuple[bytes, bytes] | None:
    old, dots, new = fields.get(b"index", b"").partition(b" ")[0].partition(b"..")
    return (old, new) if dots else None


def _read_unprefixed(fields: dict[bytes, bytes]) -> Header:
    name = unquoted(fields[b"diff"])
    return Header(
        target=name,
        is_added=b"new file mode" in fields,
        is_deleted=b"deleted file mode" in fields,
        is_binary=b"Binary files" in fields,
        note=one_line(fields.get(b"commits", b"").decode("utf-8", "replace")),
    )


def _read_plain(data: bytes, piece: Piece, fields: dict[bytes, bytes]) -> Header:
    if not fields:
        return Header(damage=_NAMELESS)
    tokens = [plain_token(fields[key]) for key in (b"---", b"+++")]
    old, new = map(unquoted, tokens)
    was_none = old == NULL or (is_no_file(fields[b"---"]) and is_new_in_full(data, piece.counted))
    is_none = new == NULL or (is_no_file(fields[b"+++"]) and is_gone_in_full(data, piece.counted))
    is_nameless = old == new == NULL or any(not name or name.endswith(b"/") for name in (old, new))
    return Header(
        old=_unless_null(old),
        new=_unless_null(new),
        pair=(_unless_null(old), _unless_null(new)),
        is_added=was_none,
        is_deleted=is_none,
        has_names=True,
        damage=_NAMELESS if is_nameless else _MISQUOTED if any(map(is_misquoted, tokens)) else "",
    )


def _read_line(fields: dict[bytes, bytes]) -> Header:
    """Read a line such as `Binary files a/x and b/x differ`; a name that stands alone is the new one."""
    ((key, value),) = fields.items()
    if key != b"differ":
        return Header(new=value, pair=(None, value), is_binary=key == b"+++")
    old, new = cut_in_two(value, b" and ") or (value.partition(b" and ")[0], value.partition(b" and ")[2])
    return Header(
        old=_unless_null(old),
        new=_unless_null(new),
        pair=(_unless_null(old), _unless_null(new)),
        is_added=old == NULL,
        is_deleted=new == NULL,
        is_binary=True,
        damage="" if new else _NAMELESS,
    )


def _unless_null(name: bytes | None) -> bytes | None:
    return None if name == NULL else name


def _first(fields: dict[bytes, bytes], keys: tuple[bytes, ...]) -> bytes | None:
    for key in keys:
        if key in fields:
            return unquoted(fields[key])
    return None
