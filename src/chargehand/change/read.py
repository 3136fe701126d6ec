"""From the bytes of a change to the diff that is reviewed, and what of it is in doubt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from chargehand.change import (
    INDEX,
    Checkout,
    NoRepository,
    Repository,
    check_counts,
    compare_texts,
    read_counts,
    read_files,
    read_gitattributes,
    read_heads,
)
from chargehand.change.diff.binary import Sides, binaries, is_named_as_asset, name_assets, read_binaries
from chargehand.change.diff.context import widen
from chargehand.change.diff.decide import decide
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.rules import ReadingRules
from chargehand.change.diff.there import There, look_there, old_path
from chargehand.core.change import Change
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk
from chargehand.core.time_limit import IsOver, never

# Nobody reads more than the top of an old file, and manifests and attributes are small.
_OLD_FILE_BYTES = 1_000_000

_NOTHING_VOUCHES = (
    "The diff comes without its repository, so only their names say which of its files are generated, "
    "vendored or lock files."
)


class Reading(NamedTuple):
    """A change as it was read.

    `whole` holds every line of the change, `enclosed` also what encloses these lines in the files that
    models read. `doubts` are sentences about files that git counts otherwise.
    """

    whole: Diff
    enclosed: Diff
    doubts: tuple[str, ...] = ()


def read_diff(
    change: Change,
    checkout: Checkout,
    rules: ReadingRules,
    *,
    is_for_models: bool = True,
    is_test: Callable[[str], bool] = lambda _path: False,
    is_over: IsOver = never,
) -> Reading:
    """Return what `change` holds, with a reason on each file that is not reviewed.

    The target branch says what may be left out: its rules count. Raises DiffError. Files that are not reached
    before the time is up have no lines.
    """
    parsed = parse_diff(change.diff, change.strip, is_over)
    end = _end(change)
    if isinstance(checkout, NoRepository):
        whole = _without_repository(parsed, rules)
        return Reading(whole, whole)
    if end is not None:
        parsed = _with_binaries(parsed, checkout, change.base or checkout.empty_tree, end)
    there = _there(checkout, change, parsed)
    whole = decide(parsed, rules, there) if there else _without_repository(parsed, rules)
    counts = read_counts(checkout, change)
    doubts = check_counts(whole, counts) if counts else ()
    if not is_for_models:
        return Reading(whole, whole, doubts)
    return Reading(whole, widen(whole, _contents(checkout, end, whole).get, is_test=is_test), doubts)


def _end(change: Change) -> str | None:
    """Return where the files are as they are after the change, None if git does not have them."""
    return INDEX if change.source in ("staged", "files") else change.head


def _there(repository: Repository, change: Change, diff: Diff) -> There | None:
    """Return what the target branch says of the files, None if nothing vouches."""
    commit = change.rules.commit or change.base or repository.head
    if commit is None or change.rules.origin not in ("commit", "work-tree"):
        return None
    paths = (path for file in diff.files for path in (file.path, old_path(file)))
    attributes = read_gitattributes(repository, change.rules, paths)
    contents = partial(read_files, repository, commit, limit=_OLD_FILE_BYTES)
    # Files that are reviewed whole look as if they were new, and were there.
    return look_there(diff, attributes, contents, are_old=change.source == "files")


def _without_repository(diff: Diff, rules: ReadingRules) -> Diff:
    decided = decide(name_assets(diff), rules)
    is_by_name = any(file.skip and file.skip.by is Authority.NAME for file in decided.files)
    return decided.evolve(notices=(*decided.notices, _NOTHING_VOUCHES)) if is_by_name else decided


def _with_binaries(diff: Diff, repository: Repository, base: str, end: str) -> Diff:
    files = binaries(diff)
    if not files:
        return diff
    before = (file.old_path or file.path for file in files if file.status != "added")
    after = (file.path for file in files if file.status != "deleted")
    sides = Sides(_bytes(repository, base, before), _bytes(repository, end, after), {})
    sides = sides._replace(heads=_heads(repository, base, end, files, sides))
    return read_binaries(diff, sides, partial(_compare, repository))


def _heads(
    repository: Repository, base: str, end: str, files: Sequence[FileDiff], sides: Sides
) -> Mapping[str, bytes]:
    """Return how those files begin that are too large to be read, if that is enough to know them."""
    gone = [file.path for file in files if file.status == "deleted" and file.path not in sides.before]
    large = [
        file.path
        for file in files
        if file.status != "deleted" and file.path not in sides.after and is_named_as_asset(file.path)
    ]
    return {**read_heads(repository, base, gone), **read_heads(repository, end, large)}


def _bytes(repository: Repository, commit: str, paths: Iterable[str]) -> Mapping[str, bytes]:
    texts = read_files(repository, commit, paths)
    return {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}


def _compare(repository: Repository, pairs: Sequence[tuple[bytes, bytes]]) -> list[tuple[Hunk, ...]]:
    if not pairs:
        return []
    files = parse_diff(compare_texts(repository, pairs)).files
    hunks = {file.path.rpartition("/")[2]: file.hunks for file in files}
    return [hunks.get(str(number), ()) for number in range(len(pairs))]


def _contents(repository: Repository, end: str | None, diff: Diff) -> Mapping[str, str]:
    """Return the files as they are after the change, if git has them."""
    return {} if end is None else read_files(repository, end, (file.path for file in diff.reviewable))
