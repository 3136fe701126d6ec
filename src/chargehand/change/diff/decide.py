"""Decides for each file of a change: it is read, left out by the target branch's word, or a gap."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from chargehand.change.diff.generated import Kind, kind_of, vendored_under, vouching
from chargehand.change.diff.known import VENDOR_FOLDERS
from chargehand.change.diff.rules import ALLOWABLE, ReadingRules
from chargehand.change.diff.there import There, old_path
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason
from chargehand.core.patterns import matcher

# A deleted text of more lines is announced by their number.
SHOWN_DELETED_LINES = 1_000

_SPECIAL_MODES = {"120000", "160000"}
_POINTER = "version https://git-lfs.github.com/spec/v1"
_ATTRIBUTES = "The target branch's .gitattributes says {}."


def decide(diff: Diff, rules: ReadingRules, there: There | None = None) -> Diff:
    """Return `diff` with a reason on each file that models do not read.

    Files keep their hunks, for the free checks; only those of a long deleted text go. `there` None: no
    repository can vouch for anything, and names count for what they say.
    """
    judge = _Judge(
        rules=rules,
        there=there,
        is_ignored=matcher(rules.ignore),
        is_included=matcher(rules.include),
        may_go_unread=matcher(rules.unread),
        changed={file.path: file for file in diff.files},
    )
    return diff.evolve(files=tuple(_decided(file, judge) for file in diff.files))


class _Judge(NamedTuple):
    """All that a decision about one file may depend on; `changed` are the files of the change by path."""

    rules: ReadingRules
    there: There | None
    is_ignored: Callable[[str], bool]
    is_included: Callable[[str], bool]
    may_go_unread: Callable[[str], bool]
    changed: dict[str, FileDiff]


def _decided(file: FileDiff, judge: _Judge) -> FileDiff:
    skip = _skip(file, judge)
    if skip is None and file.status == "deleted" and file.removed > SHOWN_DELETED_LINES:
        return file.evolve(hunks=())
    return file if skip == file.skip else file.evolve(skip=skip)


def _skip(file: FileDiff, judge: _Judge) -> Skip | None:
    if file.skip and file.skip.reason in {SkipReason.DAMAGED, SkipReason.UNSAFE_PATH}:
        return file.skip
    return _left_out(file, judge) or _gap(file, judge)


def _left_out(file: FileDiff, judge: _Judge) -> Skip | None:
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


def _by_attributes(file: FileDiff, judge: _Judge) -> Iterator[Skip]:
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


def _by_tree(file: FileDiff, judge: _Judge) -> Iterator[Skip]:
    """Yield that a file lies in a vendored tree, if the manifest of the tree is there and changes with it."""
    if judge.there is None:
        folder = next((part for part in file.path.lower().split("/")[:-1] if part in VENDOR_FOLDERS), None)
        if folder:
            detail = f"It lies in a folder {folder}/, as code of others does."
            yield Skip(reason=SkipReason.VENDORED, by=Authority.NAME, detail=detail)
        return
    if judge.there.is_vendored(file.path) is False:
        return
    for folder, manifests in vendored_under(file.path):
        if file.path in manifests:
            continue
        came_from_elsewhere = file.status == "renamed" and f"{folder}/" not in old_path(file)
        changed = (judge.changed.get(path) for path in manifests)
        if not came_from_elsewhere and (found := next((each for each in changed if _is_edited(each)), None)):
            detail = f"It lies in a folder {folder}/ whose manifest {found.path} changes with it."
            yield Skip(reason=SkipReason.VENDORED, by=Authority.MANIFEST, detail=detail)


def _is_edited(manifest: FileDiff | None) -> bool:
    return manifest is not None and manifest.status == "modified"


def _by_kind(file: FileDiff, judge: _Judge) -> Iterator[Skip]:
    """Yield what the name of a file says, or its old content, as far as something vouches for that."""
    there, kind = judge.there, kind_of(file.path)
    if there is None:
        if kind:
            yield _skipped(kind, Authority.NAME)
        return
    if there.is_generated(file.path) is False:
        return
    if kind and kind[0] is SkipReason.LOCK_FILE and _has_manifest(file.path, judge):
        yield _skipped(kind, Authority.MANIFEST)
    if not there.had(file):
        return
    before = kind_of(old_path(file))
    if kind and before and before[0] is kind[0] and _is_vouched_for(file, judge):
        yield _skipped(kind, Authority.BASE)
    if (marker := there.markers.get(old_path(file))) and not _loses(file, marker):
        detail = "A comment at its top says that it is generated."
        yield Skip(reason=SkipReason.GENERATED, by=Authority.BASE, detail=detail)
    if old_path(file) in there.minified:
        detail = "Most of it stands in lines longer than people write them."
        yield Skip(reason=SkipReason.MINIFIED, by=Authority.BASE, detail=detail)


def _skipped(kind: Kind, by: Authority) -> Skip:
    return Skip(reason=kind[0], by=by, detail=kind[1])


def _is_vouched_for(file: FileDiff, judge: _Judge) -> bool:
    """Tell whether the name means what it says: that of a lock file, which was there, always does."""
    kind = kind_of(file.path)
    is_lock = kind is not None and kind[0] is SkipReason.LOCK_FILE
    return is_lock or not vouching(file.path) or _has_manifest(file.path, judge)


def _has_manifest(path: str, judge: _Judge) -> bool:
    manifests = vouching(path)
    present = judge.there.present if judge.there else frozenset()
    return any(
        each in present or (each in judge.changed and judge.changed[each].status != "deleted")
        for each in manifests
    )


def _loses(file: FileDiff, marker: str) -> bool:
    """Tell whether the change takes the marker away."""
    return any(line.kind == "-" and line.text == marker for line in file.lines())


def _gap(file: FileDiff, judge: _Judge) -> Skip | None:
    """Return why nobody can read a file although somebody should, None if it can be read."""
    gap = file.skip or _pointer(file) or _out_of_bounds(file, judge.rules)
    if gap is None or not gap.is_gap or gap.reason not in ALLOWABLE:
        return gap
    if judge.may_go_unread(file.path):
        return gap.evolve(by=Authority.CONFIGURATION, detail=f"{gap.detail} The configuration allows that.")
    return gap.evolve(detail=f"{gap.detail} {_allowing(file.path)}")


def _allowing(path: str) -> str:
    """Return the line of the configuration that would allow such a gap."""
    ending = re.search(r"\.[A-Za-z0-9_-]{1,20}$", path)
    pattern = f"*{ending[0]}" if ending else "PATH"
    return f'To allow it, say on_unread = {{ "{pattern}" = "warn" }} in [paths] on the target branch.'


def _pointer(file: FileDiff) -> Skip | None:
    if not is_pointer(file) or file.status == "deleted":
        return None
    detail = "It is a pointer of Git LFS, so its content is not in the diff."
    return Skip(reason=SkipReason.LFS, by=Authority.NOBODY, detail=detail)


def is_pointer(file: FileDiff) -> bool:
    """Tell whether the lines of a file are a pointer of Git LFS and no more."""
    if len(file.hunks) != 1 or file.hunks[0].new_start > 1 or len(file.hunks[0].body) > 2_000:
        return False
    lines = [line.text for line in file.lines() if line.kind != "-"]
    return bool(lines) and lines[0] == _POINTER and all(_is_key(line) for line in lines)


def _is_key(line: str) -> bool:
    return re.fullmatch(r"(?:version|oid|size|ext-\d-\w+) \S+", line) is not None


def _out_of_bounds(file: FileDiff, rules: ReadingRules) -> Skip | None:
    changed, most, longest = file.added + file.removed, rules.max_changed_lines, rules.max_line_bytes
    if most is not None and changed > most:
        detail = f"It has {changed:,} changed lines; the limit is {most:,}."
    elif longest is not None and (size := _longest(file)) > longest:
        detail = f"It has a line of {size:,} bytes; the limit is {longest:,}."
    else:
        return None
    return Skip(reason=SkipReason.TOO_LONG, by=Authority.NOBODY, detail=detail)


def _longest(file: FileDiff) -> int:
    changed = (line.text for line in file.lines() if line.kind != " ")
    return max((len(text.encode("utf-8", "surrogateescape")) for text in changed), default=0)
