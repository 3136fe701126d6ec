"""Decides by whose word a file of a change is left out."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chargehand.change.diff.generated import Kind, kind_of, vendored_under, vouching
from chargehand.change.diff.pointers import is_pointer
from chargehand.change.diff.rules import ReadingRules
from chargehand.change.diff.there import There, old_path, was_there
from chargehand.core.diff import Authority, FileDiff, Skip, SkipReason

_SPECIAL_MODES = {"120000", "160000"}
_ATTRIBUTES = "The target branch's .gitattributes says {}."


class Judge(NamedTuple):
    """All that a decision about one file may depend on.

    `there` is what the target branch holds, None if there is no repository: then known names count.
    `changed` are the files of the change by path.
    """

    rules: ReadingRules
    there: There | None
    is_ignored: Callable[[str], bool]
    is_included: Callable[[str], bool]
    may_go_unread: Callable[[str], bool]
    changed: dict[str, FileDiff]


def left_out(file: FileDiff, judge: Judge) -> Skip | None:
    """Return by whose word a file is left out, None if nobody says it.

    A file that was moved is left out only if its old path was, too: what was read is read on.
    """
    if _covers(judge.is_ignored, file):
        detail = "A pattern of the configuration leaves it out."
        return Skip(reason=SkipReason.IGNORED, by=Authority.CONFIGURATION, detail=detail)
    if _is_bare_fact(file) or judge.is_included(file.path):
        return None
    if file.skip and file.skip.by is Authority.CONTENT:
        return file.skip
    found = (*_by_attributes(file, judge), *_by_tree(file, judge), *_by_kind(file, judge))
    return next((skip for skip in found if skip.reason not in judge.rules.review), None)


def _covers(says: Callable[[str], object], file: FileDiff) -> bool:
    return says(file.path) is True and (file.status != "renamed" or says(old_path(file)) is True)


def _is_bare_fact(file: FileDiff) -> bool:
    """Tell a link, a submodule or a change of the mode: there is a line to say, whatever the path is."""
    is_special = not _SPECIAL_MODES.isdisjoint(file.modes) or bool(file.note)
    return is_special or (file.status == "mode" and not file.skip)


def _by_attributes(file: FileDiff, judge: Judge) -> Iterator[Skip]:
    there = judge.there
    if there is None:
        return
    for says, reason in (
        (there.is_vendored, SkipReason.VENDORED),
        (there.is_generated, SkipReason.GENERATED),
    ):
        if _covers(says, file):
            detail = _ATTRIBUTES.format(f"linguist-{reason.value}")
            yield Skip(reason=reason, by=Authority.ATTRIBUTES, detail=detail)
    if is_pointer(file) and there.filter_of(file.path) == "lfs":
        detail = _ATTRIBUTES.format("filter=lfs") + " The diff holds a pointer to its content."
        yield Skip(reason=SkipReason.LFS, by=Authority.ATTRIBUTES, detail=detail)


def _by_tree(file: FileDiff, judge: Judge) -> Iterator[Skip]:
    """Yield that a file lies in a vendored tree, if the manifest of the tree is there and changes with it."""
    if judge.there and judge.there.is_vendored(file.path) is False:
        return
    tree = _tree_of(file.path, judge)
    if tree and (file.status != "renamed" or _tree_of(old_path(file), judge)):
        detail = f"It lies in a folder {tree.folder}/ whose manifest {tree.manifest} changes with it."
        yield Skip(reason=SkipReason.VENDORED, by=_or_name(Authority.MANIFEST, judge), detail=detail)


class _Tree(NamedTuple):
    """A vendored tree: its folder's name, and the path of the manifest that changes."""

    folder: str
    manifest: str


def _tree_of(path: str, judge: Judge) -> _Tree | None:
    """Return the vendored tree that holds `path`, None if there is none whose manifest changes."""
    for folder, manifests in vendored_under(path):
        if path not in manifests and (edited := next((m for m in manifests if _is_edited(m, judge)), None)):
            return _Tree(folder, edited)
    return None


def _is_edited(path: str, judge: Judge) -> bool:
    manifest = judge.changed.get(path)
    return manifest is not None and manifest.status == "modified"


def _by_kind(file: FileDiff, judge: Judge) -> Iterator[Skip]:
    """Yield what the name of a file says, or its old content, as far as something vouches for that."""
    there, kind = judge.there, kind_of(file.path)
    if there and there.is_generated(file.path) is False:
        return
    if kind and kind[0] is SkipReason.LOCK_FILE and _is_beside_manifest(file.path, judge):
        yield _skipped(kind, _or_name(Authority.MANIFEST, judge))
    if not was_there(file, are_old=there is not None and there.are_old):
        return
    before = kind_of(old_path(file))
    are_so = kind and before and before[0] is kind[0]
    if kind and are_so and all(_is_vouched_for(path, judge) for path in (file.path, old_path(file))):
        yield _skipped(kind, _or_name(Authority.BASE, judge))
    if there and (marker := there.markers.get(old_path(file))) and not _loses(file, marker):
        detail = "A comment at its top says that it is generated."
        yield Skip(reason=SkipReason.GENERATED, by=Authority.BASE, detail=detail)
    if there and (lengths := there.lengths.get(old_path(file))) and lengths.are_minified:
        detail = "Most of it stands in lines longer than people write them."
        yield Skip(reason=SkipReason.MINIFIED, by=Authority.BASE, detail=detail)


def _or_name(authority: Authority, judge: Judge) -> Authority:
    """Return who vouches for a name: without a repository nobody but the name itself."""
    return Authority.NAME if judge.there is None else authority


def _skipped(kind: Kind, by: Authority) -> Skip:
    return Skip(reason=kind[0], by=by, detail=kind[1])


def _is_vouched_for(path: str, judge: Judge) -> bool:
    """Tell whether the name means what it says: that of a lock file, which was there, always does.

    What vouches was there before as well: a change does not vouch for itself.
    """
    kind = kind_of(path)
    if not (manifests := vouching(path)) or (kind and kind[0] is SkipReason.LOCK_FILE):
        return True
    if judge.there:
        return not judge.there.present.isdisjoint(manifests)
    return any(_is_edited(each, judge) for each in manifests)


def _is_beside_manifest(path: str, judge: Judge) -> bool:
    present = judge.there.present if judge.there else frozenset()
    return any(
        each in present or (each in judge.changed and judge.changed[each].status != "deleted")
        for each in vouching(path)
    )


def _loses(file: FileDiff, marker: str) -> bool:
    """Tell whether the change takes the marker away."""
    return any(line.kind == "-" and line.text == marker for line in file.lines())
