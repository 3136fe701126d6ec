"""What files hold that git calls binary: text in another encoding, a picture, or what nobody can read."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from chargehand.change.diff.known import ASSETS
from chargehand.change.diff.pointers import POINTER
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk, Skip, SkipReason

# From texts before and after, in UTF-8, to the hunks between them.
Compare = Callable[[Sequence[tuple[bytes, bytes]]], Sequence[tuple[Hunk, ...]]]

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE = 8_000
# Bytes below a blank that texts do not have; one with a NUL in it has few of them.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b\b\x0b")
_MOST_CONTROLS = 0.02
_SAME_TEXT = Skip(
    reason=SkipReason.BINARY,
    by=Authority.CONTENT,
    detail="Its encoding changes, and none of its text.",
)


class Sides(NamedTuple):
    """What the files of a change hold before and after it, by path, as bytes; what is not known is absent.

    `heads` is how files begin that are too large to be read whole: after the change, before it if it deletes
    them.
    """

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    heads: Mapping[str, bytes]


def binaries(diff: Diff) -> tuple[FileDiff, ...]:
    """Return the files whose lines git does not show because it calls them binary."""
    return tuple(file for file in diff.files if _is_binary(file))


def read_binaries(diff: Diff, sides: Sides, compare: Compare) -> Diff:
    """Return `diff` with the lines of texts that git calls binary, and with pictures and their like known."""
    pairs: dict[int, tuple[bytes, bytes]] = {}
    files = list(diff.files)
    for at, file in enumerate(files):
        if not _is_binary(file):
            continue
        old, new = sides.before.get(file.old_path or file.path), sides.after.get(file.path)
        if (texts := _texts(file, old, new)) is not None:
            pairs[at] = texts
        elif _is_without_text(file, old, new, sides.heads.get(file.path)):
            files[at] = file.evolve(skip=_fact(file))
    for at, hunks in zip(pairs, compare(list(pairs.values())), strict=True):
        if hunks:
            files[at] = _with_lines(files[at], hunks)
        elif len(set(pairs[at])) == 1:
            files[at] = files[at].evolve(skip=_SAME_TEXT)
    return diff.evolve(files=tuple(files))


def name_assets(diff: Diff) -> Diff:
    """Return `diff` with pictures and their like known by their names alone."""
    detail = "Its name is that of a picture, a font, a recording or an office file."
    skip = Skip(reason=SkipReason.BINARY, by=Authority.NAME, detail=detail)
    files = (
        file.evolve(skip=skip) if _is_binary(file) and is_named_as_asset(file.path) else file
        for file in diff.files
    )
    return diff.evolve(files=tuple(files))


def is_named_as_asset(path: str) -> bool:
    """Tell whether the ending is that of a picture, a font or their like."""
    return _ending(path) in ASSETS


def is_asset(path: str, data: bytes | None) -> bool:
    """Tell whether both the ending and the first bytes are those of a picture, a font or their like."""
    start, magics = ASSETS.get(_ending(path), (0, ()))
    return data is not None and any(data.startswith(magic, start) for magic in magics)


def as_text(data: bytes) -> bytes | None:
    """Return a text in UTF-8, whatever its encoding was; None if it is none."""
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), None) or _bare_utf16(data)
    if codec:
        try:
            return data.decode(codec).removeprefix("\ufeff").encode()
        except UnicodeError:
            return None
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return data if controls <= max(1, _MOST_CONTROLS * len(data)) else None


def _is_binary(file: FileDiff) -> bool:
    return file.skip is not None and file.skip.reason is SkipReason.BINARY and file.skip.is_gap


def _ending(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return name[name.rfind(".") :] if "." in name else ""


def _texts(file: FileDiff, old: bytes | None, new: bytes | None) -> tuple[bytes, bytes] | None:
    """Return both sides as text; what was no text before is taken as nothing."""
    if is_asset(file.path, old if file.status == "deleted" else new):
        return None
    before = b"" if file.status == "added" else None if old is None else as_text(old)
    after = b"" if file.status == "deleted" else None if new is None else as_text(new)
    if after is None or (file.status == "deleted" and before is None):
        return None
    return before or b"", after


def _is_without_text(file: FileDiff, old: bytes | None, new: bytes | None, head: bytes | None) -> bool:
    """Tell whether a file holds no text to read, and held none but perhaps a pointer of Git LFS."""
    if file.status == "deleted":
        known = head if old is None else old
        return known is not None and as_text(known) is None
    was_text = old is not None and as_text(old) is not None and not old.startswith(POINTER.encode())
    return is_asset(file.path, head if new is None else new) and not (was_text and file.status != "added")


def _bare_utf16(data: bytes) -> str | None:
    """Name the codec of UTF-16 without a mark: most of its characters are ASCII, every second byte NUL."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half < 4 or len(data) % 2:
        return None
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.1 else None


def _fact(file: FileDiff) -> Skip:
    what = "It was deleted, and was binary" if file.status == "deleted" else "It is what its name says"
    detail = f"{what}: there is no text in it to read."
    return Skip(reason=SkipReason.BINARY, by=Authority.CONTENT, detail=detail)


def _with_lines(file: FileDiff, hunks: tuple[Hunk, ...]) -> FileDiff:
    kinds = [line.kind for hunk in hunks for line in hunk.lines()]
    return file.evolve(hunks=hunks, skip=None, added=kinds.count("+"), removed=kinds.count("-"))
