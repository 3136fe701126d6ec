"""The verdict: what a review means for the build, and with which exit code."""

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum

from chargehand.core import exit_codes
from chargehand.core.counting import count
from chargehand.core.coverage import Coverage
from chargehand.core.diff import SkipReason
from chargehand.core.finding import Confidence, Finding, Severity
from chargehand.core.gate import Gate, Policy
from chargehand.core.money import usd, usd_exact
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import BUDGET
from chargehand.core.review import Review


class Status(str, Enum):
    """How the review ended, and the exit code and reasons that a build gets."""

    PASSED = "passed"
    BLOCKED = "blocked"
    OVER_BUDGET = "over_budget"
    INCOMPLETE = "incomplete"
    ERROR = "error"


# If several hold, the first of this order is the status and its code the exit code. An error is never one
# of several: nothing was reviewed.
EXIT_CODES = {
    Status.BLOCKED: exit_codes.BLOCKED,
    Status.OVER_BUDGET: exit_codes.OVER_BUDGET,
    Status.INCOMPLETE: exit_codes.INCOMPLETE,
    Status.PASSED: exit_codes.PASSED,
    Status.ERROR: exit_codes.INPUT_ERROR,
}


class Verdict(PlainValue):
    """The status, the process's exit code, and every reason, the status's own first.

    `failing` are all statuses that fail the build, the status's own first; `blocking` are the fingerprints of
    the findings that do. With both, the verdict is known without a finding that somebody waives afterwards.
    """

    status: Status
    exit_code: int
    reasons: tuple[str, ...]
    failing: tuple[Status, ...] = ()
    blocking: tuple[str, ...] = ()


def decide(review: Review, gate: Gate) -> Verdict:
    """Return what `review` means under `gate`."""
    reasons = {
        Status.BLOCKED: _blocking(review, gate),
        Status.OVER_BUDGET: _over_budget(review, gate),
        Status.INCOMPLETE: _incomplete(review),
    }
    failing = [
        status
        for status in EXIT_CODES
        if reasons.get(status) and not (status is Status.INCOMPLETE and _may_be_incomplete(review, gate))
    ]
    status = failing[0] if failing else Status.PASSED
    ordered = sorted(reasons, key=lambda each: each is not status)
    said = [reason for each in ordered for reason in reasons[each]]
    return Verdict(
        status=status,
        exit_code=_exit_code(review, status),
        reasons=(*said, *(() if failing else _passing(review, gate))),
        failing=tuple(failing),
        blocking=tuple(each.fingerprint for each in review.findings if blocks(each, gate)),
    )


def _exit_code(review: Review, status: Status) -> int:
    if review.is_interrupted:
        return exit_codes.INTERRUPTED
    return exit_codes.INPUT_ERROR if review.is_misconfigured else EXIT_CODES[status]


def _may_be_incomplete(review: Review, gate: Gate) -> bool:
    """Tell whether gaps only warn; not if models were wanted and none could be asked at all."""
    gaps = _unanswered(review)
    outages = [cell for cell in gaps if cell.is_outage]
    policies = {gate.on_outage or gate.on_incomplete} if outages or review.outages else set[Policy]()
    if set(review.gaps) - set(review.outages) or any(_unread(review)) or len(gaps) > len(outages):
        policies.add(gate.on_incomplete)
    return "fail" not in policies and not review.is_model_missing


def _blocking(review: Review, gate: Gate) -> list[str]:
    blocking = sum(blocks(finding, gate) for finding in review.findings)
    noun = "new finding" if review.baseline else "finding"
    reached = sum(gate.is_reached(finding) and counts(finding) for finding in review.findings)
    guesses = reached - blocking
    aside = f", and {guesses:,} too unsure to block" if guesses else ""
    return [f"{count(blocking, noun)} at or above {gate.shown}{aside}"] if blocking else []


def blocks(finding: Finding, gate: Gate) -> bool:
    """Tell whether the finding fails the build: it is bad and sure enough, new, and nobody accepted it."""
    return gate.is_reached(finding) and counts(finding) and is_sure(finding, gate)


def counts(finding: Finding) -> bool:
    """Tell whether the finding is new and accepted by nobody."""
    return finding.state == "new" and finding.suppression is None


def is_sure(finding: Finding, gate: Gate) -> bool:
    """Tell whether its confidence is enough: a setting decides, else a lone guess is not."""
    if gate.confidence is None or finding.is_fact:
        return not is_lone_guess(finding)
    order = list(Confidence)
    return order.index(finding.confidence) <= order.index(gate.confidence)


def is_lone_guess(finding: Finding) -> bool:
    """Tell whether one lens alone says it, with low confidence: below critical, that blocks nothing.

    To say it twice does not make it surer.
    """
    is_low = finding.confidence is Confidence.LOW and finding.severity is not Severity.CRITICAL
    return is_low and not finding.is_fact and all(each.lens == finding.lens for each in finding.merged)


def _over_budget(review: Review, gate: Gate) -> list[str]:
    reasons = []
    stopped = sum(cell.reason == BUDGET for cell in review.coverage)
    undone = [f"{_readings(stopped)} undone"] if stopped else []
    if undone or review.capped:
        left = " and ".join((*undone, *(["claims unjudged"] if review.capped else [])))
        reasons.append(f"{_cap(review, gate)} left {left}")
    elif (cap_usd := _cap_usd(review, gate)) is not None and review.bill.total_usd > cap_usd:
        bill, cap = usd(review.bill.total_usd), usd_exact(cap_usd)
        reasons.append(
            f"the bill of {bill} passed the cap of {cap}: calls used more than was reserved for them"
        )
    if absurd := sum(call.usage is not None and call.usage.is_absurd for call in review.calls):
        reasons.append(f"the server reports more tokens for {count(absurd, 'call')} than any call can have")
    if gate.fail_spend is not None and review.bill.total_usd > gate.fail_spend:
        bill, threshold = usd(review.bill.total_usd), usd_exact(gate.fail_spend)
        reasons.append(f"the bill of {bill} passed the threshold of {threshold}")
    return reasons


def _cap_usd(review: Review, gate: Gate) -> Decimal | None:
    limit = review.bill.limit
    return limit.usd if limit and limit.source == "default" else gate.max_spend


def _cap(review: Review, gate: Gate) -> str:
    """Return which money ran out, by the setting that set it."""
    limit = review.bill.limit
    return limit.name if limit else f"the cap of {usd_exact(gate.max_spend)}"


def _incomplete(review: Review) -> list[str]:
    reasons = list(review.gaps)
    reasons[:0] = _unread(review)
    if gaps := _unanswered(review):
        why = {cell.reason for cell in gaps}
        common = f": {why.pop()}" if len(why) == 1 else ""
        reasons.insert(0, f"{len(gaps):,} of {_readings(len(review.coverage))} got no answer{common}")
    return reasons


def _unanswered(review: Review) -> list[Coverage]:
    """Return the readings that models did not do, beside those that the money was not enough for."""
    if review.mode == "offline":
        return []
    return [cell for cell in review.coverage if cell.is_gap and cell.reason != BUDGET]


def _unread(review: Review) -> Iterator[str]:
    """Yield how many files nobody read, those apart that nobody was to send."""
    gaps = [(file.path, file.skip.reason) for file in review.diff.skipped if file.skip and file.skip.is_gap]
    kept = {path for path, reason in gaps if reason is SkipReason.NEVER_SENT}
    if unread := len({path for path, _ in gaps} - kept):
        yield f"{count(unread, 'file')} of the change could not be read"
    if kept:
        yield f"{count(len(kept), 'file')} of the change went to no model, as never_send says"


def _readings(number: int) -> str:
    return f"{count(number, 'reading')} of a file under a lens"


def _passing(review: Review, gate: Gate) -> list[str]:
    if review.mode == "offline":
        why = f"was asked, because {review.unasked.reason}" if review.unasked else "looked"
        return [f"no model {why}: only the free checks ran"]
    if not review.diff.reviewable:
        return ["nothing to review"]
    if gate.fail_on is None and not (gate.by_lens or gate.by_path):
        return ["findings never fail this build"]
    bad = [finding for finding in review.findings if gate.is_reached(finding)]
    noun = "new finding" if review.baseline else "finding"
    guesses = sum(counts(finding) for finding in bad)
    why = "too low confidence" if gate.confidence else "low confidence and made by one reader"
    said = f"{count(guesses, noun)} at or above {gate.shown}, of {why}" if guesses else ""
    accepted = sum(finding.suppression is not None for finding in bad)
    existing = len(bad) - guesses - accepted
    aside = (
        f"{existing:,} in the baseline" if existing else "",
        f"{accepted:,} suppressed" if accepted else "",
    )
    return ["; ".join(filter(None, (said or f"no {noun} at or above {gate.shown}", *aside)))]
