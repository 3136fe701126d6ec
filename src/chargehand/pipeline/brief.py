"""What the stages of a review work on."""

from chargehand.core.diff import Diff
from chargehand.core.finding import Finding
from chargehand.core.masking import NO_MASK, Mask
from chargehand.core.plain_value import PlainValue
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.stakes import Stakes


class Brief(PlainValue):
    """What models are asked about: the diff, who looks at it, and how it is split into tasks.

    The diff is masked: `mask` knows the secrets of the change, and hides them in what models say too. `facts`
    are what free checks found already, and `stakes` say which claims could fail the build.
    """

    diff: Diff
    mask: Mask = NO_MASK
    crew: Crew
    planning: Planning
    facts: tuple[Finding, ...] = ()
    stakes: Stakes = Stakes()
