"""What became of the findings of earlier comments: accepted by somebody, gone, or neither."""

from collections.abc import Iterable, Mapping

from chargehand.core.waiver import Waiver
from chargehand.forges.comment import Marker
from chargehand.forges.compare import Fates
from chargehand.forges.gone import is_gone
from chargehand.forges.report import Report, StoredFinding
from chargehand.reports.markdown.markup import inline


def by_finding(report: Report, waivers: Iterable[Waiver]) -> dict[str, Waiver]:
    """Return the waivers by the first fingerprint of the finding that each is for."""
    known = {waiver.fingerprint: waiver for waiver in waivers}
    return {
        each.fingerprint: known[name]
        for each in report.findings
        for name in reversed(each.prints)
        if name in known
    }


def fates_of(report: Report, waivers: Mapping[str, Waiver]) -> Fates:
    """Return what the report and the request's waivers say of earlier comments."""

    def accepted(marker: Marker) -> str:
        finding = named_by(marker, report)
        if finding is None:
            return ""
        if waiver := waivers.get(finding.fingerprint):
            return f"{inline(waiver.shown.capitalize())}."
        return f"Accepted: {inline(finding.suppression)}" if finding.suppression is not None else ""

    def gone(marker: Marker) -> bool:
        return named_by(marker, report) is None and is_gone(marker, report)

    return Fates(accepted, gone, report.comments.name)


def named_by(marker: Marker, report: Report) -> StoredFinding | None:
    """Return the finding that a comment is about, None if the report has it no longer."""
    alike = (each for each in report.findings if marker.second and marker.second == each.fingerprint_v2)
    same = (each for each in report.findings if marker.first == each.fingerprint)
    return next(same, None) or next(alike, None)
