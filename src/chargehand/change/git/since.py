"""Decides where a range begins that is named by a date or a commit."""

import re

from chargehand.change.git.advice import cannot_fetch
from chargehand.change.git.repository import Repository
from chargehand.change.git.revisions import Ends, ends_of_range
from chargehand.change.git.tips import commit_of
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

# git takes any text at all for a date, most of it for now.
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?( ?(Z|[+-]\d\d:?\d\d))?"
    r"|\d+[ .](minute|hour|day|week|month|year)s?([ .]ago)?|yesterday|midnight",
    re.IGNORECASE,
)


def ends_since(repository: Repository, since: str, head: str) -> Ends:
    """Return what came into the line of `head` since a commit or a date, by its first parents.

    Raises `ChangeError` if `since` is neither, or if the history here does not reach back that far.
    """
    if not _DATE.fullmatch(since):
        if commit_of(repository, since) is None and not repository.is_shallow:
            raise ChangeError(
                f"Nothing was reviewed: --since {one_line(since)} is neither a commit of this checkout nor "
                "a date. "
                'Give one such as "2 days ago", 2026-01-31 or v1.2.0.'
            )
        return ends_of_range(repository, since, head)
    date = since.replace(".", " ")
    ran = repository.ask("rev-list", "--first-parent", "--max-count=1", f"--before={date}", head)
    if ran.code == 0 and ran.lines:
        return ends_of_range(repository, ran.lines[0], head)
    if repository.is_shallow:
        raise ChangeError(
            cannot_fetch(repository, f"the history here does not reach back to {one_line(since)}")
        )
    raise ChangeError(
        f"Nothing was reviewed: the whole history is younger than {one_line(since)}. Name a later date, or "
        "a commit."
    )
