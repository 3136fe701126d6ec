"""Cuts the input into the pieces that each speak of one file."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from chargehand.change.diff.parse.count import Counted, count_hunks, is_hunk_header
from chargehand.core.time_limit import Step, any_step

# `git`, `combined` (a merge's diff) and `submodule` are git's; `plain`, `binary` and `unshown` come from
# other tools; `stray` is a file without git's header in a diff that has git's headers.
Kind = Literal["git", "combined", "submodule", "plain", "binary", "unshown", "stray"]

_NOTHING = Counted(0, 0)

_GIT = re.compile(rb"diff --(git|cc|combined) ([^\n]*)\n?")
_GIT_LINE = re.compile(
    rb"(---(?= )|\+\+\+(?= )|index|old mode|new mode|deleted file mode|new file mode|mode|similarity index"
    rb"|dissimilarity index|rename from|rename to|rename old|rename new|copy from|copy to|Binary files"
    rb"|GIT binary patch|remerge)(?: ([^\n]*))?(?:\n|\Z)"  # the last is of --remerge-diff
)
# The header of most files, in one piece: to match it line by line takes three times as long.
_USUAL = re.compile(rb"diff --git ([^\n]*)\nindex ([^\n]*)\n--- ([^\n]*)\n\+\+\+ ([^\n]*)(?:\n|\Z)")
_USUAL_KEYS = (b"diff", b"index", b"---", b"+++")
# No line of the same header comes after these, and no hunk after the first two.
_BINARY_KEYS = frozenset({b"Binary files", b"GIT binary patch"})
_LAST_KEYS = _BINARY_KEYS | {b"+++"}
_FILE_IN_TEXT = re.compile(
    rb"^(?:--- [^\n]*\n\+\+\+ |Binary files? |Files |Only in |Cannot display: )", re.MULTILINE
)
# Where lines may be content, only a hunk header tells the header of a file from a removed and an added line.
_FILE_ANYWHERE = re.compile(
    rb"^(?:--- [^\n]*\n\+\+\+ [^\n]*\n@@ |Binary files? |Files |Only in |Cannot display: )", re.MULTILINE
)
_PAIR = re.compile(rb"--- ([^\n]*)\n\+\+\+ ([^\n]*)(?:\n|\Z)")
_ONE_LINERS: tuple[tuple[Kind, bytes, re.Pattern[bytes]], ...] = (
    ("binary", b"differ", re.compile(rb"Binary files ([^\n]*) differ\r?$", re.MULTILINE)),
    ("binary", b"+++", re.compile(rb"Binary file ([^\n]*) has changed\r?$", re.MULTILINE)),
    ("unshown", b"differ", re.compile(rb"Files ([^\n]*) differ\r?$", re.MULTILINE)),
    ("unshown", b"only", re.compile(rb"Only in ([^\n]*): ([^\n]*)$", re.MULTILINE)),
)
_SVN_INDEX = re.compile(rb"Index: ([^\n]*)\n=+\r?\n")
_MAX_INDEX_BYTES = 8192
# In this order: the header of a file, a hunk, the header of a context diff, the line that ends the message of
# a mail, a submodule, files that are only named, an encoded part of a mail, other forms of a diff (uuencode,
# a merge's hunk, diff without -u, diff -e), the start of a message.
_LOOSE = re.compile(
    rb"^(?:--- (?P<old>[^\n]*)\n\+\+\+ (?P<new>[^\n]*)\n@@ |(?P<hunk>@@ -\d)"
    rb"|\*\*\* (?P<before>[^\n]*)\n--- (?P<after>[^\n]*)\n\*{15}|(?P<cut>---\r?$)"
    rb"|Submodule (?P<sub>[^\n]*?) "
    rb"(?P<commits>[0-9a-f]{7,64}\.{2,3}[0-9a-f]{7,64}|contains (?:untracked|modified) content$)"
    rb"|Only in (?P<folder>[^\n]*): (?P<only>[^\n]*)|\* Unmerged path (?P<unmerged>[^\n]*)"
    rb"|(?P<encoded>(?i:Content-Transfer-Encoding):[ \t]*\"?(?i:base64|quoted-printable))"
    rb"|(?P<other>begin [0-7]{3} \S|@@@+ -\d"
    rb"|\d{1,9}(?:,\d{1,9})?(?:[acd]\d{1,9}(?:,\d{1,9})?\r?\n[<>] |[ac]\r?\n))"
    rb"|(?:(?<=\n\n)|\A)(?:From \S+ \w\w\w \w\w\w |commit [0-9a-f]|(?:From|Date|Subject): ))",
    re.MULTILINE,
)
_LOOSE_SIGNS = (
    *(b"@@ ", b"Submodule ", b"*" * 15, b"Only in ", b"Unmerged path ", b"-Encoding:", b"-encoding:"),
    *(b"begin ", b"\n> ", b"\n< ", b"\n.\n"),
)
_DOUBTFUL = "The file before it may not have ended there."
_HEADLESS = "Its part of the diff has no git header, while other files have one."
_CONTEXT = "Its part of the input is a context diff, which is not read: use diff -u."
_IN_BETWEEN = "Its part of the diff has a hunk behind other text."
_OTHER_FORM = "Behind its part of the diff stands one in another form, which is not read: use diff -u."
_ENCODED = (
    "Behind its part of the diff stands a part of a mail that is encoded, and no mail that git am reads."
)


Lines = tuple[tuple[bytes, bytes], ...]  # of a header: key and value


class Piece(NamedTuple):
    """What the input says of one file: the lines of its header, and its hunks."""

    kind: Kind
    header: Lines
    counted: Counted = _NOTHING
    damage: str = ""


def without_header(piece: Piece) -> Piece:
    """Return the piece without the lines of its header; `_replace` takes three times as long."""
    return Piece(piece.kind, (), piece.counted, piece.damage)


class _Loose(NamedTuple):
    pieces: tuple[Piece, ...] = ()
    damage: str = ""


_NO_LOOSE = _Loose()


def split(data: bytes, step: Step = any_step) -> Iterator[Piece]:
    """Yield the pieces in order; none if the input is no diff. `step` is called at whatever is looked at.

    If the input has git's headers, nothing else starts a file: an example in a commit message is
    none. Text with hunks outside of git's headers, and no message, is a piece of its own that is damaged.
    """
    starts = list(_git_starts(data, step))
    return _git_pieces(data, starts, step) if starts else _plain_pieces(data, step)


def _git_starts(data: bytes, step: Step) -> Iterator[int]:
    at = 0
    while True:
        step(1)
        if data.startswith((b"diff --git ", b"diff --cc ", b"diff --combined "), at):
            yield at
        # No line of a hunk can begin like this, so hunks need not be walked to find the next file.
        at = data.find(b"\ndiff --", at) + 1
        if not at:
            return


def _git_pieces(data: bytes, starts: list[int], step: Step) -> Iterator[Piece]:
    before = _read_loose(data, 0, starts[0], step)
    yield from before.pieces
    if before.damage:
        yield Piece("stray", (), damage=_HEADLESS)
    for start, limit in zip(starts, [*starts[1:], len(data)], strict=True):
        yield from _git_piece(data, start, limit, step)


def _git_piece(data: bytes, start: int, limit: int, step: Step) -> Iterator[Piece]:
    kind, header, at = _git_header(data, start, limit, step)
    counted = Counted(at, at)
    if kind == "git" and header[-1][0] not in _BINARY_KEYS and data.startswith(b"@@ ", at):
        counted = count_hunks(data, at, limit, step, has_git_headers=True)
    loose = _read_loose(data, counted.end, limit, step)
    damage = counted.damage or (loose.damage if kind == "git" else "")
    yield Piece(kind, header, counted, damage)
    yield from loose.pieces


def _git_header(data: bytes, start: int, limit: int, step: Step) -> tuple[Kind, Lines, int]:
    """Return the kind of a piece, the lines of its header, and where they end."""
    if usual := _USUAL.match(data, start, limit):
        return "git", tuple(zip(_USUAL_KEYS, map(_value, usual.groups()), strict=True)), usual.end()
    first = _GIT.match(data, start, limit)
    assert first is not None  # noqa: S101 # _git_starts found it
    header = [(b"diff", _value(first[2]))]
    at = first.end()
    while line := _GIT_LINE.match(data, at, limit):
        step(1)
        key, value = line.groups(b"")
        header.append((key, _value(value)))
        at = line.end()
        if key in _LAST_KEYS:
            break
    return "git" if first[1] == b"git" else "combined", tuple(header), at


def _read_loose(data: bytes, start: int, limit: int, step: Step) -> _Loose:
    """Look through text outside of headers and hunks for what must not be passed over in silence.

    As for git am, what stands in the message of a mail is no diff, and the message ends at `---`.
    """
    if start >= limit or all(data.find(sign, start, limit) < 0 for sign in _LOOSE_SIGNS):
        return _NO_LOOSE
    pieces: list[Piece] = []
    damage = ""
    is_message = False
    for found in _LOOSE.finditer(data, start, limit):
        step(1)
        match found.lastgroup:
            case "cut" | None:
                is_message = found["cut"] is None
            case "after" | "commits":
                pieces.append(_piece_in_text(found))
            case "encoded":
                damage = _ENCODED
            case _ if is_message:
                pass
            case "new" | "only" | "unmerged":
                pieces.append(_piece_in_text(found))
            case "other":
                damage = _OTHER_FORM
            case "hunk" if is_hunk_header(data, found.start()) and not _has_headless(pieces):
                damage = _IN_BETWEEN
    return _Loose(tuple(pieces), damage)


def _piece_in_text(found: "re.Match[bytes]") -> Piece:
    """Return what a line outside of headers and hunks says of a file."""
    match found.lastgroup:
        case "commits":
            return Piece("submodule", ((b"diff", found["sub"]), (b"commits", found["commits"])))
        case "after":
            return _stray(found["before"], found["after"], _CONTEXT)
        case "new":
            return _stray(found["old"], found["new"], _HEADLESS)
        case "only":
            return Piece("unshown", ((b"only", _value(found["folder"] + b"/" + found["only"])),))
        case _:
            return Piece("unshown", ((b"only", _value(found["unmerged"])),))


def _has_headless(pieces: Sequence[Piece]) -> bool:
    """Tell whether the hunks that follow belong to a file that was named without git's header."""
    return any(piece.damage == _HEADLESS for piece in pieces)


def _stray(old: bytes, new: bytes, damage: str) -> Piece:
    return Piece("stray", ((b"---", _value(old)), (b"+++", _value(new))), damage=damage)


def _plain_pieces(data: bytes, step: Step) -> Iterator[Piece]:
    start, piece = _next_plain(data, 0, _FILE_IN_TEXT, step)
    doubtful_to = 0
    before = _read_loose(data, 0, start, step) if piece else _Loose()
    yield from before.pieces
    if before.damage:
        yield Piece("stray", (), damage=_HEADLESS)
    while piece:
        end = piece.counted.end
        wanted = _FILE_ANYWHERE if piece.damage else _FILE_IN_TEXT
        next_start, following = _next_plain(data, end, wanted, step)
        loose = _Loose() if piece.damage else _read_loose(data, end, next_start, step)
        damage = piece.damage or loose.damage or (_DOUBTFUL if start < doubtful_to else "")
        yield piece._replace(damage=damage)
        yield from loose.pieces
        doubtful_to = max(doubtful_to, piece.counted.doubtful_to)
        start, piece = next_start, following


def _next_plain(data: bytes, at: int, wanted: re.Pattern[bytes], step: Step) -> tuple[int, Piece | None]:
    for found in wanted.finditer(data, at):
        step(1)
        piece = _plain_piece(data, found.start(), step)
        if piece:
            return found.start(), piece
    return len(data), None


def _plain_piece(data: bytes, at: int, step: Step) -> Piece | None:
    pair = _PAIR.match(data, at)
    if pair:
        counted = Counted(pair.end(), pair.end())
        if data.startswith(b"@@ ", pair.end()):
            counted = count_hunks(data, pair.end(), len(data), step, has_git_headers=False)
        return Piece("plain", _names(pair), counted, counted.damage)
    for kind, key, pattern in _ONE_LINERS:
        if line := pattern.match(data, at):
            value = b"/".join(_value(group) for group in line.groups())
            return Piece(kind, ((key, value),), Counted(line.end(), line.end()))
    return _svn_binary(data, at) if data.startswith(b"Cannot display: ", at) else None


def _svn_binary(data: bytes, at: int) -> Piece | None:
    start = data.rfind(b"Index: ", max(0, at - _MAX_INDEX_BYTES), at)
    index = _SVN_INDEX.fullmatch(data, start, at) if start >= 0 else None
    return Piece("binary", ((b"+++", _value(index[1])),), Counted(at + 1, at + 1)) if index else None


def _names(pair: re.Match[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"---", _value(pair[1])), (b"+++", _value(pair[2])))


def _value(text: bytes) -> bytes:
    return text.removesuffix(b"\r")
