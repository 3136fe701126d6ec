"""Decides whether there is a repository, and puts questions to it."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from chargehand.change.ci.platforms import is_ci, workspaces
from chargehand.change.git.brought import refuse_brought_settings
from chargehand.change.git.run import MAX_OUTPUT_BYTES, MAX_SECONDS, Ran, run_git
from chargehand.core.plain_value import PlainValue, no_entries

_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
# Variables whose relative paths git reads from the top of the work tree.
_PATH_VARIABLES = ("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
_NOWHERE = "chargehand-no-work-tree"


class Remote(PlainValue):
    """Where the target's branches come from: a remote's `name` or address, and what they are called here."""

    name: str
    tracking: str


ORIGIN = Remote(name="origin", tracking="refs/remotes/origin/")


class Repository(PlainValue):
    """A work tree and its repository, seen from the folder `cwd` in it.

    `head` is the commit that is checked out, None before the first one.
    """

    cwd: Path
    root: Path
    git_dir: Path
    head: str | None
    is_shallow: bool
    empty_tree: str
    remote: Remote = ORIGIN
    environ: Mapping[str, str]
    unshown = ("environ",)  # it may hold secrets

    @property
    def is_ci(self) -> bool:
        """Tell whether a CI platform made this checkout, so that it is nobody's own."""
        return is_ci(self.environ)

    def ask(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environ: Mapping[str, str] | None = None,
        limit: int = MAX_OUTPUT_BYTES,
        is_cut: bool = False,
        timeout_s: float = MAX_SECONDS,
    ) -> Ran:
        """Run git where no file of the work tree is within its reach.

        git obeys the `.gitattributes` of the folder it runs in, so that a change could hide its own code
        with `*.py -diff`. It therefore runs inside the git directory, with a work tree that does not exist.
        From 2.41 on it also takes attributes from an empty tree.
        """
        fixed = {
            **(environ or {}),
            "GIT_DIR": str(self.git_dir),
            "GIT_WORK_TREE": str(self.git_dir / _NOWHERE),
            "GIT_ATTR_SOURCE": self.empty_tree,
        }
        return run_git(
            arguments,
            cwd=self.git_dir,
            environ=self.environ,
            fixed=fixed,
            stdin=stdin,
            limit=limit,
            is_cut=is_cut,
            timeout_s=timeout_s,
        )

    def fetch(self, *arguments: str, timeout_s: float) -> bool:
        """Ask the remote, and tell whether it answered in time."""
        command = (
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
        )
        return self._at_remote((*command, *arguments), timeout_s).code == 0

    def list_remote(self, *arguments: str, timeout_s: float) -> list[str]:
        """Return the lines of `git ls-remote`, none if the remote did not answer in time."""
        ran = self._at_remote(("ls-remote", *arguments), timeout_s)
        return ran.lines if ran.code == 0 else []

    def _at_remote(self, command: Sequence[str], timeout_s: float) -> Ran:
        return run_git(
            command,
            cwd=self.root,
            environ=self.environ,
            fixed={"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.root)},
            timeout_s=min(timeout_s, MAX_SECONDS),
        )


class NoRepository(PlainValue):
    """A folder without a repository to ask; `reason` is a whole message."""

    cwd: Path
    reason: str
    environ: Mapping[str, str] = no_entries()
    unshown = ("environ",)  # as above

    @property
    def is_ci(self) -> bool:
        """Tell whether a CI platform runs us here."""
        return is_ci(self.environ)


Checkout = Repository | NoRepository


def find_repository(cwd: Path, environ: Mapping[str, str]) -> Checkout:
    """Return the repository that `cwd` lies in, or why there is none that can be read.

    Raises `ChangeError` if git is not installed, or if a CI job has programs read settings of the change.
    """
    trusted = _safe_directory(cwd, environ)
    ran = _question(cwd, environ, trusted)
    if environ.get("GIT_DIR") and not environ.get("GIT_WORK_TREE"):
        ran = _below_the_top(cwd, environ, trusted, ran) or ran
    if ran.code != 0:
        return NoRepository(cwd=cwd, reason=_no_repository(ran.error), environ=environ)
    root, git_dir, shallow, object_format, *head = ran.lines
    found = Repository(
        cwd=cwd,
        root=Path(root),
        git_dir=Path(git_dir),
        head=head[0] if head else None,
        is_shallow=shallow == "true",
        empty_tree=_EMPTY_TREES[object_format],
        environ=_with_absolute_paths(environ, Path(root)),
    )
    refuse_brought_settings(found)
    return found


def _question(cwd: Path, environ: Mapping[str, str], trusted: Sequence[str]) -> Ran:
    asked = ("rev-parse", "--show-toplevel", "--absolute-git-dir", "--is-shallow-repository")
    arguments = (*trusted, *asked, "--show-object-format", "--revs-only", "HEAD")
    return run_git(arguments, cwd=cwd, environ=environ)


def _below_the_top(cwd: Path, environ: Mapping[str, str], trusted: Sequence[str], named: Ran) -> Ran | None:
    """Return the answer for the work tree around `cwd`, if it is that of GIT_DIR.

    A hook sets GIT_DIR, and git then takes the folder in which it runs for the top, which it is not if the
    hook went into another one.
    """
    around = _question(cwd, {name: value for name, value in environ.items() if name != "GIT_DIR"}, trusted)
    if around.code != 0 or (named.code == 0 and named.lines[1] != around.lines[1]):
        return None
    meant = Path(around.lines[0], environ["GIT_DIR"]).resolve()
    return around if named.code == 0 or meant == Path(around.lines[1]).resolve() else None


def _safe_directory(cwd: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Trust the folder that the CI platform itself names as its workspace, whoever owns it.

    In a container job it often belongs to another user, and git refuses it. Elsewhere the refusal stands:
    another user's repository can name programs in its configuration.
    """
    for named in workspaces(environ):
        workspace, here = Path(named).resolve(), cwd.resolve()
        for folder in (here, *here.parents):
            if (folder / ".git").exists():
                return ("-c", f"safe.directory={folder}") if folder.is_relative_to(workspace) else ()
    return ()


def _no_repository(error: str) -> str:
    if "dubious ownership" in error:
        return (
            "Nothing was reviewed: this repository belongs to another user, so git does not open it. "
            f"If you trust it, run: git config --global --add safe.directory {_named_in(error)}"
        )
    if "bare repository" in error:
        return (
            "Nothing was reviewed: this folder is a bare repository, and git does not open it: a change can "
            "bring one, whose settings name programs. Change to the checkout."
        )
    if "not a git repository" in error:
        return (
            "Nothing was reviewed: this folder is in no git repository. "
            "Change to one (the action has the input path for that), or give the diff as a file or on "
            "standard input."
        )
    return f"Nothing was reviewed: git cannot read the repository here ({error})."


def _named_in(error: str) -> str:
    """Return the path that git asks to be trusted, quoted for a shell."""
    path = re.search(r"repository at '(.*?)'", error)
    return shlex.quote(path[1]) if path else "PATH"


def _with_absolute_paths(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    absolute = {name: str(root / environ[name]) for name in _PATH_VARIABLES if environ.get(name)}
    return {**environ, **absolute}
