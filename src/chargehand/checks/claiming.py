"""The form in which a check makes its claims."""

from chargehand.core.diff import Line
from chargehand.core.finding import Claim, Confidence, Severity
from chargehand.lenses import rule_with_id


def claim_line(
    check: str,
    rule_id: str,
    path: str,
    line: Line,
    message: str,
    *,
    title: str = "",
    severity: Severity | None = None,
    confidence: Confidence = Confidence.HIGH,
    end_line: int = 0,
    conceal: tuple[str, ...] = (),
) -> Claim:
    """Return a claim on one added line; what is not said comes from the rule."""
    rule = rule_with_id(rule_id)
    number = line.new_number or 0
    return Claim(
        rule=rule.id,
        lens=rule.lens,
        severity=severity or rule.severity,
        confidence=confidence,
        title=title or rule.title,
        message=message,
        path=path,
        line=number,
        end_line=max(end_line, number),
        quote=line.text,
        suggestion="",
        model=f"check: {check}",
        conceal=conceal,
    )
