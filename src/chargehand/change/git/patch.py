"""The bytes of a change as git writes them, in a form that nobody's settings alter."""

from chargehand.change.git.repository import Repository
from chargehand.core.errors import ChangeError

_FORM = (
    "diff",
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"),
    *("--src-prefix=a/", "--dst-prefix=b/", "-M", "-l1000", "--inter-hunk-context=0"),
    *("--diff-algorithm=histogram", "--indent-heuristic"),
    *("--ignore-submodules=none", "--submodule=short", "--full-index"),
)


def read_patch(
    repository: Repository, base: str, head: str, options: tuple[str, ...] = ("--patch", "-U3")
) -> bytes:
    """Return what turns the tree of `base` into that of `head`; `options` ask for another form of it."""
    # Without an index git finds no attributes there either.
    no_index = {"GIT_INDEX_FILE": str(repository.git_dir / "chargehand-no-index")}
    ran = repository.ask(*_FORM, *options, "--end-of-options", base, head, "--", environ=no_index)
    if ran.code != 0:
        raise ChangeError(f"Nothing was reviewed: git did not write the diff ({ran.error}).")
    return ran.out


def staged_tree(repository: Repository) -> str:
    """Return the id of the tree that the next commit would hold.

    A tree, because git takes attributes from the index where it compares that.
    """
    ran = repository.ask("write-tree", "--missing-ok")
    if ran.code != 0:
        raise ChangeError(
            f"Nothing was reviewed: what is staged cannot be committed as it is ({ran.error}). "
            "Resolve and stage what is left of a merge, or let another git command finish, then try again."
        )
    return ran.lines[0]
