"""Which files there are at a commit, and what they hold; which attributes count for a change."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from chargehand.change.git.repository import Checkout, Repository
from chargehand.change.git.run import MAX_OUTPUT_BYTES
from chargehand.core.change import Rules
from chargehand.core.errors import ChangeError

INDEX = ""  # stands where a commit is asked for, and means what is staged
MAX_FILE_BYTES = 16 * 1024 * 1024
HEAD_BYTES = 8_192

_BLOB = re.compile(rb"([0-9a-f]{40,64}) blob ([0-9]+)")
_HEADER_BYTES = 128

_ATTRIBUTES = ".gitattributes"
_MAX_ATTRIBUTES_BYTES = 1024 * 1024


def read_file_at(repository: Repository, commit: str, path: str) -> str | None:
    """Return what `path` holds at `commit`, as `read_files` does; None if it has nothing to return."""
    return read_files(repository, commit, (path,)).get(path)


def read_files(
    repository: Repository, commit: str, paths: Iterable[str], *, limit: int = MAX_FILE_BYTES
) -> dict[str, str]:
    """Return what each of `paths` holds at `commit`, by two git processes however many they are.

    Left out are paths that are no file there, files of more than `limit` bytes, and paths that git could
    take for something else. Bytes that are not UTF-8 become surrogate escapes; a symbolic link holds its
    target.
    """
    blobs = _blobs(repository, commit, paths)
    sizes = {blob: size for blob, size in blobs.values() if size <= limit}
    contents = _contents(repository, sizes)
    return {path: contents[blob] for path, (blob, _) in blobs.items() if blob in contents}


def read_heads(repository: Repository, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Return how each of `paths` begins that is a file at `commit`; each takes a git process of its own."""
    return {
        path: repository.ask("cat-file", "blob", blob.decode(), limit=HEAD_BYTES, is_cut=True).out
        for path, (blob, _) in _blobs(repository, commit, paths).items()
    }


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


def read_gitattributes(checkout: Checkout, rules: Rules, paths: Iterable[str]) -> dict[str, str]:
    """Return the .gitattributes above `paths`, by folder, `""` for the top, outer folders first.

    They are read at the commit of the rules, or in the work tree if that is what counts; without a
    repository there are none. As in git, a file says something of its own folder and what is below, and an
    inner one wins over an outer one.
    """
    if not isinstance(checkout, Repository):
        return {}
    folders = sorted(_folders(paths), key=lambda folder: (folder.count("/"), folder))
    names = {folder: f"{folder}/{_ATTRIBUTES}" if folder else _ATTRIBUTES for folder in folders}
    texts = read_where_rules_are(checkout, rules, names.values(), limit=_MAX_ATTRIBUTES_BYTES)
    return {folder: texts[name] for folder, name in names.items() if name in texts}


def read_where_rules_are(
    checkout: Checkout, rules: Rules, paths: Iterable[str], *, limit: int
) -> dict[str, str]:
    """Return what `paths` hold at the commit of the rules, or in the work tree if that is what counts."""
    if not isinstance(checkout, Repository):
        return {}
    match rules.origin:
        case "commit":
            return read_files(checkout, rules.commit or "", paths, limit=limit)
        case "work-tree":
            return _in_work_tree(checkout.root, paths, limit)
        case _:
            return {}


def _folders(paths: Iterable[str]) -> set[str]:
    folders = {""}
    for path in paths:
        above = path.rpartition("/")[0]
        while above not in folders and is_plain(above):
            folders.add(above)
            above = above.rpartition("/")[0]
    return folders


def _in_work_tree(root: Path, names: Iterable[str], limit: int) -> dict[str, str]:
    """Read what is there; git follows no link to such a file, and none may lead out of the work tree."""
    top = root.resolve()
    files = {name: top / name for name in names}
    return {
        name: path.read_bytes().decode("utf-8", "surrogateescape")
        for name, path in files.items()
        if path.is_file() and path.resolve() == path and path.stat().st_size <= limit
    }


def is_plain(path: str) -> bool:
    """Tell a path that names one entry of a tree, and fits on a line, from everything else."""
    return not any(part in ("", ".", "..") for part in path.split("/")) and not set(path) & {"\n", "\r", "\0"}


def _blobs(repository: Repository, commit: str, paths: Iterable[str]) -> dict[str, tuple[bytes, int]]:
    """Return the id and the size of each of `paths` that is a file at `commit`."""
    wanted = [path for path in dict.fromkeys(paths) if is_plain(path)]
    tree = commit or ":0"
    specs = b"".join(f"{tree}:{path}\n".encode("utf-8", "surrogateescape") for path in wanted)
    answers = _ask(repository, "--batch-check", specs).splitlines() if wanted else []
    found = ((path, _BLOB.fullmatch(line)) for path, line in zip(wanted, answers, strict=True))
    return {path: (blob[1], int(blob[2])) for path, blob in found if blob}


def _contents(repository: Repository, sizes: Mapping[bytes, int]) -> dict[bytes, str]:
    """Return the text of each blob; each comes as a header line, its bytes and a newline."""
    limit = sum(sizes.values()) + _HEADER_BYTES * len(sizes)
    out = _ask(repository, "--batch", b"\n".join(sizes) + b"\n", limit) if sizes else b""
    contents = {}
    position = 0
    for blob, size in sizes.items():
        start = out.index(b"\n", position) + 1
        contents[blob] = out[start : start + size].decode("utf-8", "surrogateescape")
        position = start + size + 1
    return contents


def _ask(repository: Repository, form: str, specs: bytes, limit: int = MAX_OUTPUT_BYTES) -> bytes:
    ran = repository.ask("cat-file", form, stdin=specs, limit=limit)
    if ran.code != 0:
        raise ChangeError(f"Files of the base or the change cannot be read from git ({ran.error}).")
    return ran.out
