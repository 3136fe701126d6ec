"""What the author says of a change: the title and description of the request, and commit messages."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from chargehand.change.ci.platforms import read_job
from chargehand.change.git.repository import Checkout, Repository
from chargehand.core.change import Change
from chargehand.core.context import Kind, Passage

TITLE, MESSAGE = "title and description of the request", "commit message"

_MOST_COMMITS = 30
_MOST_BYTES = 1_000_000
_MOST_READ = 50_000
_LONGEST_DESCRIPTION, _LONGEST_MESSAGE = 3_000, 1_000

# In a description it is not shown to people, so it is not shown to models either.
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
# Who signed, reviewed or wrote something: names and addresses of people, which are nobody's business here.
_TRAILER = re.compile(r"^[A-Z][A-Za-z-]+(-by|-Id|-To|Cc|-to): .*$|^.*<[^<>@\s]+@[^<>@\s]+>\s*$", re.MULTILINE)


class Said(NamedTuple):
    """A passage, and the files that it is about; none: the whole change."""

    passage: Passage
    paths: tuple[str, ...] = ()


def said_of(change: Change, checkout: Checkout) -> Iterator[Said]:
    """Yield what is said of the change, as far as it is known without asking anybody."""
    job = read_job(checkout.environ) if change.source in ("pull_request", "merge_request") else None
    if text := _request(job.title, job.description) if job else "":
        yield Said(Passage(Kind.REQUEST, TITLE, 0, text))
    if change.base and change.head and isinstance(checkout, Repository):
        yield from _commits(checkout, change.base, change.head)


def _request(title: str, description: str) -> str:
    body = _plain(_COMMENT.sub("", description[:_MOST_READ]))[:_LONGEST_DESCRIPTION]
    return "\n\n".join(filter(None, (" ".join(title.split()), body)))


def _commits(repository: Repository, base: str, head: str) -> Iterator[Said]:
    """Yield the message of each commit, the oldest first; of those that touch no file, none."""
    asked = ("--no-merges", f"--max-count={_MOST_COMMITS}", f"{base}..{head}", "--")
    form = ("-z", "--format=%H%n%B", "--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color")
    ran = repository.ask("log", *form, *asked, limit=_MOST_BYTES, is_cut=True)
    if ran.code != 0:
        return
    for record in reversed(ran.out.decode("utf-8", "surrogateescape").split("\0")):
        commit, _, message = record.partition("\n")
        if text := _plain(_TRAILER.sub("", message[:_MOST_READ]))[:_LONGEST_MESSAGE]:
            yield Said(Passage(Kind.COMMIT, MESSAGE, 0, text), _touched(repository, commit))


def _touched(repository: Repository, commit: str) -> tuple[str, ...]:
    asked = ("diff-tree", "--root", "-r", "-z", "--name-only", "--no-commit-id", commit)
    ran = repository.ask(*asked, limit=_MOST_BYTES, is_cut=True)
    return tuple(ran.out.decode("utf-8", "surrogateescape").split("\0")[:-1])


def _plain(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n")).strip()
