"""Which files there are at a commit."""

from chargehand.change.git.repository import Repository
from chargehand.core.errors import ChangeError


def read_paths(repository: Repository, commit: str) -> frozenset[str]:
    """Return the paths of all files, links and submodules at `commit`, from the root of the repository.

    Bytes that are not UTF-8 become surrogate escapes. Raises ChangeError.
    """
    ran = repository.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit)
    if ran.code != 0:
        raise ChangeError(
            f"Nothing was reviewed: git did not list the files at {commit[:12]} ({ran.error}). "
            "The checkout lacks them: fetch them, or check the change out anew."
        )
    return frozenset(ran.out.decode("utf-8", "surrogateescape").split("\0")[:-1])
