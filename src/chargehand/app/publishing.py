"""How a finished report is posted, and in which words that is told."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from chargehand.core.counting import count
from chargehand.core.errors import ForgeRefused, InputError
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.forges.compare import Create, Delete, Edit, Fold, Step, Unfold
from chargehand.forges.forge import Forge
from chargehand.forges.publish import publish
from chargehand.forges.report import Report, read_report, report_of
from chargehand.forges.table import open_request
from chargehand.forges.work import Published, Stale
from chargehand.reports import json

_WORDS: dict[type[Step], str] = {
    Create: "added",
    Edit: "edited",
    Fold: "folded",
    Unfold: "shown again",
    Delete: "deleted, because another run wrote the same",
}


def publish_report(
    path: Path,
    *,
    environ: Mapping[str, str],
    number: int | None,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Post the report in a file to the request that the job is about, or to the one with this number.

    Raises InputError if there is nothing to post or nowhere to post it, and ForgeError if not all of it could
    be posted; what was is told in any case.
    """
    report = read_report(path)
    _check_is_about_commits(report)
    post(report, open_request(environ, sleep, number), say, sleep)


def post(
    report: Report, forge: Forge, say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Post a report to a request, and tell what was done. Raises ForgeError if that is not all."""
    done = publish(forge, report, sleep)
    if isinstance(done, Stale):
        posted = "Not all" if done.is_begun else "Nothing"
        say(f"{posted} was posted to {forge.name}: {done.reason}.")
        return
    for sentence in _told(forge.name, done):
        say(sentence)
    if done.refused:
        raise ForgeRefused("Not all was posted: " + " ".join(done.refused))


def post_review(review: Review, verdict: Verdict, forge: Forge, say: Callable[[str], None]) -> None:
    """Post a review that is not written anywhere, as its report has it."""
    report = report_of(json.render(review, verdict).encode(), "the report")
    _check_is_about_commits(report)
    post(report, forge, say)


def _check_is_about_commits(report: Report) -> None:
    if report.verdict.status == "error":
        raise InputError(
            f"Nothing was posted: the report is that of an error. {' '.join(report.verdict.reasons)}"
        )
    if report.change.head is None:
        raise InputError(
            "Nothing was posted: the report does not say which commit was reviewed, so nobody can tell "
            "whether it is about the request as it is now. Review commits: without a DIFF, or with --base "
            "and --head."
        )


def _told(name: str, done: Published) -> Iterator[str]:
    steps = [f"{count(number, 'comment')} {_WORDS[kind]}" for kind, number in done.steps.items() if number]
    nothing = "no comment was changed" if done.refused else "all comments stand as they should"
    yield f"{name}: {'; '.join(steps) or nothing}. {done.conclusion.title}"
    if done.no_check:
        yield done.no_check
