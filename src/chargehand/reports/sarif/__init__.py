"""SARIF 2.1.0 for GitHub and GitLab: findings are results, what nobody looked at is a notification."""

import gzip
from collections.abc import Mapping, Sequence

from chargehand import __version__
from chargehand.core.change import Change
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.lenses.rule import Rule
from chargehand.reports.amounts import cost_and_target
from chargehand.reports.document import Json, as_text
from chargehand.reports.headline import exit_line
from chargehand.reports.notifications import is_complete
from chargehand.reports.places import Place, place_of
from chargehand.reports.sarif.beside import LIMIT, declared_kinds, notification, notified, placeless
from chargehand.reports.sarif.results import results_of
from chargehand.reports.sarif.rules import descriptor, rules_in

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# What GitHub calls the root of the checkout.
ROOT = "%SRCROOT%"


# GitHub refuses a run with more results or a larger file, and of what it takes it shows the worst 5,000.
MAX_RESULTS, SHOWN_RESULTS, MAX_GZIP_BYTES = 25_000, 5_000, 10_000_000


def render(review: Review, verdict: Verdict) -> str:
    """Return the log: one run, of one category."""
    text = as_text(_log(review, verdict))
    data = text.encode()
    if len(data) > MAX_GZIP_BYTES and len(gzip.compress(data, compresslevel=6)) > MAX_GZIP_BYTES:
        return as_text(_log(review, verdict, "GitHub refuses this file: it is larger than 10 MB compressed."))
    return text


def _log(review: Review, verdict: Verdict, *warnings: str) -> Json:
    rules = rules_in(review)
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    placed = [(finding, place) for finding in review.findings if (place := place_of(finding))]
    results, limits = _within_limits(placed)
    beside = [
        *notified(review),
        *(placeless(finding, indexes) for finding in review.findings if not place_of(finding)),
        *(notification(LIMIT, each) for each in (*limits, *warnings)),
    ]
    run: dict[str, Json] = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": f"{review.category}/"},
        "invocations": [_invocation(review, verdict, beside)],
        **_provenance(review.change),
        "columnKind": "unicodeCodePoints",
        "properties": _about(review),
        "results": results_of(review, results, indexes),
    }
    run_whole = _based(run) if "versionControlProvenance" in run else run
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run_whole]}


def _provenance(change: Change) -> dict[str, Json]:
    """Return which commit of which repository was reviewed; without its address SARIF has no place for it."""
    if change.pages is None or change.head is None:
        return {}
    known: dict[str, Json] = {"repositoryUri": change.pages.address, "revisionId": change.head}
    branch: dict[str, Json] = {"branch": change.branch} if change.branch else {}
    return {"versionControlProvenance": [{**known, **branch, "mappedTo": {"uriBaseId": ROOT}}]}


def _based(node: Json) -> Json:
    """Return the node with each place of a file relative to the root of the repository that is named."""
    match node:
        case Mapping():
            based = {"uriBaseId": ROOT} if "uri" in node else {}
            return {**{key: _based(each) for key, each in node.items()}, **based}
        case list() | tuple():
            return [_based(each) for each in node]
        case _:
            return node


def _driver(rules: Sequence[Rule]) -> Json:
    return {
        "name": "chargehand",
        "fullName": f"chargehand {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://github.com/chargehand/chargehand",
        "rules": [descriptor(rule) for rule in rules],
        "notifications": declared_kinds(),
    }


def _invocation(review: Review, verdict: Verdict, beside: Sequence[Json]) -> Json:
    return {
        "executionSuccessful": is_complete(review),
        "exitCode": verdict.exit_code,
        "exitCodeDescription": exit_line(review, verdict),
        "toolExecutionNotifications": beside,
    }


def _within_limits(
    placed: Sequence[tuple[Finding, Place]],
) -> tuple[Sequence[tuple[Finding, Place]], Sequence[str]]:
    if len(placed) <= SHOWN_RESULTS:
        return placed, ()
    shown = f"GitHub shows the worst {SHOWN_RESULTS:,} of these {len(placed):,} results."
    if len(placed) <= MAX_RESULTS:
        return placed, (shown,)
    worst = sorted(placed, key=lambda each: each[0].severity.rank)[:MAX_RESULTS]
    lost = f"{len(placed) - MAX_RESULTS:,} results are left out: a run holds {MAX_RESULTS:,}."
    return worst, (shown, lost)


def _about(review: Review) -> dict[str, Json]:
    """Return what SARIF has a place for only if the repository's address is known too."""
    known = {"baseCommit": review.change.base, "headCommit": review.change.head}
    known["rulesCommit"] = review.change.rules.commit
    about: dict[str, Json] = {
        "mode": review.mode,
        "rulesFrom": review.change.rules.origin,
        "cost": cost_and_target(review.bill),
    }
    return about | {name: value for name, value in known.items() if value}
