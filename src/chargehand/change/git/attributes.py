"""The `.gitattributes` files that count for a change: those of its rules, in every folder above its paths."""

from collections.abc import Iterable
from pathlib import Path

from chargehand.change.git.blobs import is_plain, read_files
from chargehand.change.git.repository import Checkout, Repository
from chargehand.core.change import Rules

NAME = ".gitattributes"
MAX_BYTES = 1024 * 1024


def read_gitattributes(checkout: Checkout, rules: Rules, paths: Iterable[str]) -> dict[str, str]:
    """Return the texts of these files by their folder, `""` for the top, outer folders first.

    They are read at the commit of the rules, or in the work tree if that is what counts; without a
    repository there are none. As in git, a file says something of its own folder and what is below, and an
    inner one wins over an outer one.
    """
    if not isinstance(checkout, Repository):
        return {}
    folders = sorted(_folders(paths), key=lambda folder: (folder.count("/"), folder))
    names = {folder: f"{folder}/{NAME}" if folder else NAME for folder in folders}
    match rules.origin:
        case "commit":
            texts = read_files(checkout, rules.commit or "", names.values(), limit=MAX_BYTES)
        case "work-tree":
            texts = _in_work_tree(checkout.root, names.values())
        case _:
            return {}
    return {folder: texts[name] for folder, name in names.items() if name in texts}


def _folders(paths: Iterable[str]) -> set[str]:
    folders = {""}
    for path in paths:
        above = path.rpartition("/")[0]
        while above not in folders and is_plain(above):
            folders.add(above)
            above = above.rpartition("/")[0]
    return folders


def _in_work_tree(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Read what is there; git follows no link to such a file, and none may lead out of the work tree."""
    top = root.resolve()
    files = {name: top / name for name in names}
    return {
        name: path.read_bytes().decode("utf-8", "surrogateescape")
        for name, path in files.items()
        if path.is_file() and path.resolve() == path and path.stat().st_size <= MAX_BYTES
    }
