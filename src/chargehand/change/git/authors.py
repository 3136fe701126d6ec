"""Who wrote the commits of a change, as they say themselves."""

from typing import NamedTuple

from chargehand.change.git.repository import Repository

MOST_COMMITS = 1_000


class Author(NamedTuple):
    """The name and the address that a commit gives: whoever makes it can write anything there."""

    name: str
    email: str


def read_authors(repository: Repository, base: str | None, head: str) -> tuple[Author, ...] | None:
    """Return the authors of the commits from `base` to `head`, each once; None if that cannot be known.

    No `.mailmap` has a say.
    """
    ends = (head, f"^{base}") if base else (head,)
    most = f"--max-count={MOST_COMMITS + 1}"
    ran = repository.ask("log", "--no-mailmap", "--no-show-signature", "--format=%an%x09%ae", most, *ends)
    if ran.code != 0 or not 0 < len(ran.lines) <= MOST_COMMITS:
        return None
    return tuple(dict.fromkeys(Author(*line.rpartition("\t")[::2]) for line in ran.lines))
