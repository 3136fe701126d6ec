"""The bytes of a change as git writes them, in a form that nobody's settings alter."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from chargehand.change.git.advice import is_writable
from chargehand.change.git.missing import unreadable_files
from chargehand.change.git.repository import Repository
from chargehand.change.git.run import Ran
from chargehand.core.errors import ChangeError

_FORM = (
    "diff",
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"),
    *("--src-prefix=a/", "--dst-prefix=b/", "-M", "-l1000", "--inter-hunk-context=0"),
    *("--diff-algorithm=histogram", "--indent-heuristic"),
    *("--ignore-submodules=none", "--submodule=short", "--full-index"),
)
_PATHS_AT_ONCE = 500
_GONE = "unable to read"


def read_patch(
    repository: Repository, base: str, head: str, options: tuple[str, ...] = ("--patch", "-U3")
) -> bytes:
    """Return what turns the tree of `base` into that of `head`; `options` ask for another form of it.

    A file whose content is gone from the store has a head without lines, or a row without numbers.
    """
    form = (*_FORM, *options, "--end-of-options", base, head, "--")
    ran = repository.ask(*form, environ=_no_index(repository))
    if ran.code == 0:
        return ran.out
    gone = unreadable_files(repository, base, head) if _GONE in ran.error else ()
    if not gone:
        raise _unwritten(ran)
    others = (b":(top,exclude,literal)" + each.path for each in gone)
    paths = (path.decode("utf-8", "surrogateescape") for path in (b":/", *others))
    rest = _diff(repository, (*form, *paths), _no_index(repository))
    return rest + b"".join(each.written(options[0]) for each in gone)


def _no_index(repository: Repository) -> dict[str, str]:
    """Have git find no attributes in an index either."""
    return {"GIT_INDEX_FILE": str(repository.git_dir / "chargehand-no-index")}


def _diff(repository: Repository, arguments: Sequence[str], environ: Mapping[str, str]) -> bytes:
    ran = repository.ask(*arguments, environ=environ)
    if ran.code == 0:
        return ran.out
    raise _unwritten(ran)


def _unwritten(ran: Ran) -> ChangeError:
    advice = ""
    if any(word in ran.error for word in ("promisor", "could not fetch", "lazy fetching disabled")):
        advice = (
            " This clone is partial, and the rest is not fetched. Clone without --filter, or set "
            "GIT_NO_LAZY_FETCH=0 where the remote can be reached."
        )
    return ChangeError(f"Nothing was reviewed: git did not write the diff ({ran.error}).{advice}")


def read_files_whole(repository: Repository, tree: str, paths: Sequence[str]) -> bytes:
    """Return the files at `paths` of `tree` as a diff that adds them."""
    return read_patch_of(repository, repository.empty_tree, tree, paths)


def read_patch_of(repository: Repository, base: str, head: str, paths: Sequence[str]) -> bytes:
    """Return what turns the files at `paths` of the tree `base` into those of `head`."""
    literal = {"GIT_LITERAL_PATHSPECS": "1", **_no_index(repository)}
    pieces = [paths[start : start + _PATHS_AT_ONCE] for start in range(0, len(paths), _PATHS_AT_ONCE)]
    form = (*_FORM, "--patch", "-U3", "--end-of-options", base, head, "--")
    return b"".join(_diff(repository, (*form, *piece), literal) for piece in pieces)


def staged_paths(repository: Repository) -> tuple[str, ...]:
    """Return the paths that the next commit would change."""
    names = read_patch(
        repository, repository.head or repository.empty_tree, staged_tree(repository), ("--name-only", "-z")
    )
    return tuple(name.decode("utf-8", "surrogateescape") for name in names.split(b"\0") if name)


def compare_texts(repository: Repository, pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return the diff between the two texts of each pair, as files that are named by their number from 0."""
    with tempfile.TemporaryDirectory(prefix="chargehand-") as name:
        folder = Path(name)
        try:
            _write(folder / "a", [old for old, _ in pairs])
            _write(folder / "b", [new for _, new in pairs])
        except OSError as error:
            raise ChangeError(
                "Nothing was reviewed: there is no disk space for texts that git compares "
                f"({error.strerror}). Free some, or let TMPDIR name a folder on a disk that has some."
            ) from error
        form = (*_FORM, "--no-index", "--no-prefix", "--no-renames", "--text", "-U3")
        ran = repository.ask(*form, "--end-of-options", str(folder / "a"), str(folder / "b"))
    if ran.code > 1:
        raise ChangeError(f"Nothing was reviewed: git did not compare two texts ({ran.error}).")
    return ran.out


def _write(folder: Path, texts: Sequence[bytes]) -> None:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / str(number)).write_bytes(text)


def staged_tree(repository: Repository) -> str:
    """Return the id of the tree that the next commit would hold.

    A tree, because git takes attributes from the index if it compares that.
    """
    ran = repository.ask("write-tree", "--missing-ok")
    if ran.code != 0 and not is_writable(repository):
        raise ChangeError(
            "Nothing was reviewed: this checkout cannot be written to, and git has to store what is staged. "
            "Run: git diff --cached | chargehand review -"
        )
    if ran.code != 0:
        raise ChangeError(
            f"Nothing was reviewed: what is staged cannot be committed as it is ({ran.error}). "
            "Resolve and stage what is left of a merge, or let another git command finish, then try again."
        )
    return ran.lines[0]
