"""How grave a tool's result is in our words, and how sure."""

from collections.abc import Iterator

from chargehand.checks.tools.shapes import Level, Marks, Result, RuleShape
from chargehand.core.finding import Confidence, Severity

# As GitHub reads a score of CVSS: from this number on.
BY_SCORE = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.0, Severity.LOW))
BY_LEVEL: dict[Level, Severity] = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "note": Severity.LOW,
    "none": Severity.LOW,
}
_BY_WORD = {"low": Confidence.LOW, "medium": Confidence.MEDIUM}


def severity_of(result: Result, rule: RuleShape) -> Severity:
    """Return the severity: by the score, else by the level, which the rule may set, else by the rank."""
    score, level = score_of(result, rule), result.level or rule.default.level
    if score is None and level is None and result.rank is not None and 0.0 <= result.rank <= 100.0:
        score = result.rank / 10
    if score is not None:
        return next(severity for least, severity in BY_SCORE if score >= least)
    return BY_LEVEL[level or "warning"]


def score_of(result: Result, rule: RuleShape) -> float | None:
    """Return the score of CVSS, 0 to 10, None if there is none."""
    for marks in (result.properties, rule.properties):
        try:
            score = float(marks.score) if marks.score is not None else None
        except ValueError:
            continue
        if score is not None and 0.0 <= score <= 10.0:
            return score
    return None


def confidence_of(result: Result, rule: RuleShape) -> Confidence:
    """Return how sure it is, by what the result says, else its rule; a tool that says nothing is sure."""
    for word in _words(result.properties, rule.properties):
        return _BY_WORD.get(word.lower(), Confidence.HIGH)
    return Confidence.HIGH


def _words(*marks: Marks) -> Iterator[str]:
    for each in marks:
        yield from filter(None, (each.confidence, each.precision))
