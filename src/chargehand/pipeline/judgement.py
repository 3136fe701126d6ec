"""What stands of the claims in the end."""

from chargehand.core.finding import Dismissed, Finding
from chargehand.core.plain_value import PlainValue
from chargehand.core.usage import Role


class Judgement(PlainValue):
    """What stands, what was put aside, and the summary; `gap` says why not all was judged, else it is empty.

    `is_capped`: that is so because no money was left; `is_outage`: because the provider was not reached.
    `reused` are the judges that were not asked because earlier runs had. `lone` is how many claims need no
    judge because each is alone, and `aside` how many need none beside graver ones. `is_unwritten`: no run
    wrote a summary of exactly what stands.
    """

    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...] = ()
    summary: str = ""
    gap: str = ""
    is_capped: bool = False
    is_outage: bool = False
    reused: tuple[Role, ...] = ()
    lone: int = 0
    aside: int = 0
    is_unwritten: bool = False
