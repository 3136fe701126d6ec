"""Which tasks that no worker answered the stronger model gets: the first of them, up to a share."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeGuard

from chargehand.core.plan import Failed, Outcome, Refused, Task
from chargehand.pipeline.crew import Crew


def escalate(
    outcomes: Sequence[Outcome], crew: Crew, run: Callable[[tuple[Task, ...]], Sequence[Outcome]]
) -> tuple[Outcome, ...]:
    """Return the outcomes, with how `run` ended the tasks that the stronger model gets in their places.

    It gets them in the plan's order, which no race between threads can change, and at most
    `crew.escalation_share` of all tasks, rounded up: where the worker model fails at everything, the review
    does not quietly become one by the stronger model. A task beyond that says so.
    """
    unanswered = [outcome for outcome in outcomes if can_escalate(outcome, crew)]
    most = ceil(crew.escalation_share * len(outcomes))
    chosen = tuple(outcome.task for outcome in unanswered[:most])
    ended = {outcome.task.id: outcome for outcome in run(chosen)} if chosen else {}
    ended |= {outcome.task.id: _beyond(outcome, most) for outcome in unanswered[most:]}
    return tuple(ended.get(outcome.task.id, outcome) for outcome in outcomes)


def can_escalate(outcome: Outcome, crew: Crew) -> TypeGuard[Failed | Refused]:
    """Tell whether a stronger model could still answer the task."""
    return isinstance(outcome, Failed | Refused) and outcome.model != crew.fleet.escalation


def _beyond(outcome: Failed | Refused, most: int) -> Outcome:
    stronger = f"the stronger model got {most} tasks, which is its share" if most else "none is"
    return outcome.evolve(reason=f"{outcome.reason}; not escalated: {stronger}")
