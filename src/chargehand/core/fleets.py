"""Which three models work together."""

from chargehand.core.plain_value import PlainValue


class Fleet(PlainValue):
    """A model for each role; `name` is how the configuration calls it."""

    name: str
    orchestrator: str
    worker: str
    escalation: str


FLEETS = {
    fleet.name: fleet
    for fleet in (
        Fleet(
            name="5",
            orchestrator="claude-opus-5-5",
            worker="claude-haiku-5-5",
            escalation="claude-sonnet-5-5",
        ),
        Fleet(
            name="4",
            orchestrator="claude-opus-4-7",
            worker="claude-haiku-4-5-20251001",
            escalation="claude-sonnet-4-6",
        ),
    )
}
