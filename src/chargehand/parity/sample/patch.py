"""Writes files of a diff as a diff again, so that a sample needs no repository."""

from collections.abc import Iterable, Iterator

from chargehand.core.diff import FileDiff, Hunk
from chargehand.core.escaping import printable

_NOTHING = "/dev/null"


def as_patch(files: Iterable[FileDiff]) -> str:
    """Return the hunks of `files` as a unified diff."""
    return "".join(f"{line}\n" for file in files for line in _lines(file))


def can_be_written(file: FileDiff) -> bool:
    """Tell whether a file has lines, and a name that a diff shows as it is."""
    names = f"{file.path}{file.old_path or ''}"
    is_plain = printable(names) == names and not set(names) & set('"\\\t\n')
    texts = (hunk.body for hunk in file.hunks)
    return file.skip is None and bool(file.hunks) and is_plain and all(map(_is_text, texts))


def _is_text(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" or char == "\r" for char in text)


def _lines(file: FileDiff) -> Iterator[str]:
    old = file.old_path or file.path
    yield f"diff --git a/{old} b/{file.path}"
    if file.status == "added":
        yield "new file mode 100644"
    elif file.status == "deleted":
        yield "deleted file mode 100644"
    elif old != file.path:
        yield from (f"rename from {old}", f"rename to {file.path}")
    yield f"--- {_NOTHING if file.status == 'added' else f'a/{old}'}"
    yield f"+++ {_NOTHING if file.status == 'deleted' else f'b/{file.path}'}"
    for hunk in file.hunks:
        yield _head(hunk)
        yield from hunk.body.split("\n")


def _head(hunk: Hunk) -> str:
    section = f" {hunk.section}" if hunk.section else ""
    return f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@{section}"
