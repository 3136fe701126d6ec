"""What people, files and earlier runs say of a review has no secrets either when it is shown."""

from collections.abc import Callable, Iterator

from chargehand.checks.secrets.texts import mask_with
from chargehand.core.baseline import Compared, Earlier
from chargehand.core.finding import Finding
from chargehand.core.masking import NO_MASK, Mask
from chargehand.core.review import Review
from chargehand.core.suppression import Suppression
from chargehand.core.usage import Bill

_Words = Callable[[str], str]


def without_secrets(review: Review, mask: Mask = NO_MASK) -> Review:
    """Return the review without the secrets of the change, and of what is said beside it.

    That are the words of models, the reasons of suppressions and waivers, sentences about the run, the
    branch, and what a baseline found.
    """
    words = mask_with(tuple(_said(review)), mask, "words").prose
    change, rules = review.change, review.change.rules
    rules = rules.evolve(announced=tuple(map(words, rules.announced)))
    return review.evolve(
        change=change.evolve(branch=words(change.branch), rules=rules),
        bill=_bill(review.bill, words),
        summary=words(review.summary),
        findings=tuple(_finding(each, words) for each in review.findings),
        dismissed=tuple(
            each.evolve(finding=_finding(each.finding, words), reason=words(each.reason))
            for each in review.dismissed
        ),
        gaps=tuple(map(words, review.gaps)),
        notices=tuple(map(words, review.notices)),
        baseline=review.baseline and _compared(review.baseline, words),
    )


def without_secrets_in_reasons(given: tuple[Suppression, ...]) -> tuple[Suppression, ...]:
    """Return the suppressions as models may be told of them."""
    words = mask_with([each.reason for each in given], NO_MASK, "reason").prose if given else str
    return tuple(each.evolve(reason=words(each.reason)) for each in given)


def _said(review: Review) -> Iterator[str]:
    yield from (each.suppression for each in review.findings if each.suppression)
    yield from (*review.gaps, *review.notices, review.change.branch, *review.change.rules.announced)
    if review.bill.pr:
        yield review.bill.pr.subject
    for gone in review.baseline.gone if review.baseline else ():
        yield from (gone.title, gone.message, gone.quote)


def _bill(bill: Bill, words: _Words) -> Bill:
    return bill.evolve(pr=bill.pr.evolve(subject=words(bill.pr.subject))) if bill.pr else bill


def _finding(finding: Finding, words: _Words) -> Finding:
    """Return the finding with its sentences masked; the code that it cites was when the change was read."""
    graded = finding.graded and finding.graded.evolve(reason=words(finding.graded.reason))
    merged = tuple(
        each.evolve(title=words(each.title), message=words(each.message), reason=words(each.reason))
        for each in finding.merged
    )
    suppression = finding.suppression and words(finding.suppression)
    said = {name: words(getattr(finding, name)) for name in ("title", "message", "note")}
    return finding.evolve(**said, graded=graded, merged=merged, suppression=suppression)


def _compared(compared: Compared, words: _Words) -> Compared:
    return compared.evolve(gone=tuple(_earlier(each, words) for each in compared.gone))


def _earlier(gone: Earlier, words: _Words) -> Earlier:
    return gone.evolve(title=words(gone.title), message=words(gone.message), quote=words(gone.quote))
