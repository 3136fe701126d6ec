"""What the project says of how its code should be: files of the branch that the change is for."""

from collections.abc import Iterable, Iterator, Sequence

from chargehand.change.context.rules import USUAL
from chargehand.change.context.said import Said
from chargehand.change.git.files import read_where_rules_are
from chargehand.change.git.repository import Checkout
from chargehand.core.change import Rules
from chargehand.core.context import Kind, Passage

_MOST_BYTES = 200_000
_MOST_FOLDERS = 50
# Where the last of the usual files may lie as well.
_ALSO_IN = (".github", "docs")


def guidance_for(
    paths: Sequence[str], names: Sequence[str], checkout: Checkout, rules: Rules
) -> Iterator[Said]:
    """Yield the guidance for the files at `paths`: what lies in an inner folder before what lies further out.

    A name without a folder is looked for at the top, and in the folders of those files. What only points to
    another file, such as a link, is none.
    """
    folders = sorted(_folders(paths), key=lambda folder: -len(folder))[-_MOST_FOLDERS:]
    places = {
        f"{folder}{name}": folder for name in names for folder in (folders if "/" not in name else ("",))
    }
    places |= {f"{folder}/{name}": "" for name in names if name == USUAL[-1] for folder in _ALSO_IN}
    texts = read_where_rules_are(checkout, rules, places, limit=_MOST_BYTES)
    seen = set[str]()
    for path, folder in places.items():
        text = texts.get(path, "").strip()
        if len(text.split()) > 1 and text not in seen:
            seen.add(text)
            yield Said(Passage(Kind.GUIDANCE, path, 0, text), _below(folder, paths))


def _folders(paths: Iterable[str]) -> set[str]:
    """Return the folders above these files, each with a slash at its end, and the top, which is empty."""
    parts = (path.split("/")[:-1] for path in paths)
    return {"", *("/".join(part[:depth]) + "/" for part in parts for depth in range(1, len(part) + 1))}


def _below(folder: str, paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path.startswith(folder)) if folder else ()
