"""Where the changes of a sample stand in the repository here, so that models are shown what is beside them.

A planted defect is in no commit. A commit that has it is written beside the repository's objects, into a
folder that goes when the comparison ends: nothing is written into the repository.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from chargehand.change import Checkout, Repository, read_files
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.git.run import Ran
from chargehand.core.diff import FileDiff
from chargehand.core.errors import ChangeError
from chargehand.parity.as_run import Ends
from chargehand.parity.sample.case import Case

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# The same commit again, whoever writes it.
_NOBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@invalid"), ("DATE", "2000-01-01T00:00:00Z"))
}


class Surroundings(NamedTuple):
    """The commits of each change that is of this repository, by its id; git finds them in this `environ`."""

    ends: Mapping[str, Ends]
    environ: Mapping[str, str]


@contextmanager
def surroundings(
    cases: Sequence[Case], checkout: Checkout, environ: Mapping[str, str]
) -> Iterator[Surroundings]:
    """Give the commits of the changes, of those that were cut from this repository."""
    if not isinstance(checkout, Repository):
        yield Surroundings({}, environ)
        return
    with TemporaryDirectory(prefix="chargehand-") as name:
        folder = Path(name)
        own = _beside(checkout, folder, environ)
        repository = checkout.evolve(environ={**checkout.environ, **own})
        here = _commits_here(cases, repository)
        ends = {
            case.id: Ends(case.base, _with_defect(case, repository, folder))
            for case in cases
            if {case.base, case.head} <= here
        }
        yield Surroundings(ends, {**environ, **own})


def _beside(repository: Repository, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which git writes into `folder`, and reads the repository's objects as well."""
    objects = repository.git_dir / _line(repository.ask("rev-parse", "--git-path", "objects"))
    others = environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    there = os.pathsep.join([str(objects), *([others] if others else [])])
    return {"GIT_OBJECT_DIRECTORY": str(folder), "GIT_ALTERNATE_OBJECT_DIRECTORIES": there}


def _commits_here(cases: Sequence[Case], repository: Repository) -> frozenset[str]:
    named = {each for case in cases for each in (case.base, case.head) if _COMMIT.fullmatch(each)}
    asked = "".join(f"{each}^{{commit}}\n" for each in sorted(named))
    ran = repository.ask("cat-file", "--batch-check=%(objectname)", stdin=asked.encode())
    return frozenset(named) & frozenset(ran.lines)


def _with_defect(case: Case, repository: Repository, folder: Path) -> str:
    """Return the commit after the change: of a planted defect, one that has it, upon the change itself."""
    if case.kind != "planted":
        return case.head
    planted = {place.file for golden in case.golden or () for place in golden.places}
    files = parse_diff(_bytes(case.diff)).files
    old = {file.path: file.old_path or file.path for file in files if file.path in planted}
    before = read_files(repository, case.base, old.values())
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    _line(repository.ask("read-tree", case.head, environ=index))
    for file in files:
        if file.path in planted:
            text = _after(file, before.get(old[file.path], ""))
            blob = _line(repository.ask("hash-object", "-w", "--stdin", stdin=_bytes(text)))
            entry = _bytes(f"100644 {blob}\t{file.path}\0")
            _line(repository.ask("update-index", "-z", "--index-info", stdin=entry, environ=index))
    tree = _line(repository.ask("write-tree", "--missing-ok", environ=index))
    # Without a message: those of the change are shown as they are.
    return _line(repository.ask("commit-tree", tree, "-p", case.head, environ=_NOBODY))


def _after(file: FileDiff, before: str) -> str:
    rows = before.split("\n") if before else []
    for hunk in reversed(file.hunks):
        start = hunk.old_start - (1 if hunk.old_count else 0)
        rows[start : start + hunk.old_count] = [line.text for line in hunk.lines() if line.kind != "-"]
    return "\n".join(rows)


def _line(ran: Ran) -> str:
    if ran.code:
        raise ChangeError(
            f"Nothing was compared: git did not show where the changes of the sample stood ({ran.error}). "
            "Let TMPDIR name a folder with room, or run it in a complete clone."
        )
    return ran.lines[0] if ran.lines else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
