"""Decides which change is meant, and whose rules count for it."""

import sys
from pathlib import Path
from typing import BinaryIO

from chargehand.change.announced import announced
from chargehand.change.ci.event import CiJob, Push, Request
from chargehand.change.ci.platforms import read_job
from chargehand.change.ci.precommit import hook_range
from chargehand.change.compared import between, change_of_event, change_of_hook
from chargehand.change.git.meant import meant_base, meant_head
from chargehand.change.git.patch import read_files_whole, read_patch, staged_paths, staged_tree
from chargehand.change.git.repository import Checkout, NoRepository, Repository
from chargehand.change.git.revisions import ends_of_change, ends_since
from chargehand.change.git.run import MAX_OUTPUT_BYTES
from chargehand.change.git.tips import default_branch
from chargehand.change.rules import rules_before, rules_of_range, rules_without_range
from chargehand.change.selection import (
    Automatic,
    FromFile,
    FromStdin,
    Given,
    Hook,
    Range,
    Selection,
    Since,
    Staged,
)
from chargehand.change.subject import branch_of_work_tree, repository_name
from chargehand.change.target import at_target, job_here
from chargehand.core.change import Change
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line


def find_change(selection: Selection, checkout: Checkout, *, stdin: BinaryIO | None = None) -> Change:
    """Return the change that `selection` means; an empty one says in its notices why it is.

    Raises `ChangeError` if it cannot be determined or read.
    """
    job = read_job(checkout.environ)
    if job and isinstance(checkout, Repository):
        checkout, job = at_target(checkout, job), job_here(checkout, job)
    change = _find(selection, checkout, job, stdin)
    rules = change.rules.evolve(announced=announced(change, job))
    return change.evolve(
        rules=rules,
        repository=repository_name(checkout, checkout.environ),
        branch=_branch(change, checkout, job),
        pages=job.pages if job else None,
    )


def _branch(change: Change, checkout: Checkout, job: CiJob | None) -> str:
    """Return the branch that brings the change, empty if only its commits are known."""
    if change.head is None or isinstance(checkout, NoRepository):
        return ""
    if job:
        is_event_s = job.event.head == change.head if isinstance(job.event, Request | Push) else False
        return (job.source_branch or job.branch) if is_event_s or change.head == checkout.head else ""
    return branch_of_work_tree(checkout) if change.head == checkout.head else ""


def _find(selection: Selection, checkout: Checkout, job: CiJob | None, stdin: BinaryIO | None) -> Change:
    match selection:
        case FromFile(path=path, strip=strip):
            diff = _read_file(checkout.cwd / path)
            why_empty = f"{one_line(path.name)} {_blank(diff)}: did the command that wrote it fail?"
            return _handed_over(checkout, job, diff, why_empty).evolve(source="file", strip=strip)
        case FromStdin(strip=strip):
            return _piped(checkout, job, stdin or sys.stdin.buffer).evolve(strip=strip)
        case Given(diff=diff, base=base, head=head):
            return _handed_over(checkout, job, diff, "The diff is empty.").evolve(base=base, head=head)
        case _ if isinstance(checkout, NoRepository):
            raise ChangeError(checkout.reason)
        case _:
            return _in_repository(selection, checkout, job)


def _in_repository(
    selection: Staged | Range | Since | Hook | Automatic, repository: Repository, job: CiJob | None
) -> Change:
    match selection:
        case Staged():
            return _staged(repository, job)
        case Range(base=base, head=head):
            return _range(repository, job, base, "HEAD" if head is None else head)
        case Since(since=since, head=head):
            return _since(repository, job, since, "HEAD" if head is None else head)
        case Hook(files=files):
            return _hook(repository, job, files)
        case Automatic():
            return _automatic(repository, job)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file, str(path))
    except OSError as error:
        raise ChangeError(
            f"Nothing was reviewed: {str(path)!r} cannot be read ({error.strerror}). Give the path of a "
            "diff, or - for standard input. Commits are named with --base and --head: --base=HEAD~1 is what "
            "came after it."
        ) from error


def _bounded(file: BinaryIO, name: str) -> bytes:
    diff = file.read(MAX_OUTPUT_BYTES + 1)
    if len(diff) > MAX_OUTPUT_BYTES:
        raise ChangeError(
            f"Nothing was reviewed: {name} holds more than {MAX_OUTPUT_BYTES:,} bytes. "
            "Review it in smaller parts."
        )
    return diff


def _piped(checkout: Checkout, job: CiJob | None, stdin: BinaryIO) -> Change:
    diff = _bounded(stdin, "standard input")
    why_empty = f"Standard input {_blank(diff)}: did the command before the pipe fail?"
    return _handed_over(checkout, job, diff, why_empty)


def _handed_over(checkout: Checkout, job: CiJob | None, diff: bytes, why_empty: str) -> Change:
    is_there = bool(_blank_free(diff))
    return Change(
        source="stdin",
        diff=diff,
        rules=rules_without_range(checkout, job),
        is_whole=is_there,
        notices=() if is_there else (why_empty,),
    )


def _blank(diff: bytes) -> str:
    return f"held only blanks ({len(diff):,} bytes)" if diff else "was empty (0 bytes)"


def _blank_free(diff: bytes) -> bytes:
    """Return what is left of a diff without white space, NUL and byte-order marks round it."""
    return diff.strip(b"\0\t\n\v\f\r \xef\xbb\xbf\xff\xfe")


def _staged(repository: Repository, job: CiJob | None) -> Change:
    tree = staged_tree(repository)
    diff = read_patch(repository, repository.head or repository.empty_tree, tree)
    notices = () if diff else ("Nothing is staged.",)
    rules = rules_without_range(repository, job)
    return Change(source="staged", base=repository.head, diff=diff, rules=rules, notices=notices)


def _range(repository: Repository, job: CiJob | None, base: str | None, head: str) -> Change:
    if base is None and job and isinstance(job.event, Request):
        request = job.event.evolve(head=meant_head(repository, head), merge="")
        return change_of_event(repository, job.evolve(event=request), head)
    hint = job.default_branch if job else ""
    meant = None if base is None else meant_base(repository, base)
    bases = (meant or default_branch(repository, hint),)
    ends = ends_of_change(repository, bases, meant_head(repository, head))
    return between(repository, "range", ends, rules_of_range(repository, job, meant))


def _since(repository: Repository, job: CiJob | None, since: str, head: str) -> Change:
    ends = ends_since(repository, since, head)
    return between(repository, "range", ends, rules_before(job, ends.base), is_whole=False)


def _hook(repository: Repository, job: CiJob | None, files: tuple[str, ...]) -> Change:
    """Return the range, else what is staged; other files were asked for, as by `--all-files`."""
    if given := hook_range(repository.environ):
        return change_of_hook(repository, job, given)
    if set(files) <= set(staged_paths(repository)):
        return _staged(repository, job)
    diff = read_files_whole(repository, staged_tree(repository), files)
    rules = rules_without_range(repository, job)
    return Change(source="files", diff=diff, rules=rules)


def _automatic(repository: Repository, job: CiJob | None) -> Change:
    if given := hook_range(repository.environ):
        return change_of_hook(repository, job, given)
    if repository.head is None:
        rules = rules_without_range(repository, None)
        return Change(source="branch", diff=b"", rules=rules, notices=("The repository has no commit yet.",))
    return change_of_event(repository, job, repository.head)
