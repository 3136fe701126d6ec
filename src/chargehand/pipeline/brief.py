"""What the stages of a review work on."""

from chargehand.core.diff import Diff
from chargehand.core.finding import Finding
from chargehand.core.value import Value
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import Planning


class Brief(Value):
    """What models are asked about: the diff, who looks at it, and how it is split into tasks.

    `facts` are what free checks found already.
    """

    diff: Diff
    crew: Crew
    planning: Planning
    facts: tuple[Finding, ...] = ()
