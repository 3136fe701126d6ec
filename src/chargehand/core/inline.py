"""Which findings are worth a comment of their own in a request, and which review's comments they are."""

from chargehand.core.finding import Confidence, Severity
from chargehand.core.plain_value import PlainValue

# The most that can be set. No run sends more comments than the ceiling, whatever is set and whatever fails.
MOST, CEILING = 50, 100
REVIEW_NAME = r"^([a-z0-9][a-z0-9-]{0,29})?$"


class InlineRules(PlainValue):
    """From which severity and confidence on a finding gets an inline comment, and how many a run may add.

    `name` tells the reviews of one request apart, if it has several.
    """

    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.MEDIUM
    most: int = 20
    name: str = ""
