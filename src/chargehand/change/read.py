"""From the bytes of a change to the diff that models are shown, and what of it is in doubt."""

from collections.abc import Mapping

from chargehand.change import (
    INDEX,
    Checkout,
    NoRepository,
    Repository,
    check_counts,
    read_counts,
    read_files,
    read_gitattributes,
)
from chargehand.change.diff.chunks import Measure, split_hunks
from chargehand.change.diff.context import widen
from chargehand.change.diff.parse import ReadingRules, parse_diff
from chargehand.core.change import Change
from chargehand.core.diff import Diff


def read_diff(
    change: Change,
    checkout: Checkout,
    rules: ReadingRules,
    measure: Measure,
    max_tokens: int,
    *,
    is_for_models: bool = True,
) -> tuple[Diff, tuple[str, ...]]:
    """Return the diff, and a sentence for each file that git counts otherwise.

    For models, hunks are widened to what encloses them where git has the change's files. No hunk is larger
    than `max_tokens`. The attributes are those of the change's rules. Raises DiffError.
    """
    if isinstance(checkout, NoRepository):
        return split_hunks(parse_diff(change.diff, rules), measure, max_tokens), ()
    diff = parse_diff(change.diff, rules.model_copy(update={"gitattributes": _attributes(checkout, change)}))
    counts = read_counts(checkout, change)
    gaps = check_counts(diff, counts) if counts else ()
    if is_for_models:
        diff = widen(diff, _contents(checkout, change, diff).get)
    return split_hunks(diff, measure, max_tokens), gaps


def _attributes(repository: Repository, change: Change) -> str:
    return read_gitattributes(repository, change.rules, ()).get("", "") if change.diff else ""


def _contents(repository: Repository, change: Change, diff: Diff) -> Mapping[str, str]:
    """Return the files as they are after the change, where git has them."""
    end = INDEX if change.source in ("staged", "files") else change.head
    return {} if end is None else read_files(repository, end, (file.path for file in diff.reviewable))
