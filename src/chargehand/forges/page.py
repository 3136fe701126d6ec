"""What the summary has to tell, by the report and by what stands in the request now."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from chargehand.core.change import CodePages
from chargehand.core.waiver import Waived
from chargehand.forges.comment import Conclusion, Posted
from chargehand.forges.compare import of_findings, paired, the_summary
from chargehand.forges.fates import by_finding
from chargehand.forges.report import Report, StoredFinding
from chargehand.forges.summary import Page
from chargehand.forges.wanted import is_open, marker_of, worth_a_comment
from chargehand.forges.words import Reviewed


def page_of(
    report: Report,
    conclusion: Conclusion,
    accepted: Waived,
    posted: Sequence[Posted],
    pending: Collection[str],
    pages: CodePages | None = None,
) -> Page:
    """Return the page; a finding that has a comment of its own, whatever became of it, is only counted.

    `pending` are first fingerprints of findings that still are to have one: the next run tries again. `pages`
    are where people read the code.
    """
    waivers = by_finding(report, accepted.waivers)
    review = report.comments.name
    comments = of_findings(posted, review)
    groups = paired([marker_of(each, report) for each in report.findings], comments)
    standing = [
        (each, group) for each, group in zip(report.findings, groups, strict=True) if is_open(each, waivers)
    ]
    beside = [each for each, group in standing if group]
    here = [each for each, group in standing if not group]
    earlier = the_summary(posted, review)
    known = _merged([each.marker.key for each in comments], earlier.marker.known if earlier else ())
    alone = {each.fingerprint for each in here}
    worth = [each for each in worth_a_comment(report, waivers) if each.fingerprint in alone]
    deleted = {each.fingerprint for each in worth if not set(known).isdisjoint(each.prints)}
    told = [_key(each) for each in worth if each.fingerprint not in {*deleted, *pending}]
    found = {one.id for group in groups for one in group}
    lost = [each for each in comments if each.id not in found and each.marker.review == review]
    return Page(
        report=report,
        reviewed=Reviewed(report.change.head or "", pages),
        conclusion=conclusion,
        beside=beside,
        here=_by_severity(here),
        waivers=waivers,
        refused=(*accepted.refused, *_of_nothing(report, accepted, posted)),
        gone=sum(each.marker.is_folded for each in lost),
        unseen=sum(not each.marker.is_folded for each in lost),
        deleted=len(deleted),
        known=known,
        told=_merged(told, earlier.marker.told if earlier else ()),
    )


def _of_nothing(report: Report, accepted: Waived, posted: Sequence[Posted]) -> Iterator[str]:
    """Yield a sentence for each waiver of what is neither found nor was commented on: a slip of the pen.

    What another review of the request found may stand in its summary alone, which does not list all of it.
    """
    if any(each.marker.review != report.comments.name for each in posted):
        return
    found = {name for each in report.findings for name in each.prints}
    found.update(name for each in posted for name in (each.marker.first, each.marker.second))
    for each in accepted.waivers:
        if each.fingerprint not in found:
            yield f"The waiver of {each.by} names {each.fingerprint}, the fingerprint of nothing here."


def _key(finding: StoredFinding) -> str:
    return finding.fingerprint_v2 or finding.fingerprint


def _merged(new: Iterable[str], old: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*new, *old)))


def _by_severity(findings: Iterable[StoredFinding]) -> list[StoredFinding]:
    return sorted(findings, key=lambda each: each.severity.rank)
