"""Decides which change is meant, and whose configuration counts for it."""

import sys
from pathlib import Path
from typing import BinaryIO

from chargehand.change.ci.event import REQUESTS, read_event, read_platform
from chargehand.change.ci.origin import repository_name
from chargehand.change.git.patch import read_patch, staged_tree
from chargehand.change.git.repository import Checkout, NoRepository, Repository, is_ci
from chargehand.change.git.revisions import Ends, default_branch, ends_of_event, ends_of_range
from chargehand.change.git.run import MAX_OUTPUT_BYTES
from chargehand.change.selection import Automatic, FromFile, FromStdin, Range, Selection, Staged
from chargehand.core.change import Change, Source
from chargehand.core.errors import ChangeError


def find_change(selection: Selection, checkout: Checkout, *, stdin: BinaryIO | None = None) -> Change:
    """Return the change that `selection` means; an empty one says in its notices why it is.

    Raises `ChangeError` where it cannot be told or read.
    """
    match selection:
        case FromFile(path=path):
            name = repository_name(None, checkout.environ)
            return Change(source="file", repository=name, diff=_read_file(checkout.cwd / path))
        case FromStdin():
            diff = _bounded(stdin or sys.stdin.buffer, "standard input")
            return Change(source="stdin", repository=repository_name(None, checkout.environ), diff=diff)
        case Staged():
            return _staged(_repository(checkout))
        case Range(base=base, head=head):
            return _range(_repository(checkout), base, head)
        case Automatic():
            return _automatic(_repository(checkout))


def trusted_commit(checkout: Checkout, change: Change) -> str | None:
    """Return the commit whose configuration and attributes count, None where the work tree's do.

    In a CI job that is where the change began, so that no change loosens its own gate: the merge base of
    the pull or merge request that the job is about, whatever diff it was given; else of the commits compared.
    """
    if isinstance(checkout, NoRepository) or not is_ci(checkout.environ):
        return None
    if change.source in REQUESTS:
        return change.base
    try:
        event = read_platform(checkout.environ)
        requested = ends_of_event(checkout, event) if event and event.source in REQUESTS else None
    except ChangeError:
        if change.base is None:  # then only the work tree were left, and that may be a stranger's
            raise
        requested = None
    return requested.base if requested else change.base


def _repository(checkout: Checkout) -> Repository:
    if isinstance(checkout, NoRepository):
        raise ChangeError(checkout.reason)
    return checkout


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file, str(path))
    except OSError as error:
        raise ChangeError(
            f"Nothing was reviewed: {str(path)!r} cannot be read ({error.strerror}). "
            "Give the path of a diff, or - for standard input."
        ) from error


def _bounded(file: BinaryIO, name: str) -> bytes:
    diff = file.read(MAX_OUTPUT_BYTES + 1)
    if len(diff) > MAX_OUTPUT_BYTES:
        raise ChangeError(
            f"Nothing was reviewed: {name} holds more than {MAX_OUTPUT_BYTES:,} bytes. "
            "Review it in smaller parts."
        )
    return diff


def _staged(repository: Repository) -> Change:
    tree = staged_tree(repository)
    diff = read_patch(repository, repository.head or repository.empty_tree, tree)
    notices = () if diff else ("Nothing is staged.",)
    name = repository_name(repository, repository.environ)
    return Change(source="staged", base=repository.head, repository=name, diff=diff, notices=notices)


def _range(repository: Repository, base: str | None, head: str | None) -> Change:
    start = default_branch(repository) if base is None else base
    return _between(repository, "range", ends_of_range(repository, start, "HEAD" if head is None else head))


def _automatic(repository: Repository) -> Change:
    if event := read_event(repository.environ):
        return _between(repository, event.source, ends_of_event(repository, event))
    if repository.head is None:
        name = repository_name(repository, repository.environ)
        notices = ("The repository has no commit yet.",)
        return Change(source="branch", repository=name, diff=b"", notices=notices)
    return _between(
        repository, "branch", ends_of_range(repository, default_branch(repository), repository.head)
    )


def _between(repository: Repository, source: Source, ends: Ends) -> Change:
    diff = b"" if ends.base == ends.head else read_patch(repository, ends.base, ends.head)
    notices = ends.notices if diff else (*ends.notices, _nothing(ends, source))
    name = repository_name(repository, repository.environ)
    return Change(source=source, base=ends.base, head=ends.head, repository=name, diff=diff, notices=notices)


def _nothing(ends: Ends, source: Source) -> str:
    if ends.base != ends.head:
        return f"The commits from {ends.base[:12]} to {ends.head[:12]} change no file."
    if source != "branch":
        return f"{ends.head[:12]} holds no commit that its base lacks."
    return (
        "The current branch holds no commit that the default branch lacks. "
        "What is staged is reviewed with --staged, other commits with --base."
    )
