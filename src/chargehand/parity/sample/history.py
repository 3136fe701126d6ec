"""Which commits of a repository a sample is cut from: what was merged, and what mended a defect."""

import re
from typing import NamedTuple

from chargehand.change import Repository
from chargehand.core.errors import ChangeError

_FORM = "--format=%H%x00%P%x00%s"
_MENDS = re.compile(
    r"\b(fix(e[sd])?|bug(fix)?|regression|crash(es)?|broken|wrong|incorrect)\b", re.IGNORECASE
)
# What such words are about if no code was wrong.
_NO_DEFECT = re.compile(
    r"\b(typos?|lint\w*|tests?|docs?|documentation|readme|comments?|ci|builds?|format(ting)?|style|spelling|"
    r"links?|version|bump|deps?|dependenc\w+|changelog|workflow|warnings?|merge|revert|docstrings?|spac(es|ing)|"
    r"flake8|mypy|types?|syntax error|review|words?|messages?)\b",
    re.IGNORECASE,
)


class Commit(NamedTuple):
    """A commit with one parent, or a merge as its branch got it: `parent` is what it came upon."""

    id: str
    parent: str
    subject: str

    @property
    def mends(self) -> bool:
        """Tell whether its subject says that it mends a defect in the code."""
        return bool(_MENDS.search(self.subject)) and not _NO_DEFECT.search(self.subject)


def merged(repository: Repository, revision: str, most: int) -> tuple[Commit, ...]:
    """Return what came in on the line of `revision`, newest first: merges, and commits that stand on it."""
    return _log(repository, revision, most, "--first-parent")


def mending(repository: Repository, revision: str, most: int) -> tuple[Commit, ...]:
    """Return the commits before `revision` whose subject says that they mend a defect, newest first."""
    return tuple(each for each in _log(repository, revision, most, "--no-merges") if each.mends)


def _log(repository: Repository, revision: str, most: int, *options: str) -> tuple[Commit, ...]:
    arguments = ("log", _FORM, f"--max-count={most}", *options, "--end-of-options", revision, "--")
    ran = repository.ask(*arguments)
    if ran.code:
        raise ChangeError(
            f"No sample was cut: git did not list the history of {revision} ({ran.error}). Name a revision "
            "that is here."
        )
    rows = (line.split("\0", 2) for line in ran.out.decode("utf-8", "replace").splitlines())
    found = (Commit(id_, parents.partition(" ")[0], subject) for id_, parents, subject in rows)
    return tuple(each for each in found if each.parent)
