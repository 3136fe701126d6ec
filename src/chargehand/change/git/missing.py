"""What stands in a diff for files that git cannot read: their contents are gone from the store of objects."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.change.git.repository import Repository

# More than these are a store that is broken, or a clone that has next to nothing.
MOST_MISSING = 200

_RAW = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]")
_MODULE = b"160000"
_NO_MODE = b"000000"


class Unreadable(NamedTuple):
    """A changed file of which at least one side is gone: its modes and ids, before and after."""

    path: bytes
    modes: tuple[bytes, bytes]
    ids: tuple[bytes, bytes]

    def written(self, form: str) -> bytes:
        """Return what stands for the file in this form of a diff: `--patch`, `--numstat` or `--name-only`.

        There is a head without lines, a row without numbers, as that of a binary file, or the name.
        """
        match form:
            case "--numstat":
                return b"-\t-\t" + self.path + b"\0"
            case "--name-only":
                return self.path + b"\0"
            case _:
                return self._head()

    def _head(self) -> bytes:
        old, new = self.modes
        kind = b"new file mode " + new + b"\n" if old == _NO_MODE else b""
        kind = b"deleted file mode " + old + b"\n" if new == _NO_MODE else kind
        same = b" " + new if old == new else b""
        changed = b"old mode " + old + b"\nnew mode " + new + b"\n" if not kind and not same else b""
        names = b" ".join((_quoted(b"a/" + self.path), _quoted(b"b/" + self.path)))
        return b"diff --git %s\n%s%sindex %s..%s%s\n" % (names, changed, kind, *self.ids, same)


def unreadable_files(repository: Repository, base: str, head: str) -> tuple[Unreadable, ...]:
    """Return the changed files that git cannot read; none if that is not known, or if they are too many."""
    form = ("diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none")
    listed = repository.ask(*form, "--end-of-options", base, head, "--")
    rows = list(_rows(listed.out)) if listed.code == 0 else []
    gone = _gone(repository, sorted({each for row in rows for each in row.ids if each.strip(b"0")}))
    found = tuple(row for row in rows if gone.intersection(row.ids))
    return found if len(found) <= MOST_MISSING else ()


def _rows(raw: bytes) -> Iterator[Unreadable]:
    fields = raw.split(b"\0")
    for field, path in zip(fields[::2], fields[1::2], strict=False):
        match = _RAW.fullmatch(field)
        if match and _MODULE not in match.groups():
            yield Unreadable(path, (match[1], match[2]), (match[3], match[4]))


def _gone(repository: Repository, ids: Sequence[bytes]) -> frozenset[bytes]:
    answers = repository.ask("cat-file", "--batch-check", stdin=b"".join(each + b"\n" for each in ids))
    lines = answers.out.splitlines() if answers.code == 0 else []
    return frozenset(line.partition(b" ")[0] for line in lines if line.endswith(b" missing"))


def _quoted(path: bytes) -> bytes:
    """Return the path as git writes one that is no plain text: in quotes, with octal numbers."""
    plain = (bytes([byte]) if 32 < byte < 127 and byte not in b'"\\' else b"\\%03o" % byte for byte in path)
    return b'"' + b"".join(plain) + b'"'
