"""Which findings are worth a comment of their own in a request, beside the summary that has all."""

from pydantic import Field

from chargehand.core.finding import Confidence, Severity
from chargehand.core.value import Value

# The most that can be set. No run sends more comments than the ceiling, whatever is set and whatever fails.
MOST, CEILING = 50, 100


class InlineRules(Value):
    """From which severity and confidence on a finding gets an inline comment, and how many a run may add."""

    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.MEDIUM
    most: int = Field(default=20, ge=0, le=MOST)
