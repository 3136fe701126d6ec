"""What a program asks of chargehand: a review, what it would cost, its verdict, and its reports.

docs/python.md says what of it is stable. The package imports this module when one of its names is used.
"""

import os
import sys
from pathlib import Path
from typing import TypeAlias

from chargehand.app import flow
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.budget.estimate import Estimates
from chargehand.change import Automatic, FromFile, Given, Selection
from chargehand.change.selection import range_in
from chargehand.config import Settings
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.core.usage import Bill
from chargehand.core.verdict import Status, Verdict, decide
from chargehand.pipeline.progress import Progress
from chargehand.reports import FORMATS

__all__ = [
    "Bill",
    "ChargehandError",
    "Estimates",
    "Finding",
    "InputError",
    "Review",
    "Settings",
    "Severity",
    "Status",
    "Verdict",
    "estimate",
    "report",
    "review",
    "verdict",
]

Meant: TypeAlias = str | bytes | Path | None
Folder: TypeAlias = str | Path


def review(
    diff_or_range: Meant = None,
    settings: Settings | None = None,
    *,
    repository: Folder = ".",
    is_offline: bool = False,
    cache: Folder | None = None,
) -> Review:
    """Review a change and return what was found, what nobody looked at, and the bill.

    `diff_or_range` is a diff (bytes, or a text with line ends), the Path of one, or a range of commits such
    as `main..HEAD` in `repository`; None is what the command without DIFF reviews. `settings` are all that
    counts; None reads the configuration and the variables as the command does. Nothing is printed.

    Raises InputError, with nothing spent, if nothing could be reviewed; what goes wrong later is in the
    review, and `verdict` says what it means.
    """
    job = _job(diff_or_range, settings, is_offline=is_offline, cache=cache)
    return flow.review(
        job, cwd=Path(repository).resolve(), environ=os.environ, progress=Progress(sys.stderr, verbosity=-1)
    )


def estimate(
    diff_or_range: Meant = None,
    settings: Settings | None = None,
    *,
    repository: Folder = ".",
    is_exact: bool = False,
    cache: Folder | None = None,
) -> Estimates:
    """Return what a review of the same change would cost; no model is asked, and nothing is spent.

    The first estimate is that of the fleet that is set; there is none if there is nothing to review. If
    `is_exact`, the provider counts the tokens, which takes a key. Raises InputError as `review` does.
    """
    job = _job(diff_or_range, settings, is_offline=False, cache=cache)
    return flow.estimate(job, cwd=Path(repository).resolve(), environ=os.environ, is_exact=is_exact)


def verdict(review: Review) -> Verdict:
    """Return what a review means under its own settings: its status, exit code and reasons."""
    return decide(review, review.gate)


def report(review: Review, name: str) -> str:
    """Return a review as the report of that name: what `chargehand review --NAME -` prints.

    Raises InputError if there is no such report.
    """
    for each in FORMATS:
        if each.name == name:
            return each.render(review, verdict(review))
    names = ", ".join(each.name for each in FORMATS)
    raise InputError(f"Nothing was written: there is no report {name!r}; there are {names}.")


def _job(diff_or_range: Meant, settings: Settings | None, *, is_offline: bool, cache: Folder | None) -> Job:
    if settings and settings.extends:
        raise InputError(
            "Nothing was reviewed: only a file can extend another. Give Settings without `extends`."
        )
    return Job(
        selection=_selection(diff_or_range),
        flags={},
        settings=settings,
        is_offline=is_offline,
        cache=None if cache is None else Path(cache).resolve(),
        outputs=Outputs(),
    )


def _selection(diff_or_range: Meant) -> Selection:
    match diff_or_range:
        case None:
            return Automatic()
        case bytes():
            return Given(diff=diff_or_range)
        case Path():
            return FromFile(path=diff_or_range.resolve())
        case str() if not diff_or_range or "\n" in diff_or_range:
            return Given(diff=diff_or_range.encode("utf-8", "surrogateescape"))
        case str():
            return _range(diff_or_range)


def _range(text: str) -> Selection:
    if found := range_in(text):
        return found
    raise InputError(
        f"Nothing was reviewed: {text!r} is neither a diff nor a range. Give a range such as main..HEAD, the "
        "text of a diff, or the Path of one."
    )
