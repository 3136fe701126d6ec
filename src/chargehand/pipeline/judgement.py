"""What stands of the claims in the end."""

from chargehand.core.finding import Dismissed, Finding
from chargehand.core.plain_value import PlainValue


class Judgement(PlainValue):
    """What stands, what was put aside, and the summary; `gap` says why nobody judged, else it is empty.

    `is_reused`: there were claims, and earlier runs had judged them all. `is_unwritten`: but none of them
    wrote a summary of exactly what stands. `is_outage`: nobody judged
    because the provider was not reached.
    """

    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...] = ()
    summary: str = ""
    gap: str = ""
    is_reused: bool = False
    is_unwritten: bool = False
    is_outage: bool = False
