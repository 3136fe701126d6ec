"""Whether a diff was read as git itself counts it."""

from collections.abc import Iterator, Sequence

from chargehand.change.git.patch import read_patch, staged_tree
from chargehand.change.git.repository import Repository
from chargehand.core.change import Change
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.escaping import one_line
from chargehand.core.plain_value import PlainValue

MAX_SENTENCES = 20


class Count(PlainValue):
    """What git says of one file: lines added and removed, None if it takes the file for binary."""

    path: str
    old_path: str | None = None
    added: int | None
    removed: int | None


def read_counts(repository: Repository, change: Change) -> tuple[Count, ...]:
    """Return git's counts of a change that it gave, and none of a diff that was given to us."""
    if not change.diff or change.source in ("file", "stdin"):
        return ()
    if change.source == "staged":
        base, head = change.base or repository.empty_tree, staged_tree(repository)
    elif change.base and change.head:
        base, head = change.base, change.head
    else:
        return ()
    return tuple(_parse(read_patch(repository, base, head, ("--numstat", "-z"))))


def check_counts(diff: Diff, counts: Sequence[Count]) -> tuple[str, ...]:
    """Return a sentence for each file that was read otherwise than git counts it, and none if all agree.

    What was given up as unreadable is a gap already, and not listed again. git has no number for a binary
    file: there only the path is compared.
    """
    entries = {file.path: file for file in diff.counted}
    counted = {count.path for count in counts}
    wrong = [sentence for count in counts for sentence in _compare(count, entries.get(count.path))]
    wrong += [
        f"{one_line(path)} was read from the diff, but git does not count it."
        for path in entries
        if path not in counted
    ]
    rest = len(wrong) - MAX_SENTENCES
    return (
        *wrong[:MAX_SENTENCES],
        *([f"{rest} more files do not agree with git's count."] if rest > 0 else []),
    )


def _parse(rows: bytes) -> Iterator[Count]:
    r"""Yield the rows of `--numstat -z`: `A\tR\tpath\0`, and `A\tR\t\0old\0new\0` for a rename."""
    fields = iter(rows.decode("utf-8", "surrogateescape").split("\0"))
    for field in fields:
        if not field:
            continue
        added, removed, path = field.split("\t", 2)
        old = None if path else next(fields)
        yield Count(path=path or next(fields), old_path=old, added=_number(added), removed=_number(removed))


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)


def _compare(count: Count, file: FileDiff | None) -> Iterator[str]:
    path = one_line(count.path)
    if file is None:
        yield f"{path} was not read from the diff, but git counts it."
        return
    if count.old_path != file.old_path and count.old_path is not None:
        yield f"{path} was {one_line(count.old_path)} before, and was not read as that."
    if file.skip and file.skip.is_gap:
        return
    if count.added is None:
        return
    if (file.added, file.removed) != (count.added, count.removed):
        read, counted = f"+{file.added} -{file.removed}", f"+{count.added} -{count.removed}"
        yield f"{path} was read as {read}, but git counts {counted}."
