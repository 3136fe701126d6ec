"""What the target branch holds that decides how a change is read: attributes, manifests, old contents."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chargehand.change.diff.attributes import Said, attribute
from chargehand.change.diff.generated import vouching
from chargehand.change.diff.markers import looks_minified, marked_by
from chargehand.core.diff import Diff, FileDiff

# The contents of those of the paths that are files there, by path; many for the price of one.
Contents = Callable[[Iterable[str]], Mapping[str, str]]

# So many contents are held at a time.
_BATCH = 400


class There(NamedTuple):
    """What is known of the target branch.

    `present` are the manifests that it holds; `markers` the lines by which old contents say that a program
    wrote them, by the old path; `minified` the old paths whose contents look like minified code. `are_old`:
    all files were there before, whatever their status says.
    """

    is_generated: Callable[[str], Said]
    is_vendored: Callable[[str], Said]
    filter_of: Callable[[str], Said]
    present: frozenset[str]
    markers: Mapping[str, str]
    minified: frozenset[str]
    are_old: bool = False

    def had(self, file: FileDiff) -> bool:
        """Tell whether the file existed before the change, under this path or another."""
        return self.are_old or file.status not in {"added", "copied"}


def old_path(file: FileDiff) -> str:
    """Return the path that the file had before the change."""
    return file.old_path or file.path


def look_there(
    diff: Diff, attributes: Mapping[str, str], contents: Contents, *, are_old: bool = False
) -> There:
    """Return what the target branch says of the files of `diff`; `attributes` are texts by their folder."""
    present: set[str] = set()
    markers: dict[str, str] = {}
    minified: set[str] = set()
    there = There(
        is_generated=attribute(attributes, "linguist-generated"),
        is_vendored=attribute(attributes, "linguist-vendored"),
        filter_of=attribute(attributes, "filter"),
        present=frozenset(),
        markers={},
        minified=frozenset(),
        are_old=are_old,
    )
    old = {old_path(file) for file in diff.files if file.hunks and there.had(file)}
    for batch in _batches([*_manifests(diff), *old]):
        for path, text in contents(batch).items():
            present.add(path)
            if path in old:
                if marker := marked_by(text):
                    markers[path] = marker
                if looks_minified(path, text):
                    minified.add(path)
    return there._replace(present=frozenset(present), markers=markers, minified=frozenset(minified))


def _manifests(diff: Diff) -> dict[str, None]:
    """Return the files that would vouch for a name."""
    return dict.fromkeys(manifest for file in diff.files for manifest in vouching(file.path))


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH))
