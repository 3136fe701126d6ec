"""What the target branch holds that decides how a change is read: attributes, manifests, old contents."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chargehand.change.diff.generated import vendored_under, vouching
from chargehand.change.diff.markers import Lengths, can_be_minified, line_lengths, marked_by
from chargehand.change.diff.parse.names import unquoted
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.patterns import file_matcher

# The contents of those of the paths that are files there, by path; many for the price of one.
Contents = Callable[[Iterable[str]], Mapping[str, str]]

# So many contents are held at a time.
_BATCH = 400


_LINE = re.compile(r'[ \t]*("(?:[^"\\]|\\.)*"|[^ \t"][^ \t]*)[ \t]+(.*)')


# True if a name is set, False if it is unset, a text for `name=text`, None for what is not said.
Said = bool | str | None


class There(NamedTuple):
    """What is known of the target branch.

    `present` are the manifests that it holds; `markers` the lines by which old contents say that a program
    wrote them, by the old path; `lengths` those of the lines of old scripts and style sheets, by the old
    path. `are_old`: all files were there before, whatever their status says.
    """

    is_generated: Callable[[str], Said]
    is_vendored: Callable[[str], Said]
    filter_of: Callable[[str], Said]
    present: frozenset[str]
    markers: Mapping[str, str]
    lengths: Mapping[str, Lengths]
    are_old: bool = False


# What is known if there is no repository.
NOTHING_THERE = There(
    is_generated=lambda _path: None,
    is_vendored=lambda _path: None,
    filter_of=lambda _path: None,
    present=frozenset(),
    markers={},
    lengths={},
)


class _Rule(NamedTuple):
    covers: Callable[[str], bool]
    said: Said


def was_there(file: FileDiff, *, are_old: bool = False) -> bool:
    """Tell whether the file existed before the change, under this path or another."""
    return are_old or file.status not in {"added", "copied"}


def old_path(file: FileDiff) -> str:
    """Return the path that the file had before the change."""
    return file.old_path or file.path


def look_there(
    diff: Diff, attributes: Mapping[str, str], contents: Contents, *, are_old: bool = False
) -> There:
    """Return what the target branch says of the files of `diff`; `attributes` are texts by their folder."""
    present: set[str] = set()
    markers: dict[str, str] = {}
    lengths: dict[str, Lengths] = {}
    old = {old_path(file) for file in diff.files if file.hunks and was_there(file, are_old=are_old)}
    for batch in _batches([*_manifests(diff), *old]):
        for path, text in contents(batch).items():
            present.add(path)
            if path in old:
                if marker := marked_by(text):
                    markers[path] = marker
                if can_be_minified(path):
                    lengths[path] = line_lengths(text.split("\n"))
    return There(
        is_generated=attribute(attributes, "linguist-generated"),
        is_vendored=attribute(attributes, "linguist-vendored"),
        filter_of=attribute(attributes, "filter"),
        present=frozenset(present),
        markers=markers,
        lengths=lengths,
        are_old=are_old,
    )


def _manifests(diff: Diff) -> dict[str, None]:
    """Return the files that would vouch for a name or a folder."""
    paths = dict.fromkeys(path for file in diff.files for path in (file.path, old_path(file)))
    trees = (manifest for path in paths for _, manifests in vendored_under(path) for manifest in manifests)
    return dict.fromkeys((*(manifest for path in paths for manifest in vouching(path)), *trees))


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH))


def attribute(texts: Mapping[str, str], name: str) -> Callable[[str], Said]:
    """Return a function from a path to what `texts` say of `name` for it.

    `texts` are .gitattributes files by their folders, of which the top is empty. As in git, the file nearest
    to the path decides, and in it the last line that covers the path; `!name` takes back what was said.
    Macros are passed over.
    """
    rules = {folder: _rules(text, name) for folder, text in texts.items()}

    def said(path: str) -> Said:
        for folder in _folders(path):
            inside = path[len(folder) :].removeprefix("/")
            for rule in rules.get(folder, ()):
                if rule.covers(inside):
                    return rule.said
        return None

    return said if any(rules.values()) else lambda _path: None


def _folders(path: str) -> Iterator[str]:
    """Yield the folders of `path`, innermost first; the top is empty."""
    at = len(path)
    while (at := path.rfind("/", 0, at)) > 0:
        yield path[:at]
    yield ""


def _rules(text: str, name: str) -> list[_Rule]:
    rules = [rule for line in text.splitlines() if name in line and (rule := _read(line, name))]
    rules.reverse()
    return rules


def _read(line: str, name: str) -> _Rule | None:
    match = _LINE.fullmatch(line)
    if match is None or match[1].startswith(("#", "!", "[attr]")) or match[1].endswith("/"):
        return None
    words = [word for word in match[2].split() if word.partition("=")[0].lstrip("-!") == name]
    pattern = unquoted(match[1].encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    return _Rule(file_matcher(pattern), _value(words[-1])) if words else None


def _value(word: str) -> Said:
    if word.startswith("!"):
        return None
    if word.startswith("-"):
        return False
    value = word.partition("=")[2]
    return {"": True, "true": True, "false": False}.get(value.lower(), value)
