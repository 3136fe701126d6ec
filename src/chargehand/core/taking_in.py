"""What a finding becomes that takes in another one, since both say the same."""

from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, Merged, noted, regrade


def take_in(finding: Finding, other: Finding, reason: str = "") -> Finding:
    """Return the finding with what the other one says; the worse severity stands, and it is said why."""
    said = Merged(
        rule=other.rule,
        lens=other.lens,
        severity=other.severity,
        title=other.title,
        message=other.message,
        path="" if other.anchor == "summary" else other.path,
        line=other.start_line,
        model=other.model,
        reason=reason,
    )
    samples = tuple(sorted({*finding.samples, *other.samples}))
    merged = (*finding.merged, said, *other.merged)
    whole = _with_suggestion_of(other, finding.evolve(merged=merged, samples=samples))
    if other.note:
        whole = noted(whole, f"{other.rule}: {other.note}")
    if finding.severity.is_at_least(other.severity):
        return whole
    why = f"{other.rule} says the same, and was graded {other.severity.value}"
    return regrade(whole, other.severity, why)


def _with_suggestion_of(other: Finding, finding: Finding) -> Finding:
    """Return the finding with the other one's suggestion if it has none, else with a word about it.

    A suggestion has lines of its own, and both are about one defect. But what a check found shows no code
    that a model made up, and a finding suggests code for its own file only.
    """
    suggestion = other.suggestion
    if suggestion is None or suggestion == finding.suggestion:
        return finding
    if finding.suggestion is None and finding.path == other.path and not finding.is_fact:
        return finding.evolve(suggestion=suggestion)
    is_elsewhere = finding.path != other.path
    where = f"{one_line(other.path)}:" if is_elsewhere else "line "
    return noted(finding, f"a suggestion for {where}{suggestion.start_line} by {other.rule} is not shown")
