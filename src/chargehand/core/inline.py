"""Which findings are worth a comment of their own in a request, beside the summary that has all."""

from chargehand.core.finding import Confidence, Severity
from chargehand.core.plain_value import PlainValue

# The most that can be set. No run sends more comments than the ceiling, whatever is set and whatever fails.
MOST, CEILING = 50, 100


class InlineRules(PlainValue):
    """From which severity and confidence on a finding gets an inline comment, and how many a run may add."""

    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.MEDIUM
    most: int = 20
