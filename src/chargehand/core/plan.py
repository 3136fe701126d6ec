"""A plan: tasks, each a lens over parts of the diff; and how each task ended."""

from typing import Literal

from chargehand.core.finding import Claim
from chargehand.core.plain_value import PlainValue


class Lens(PlainValue):
    """One way of looking at a change.

    `purpose` is one line for the planner, `instructions` all that a worker needs. `paths` are gitignore
    patterns of the files it looks at; none means every file. `model` is the worker's model for this lens
    if it is not the fleet's.
    """

    name: str
    purpose: str
    instructions: str
    paths: tuple[str, ...] = ()
    model: str | None = None


# How much of a change is read how often: all lenses in one call, each in one of its own, or each in three.
Depth = Literal["quick", "standard", "deep"]


class Reader(PlainValue):
    """Who answers a task: the lenses that it looks through, and which of several samples of them it is.

    `name` tells readers apart; the ids of its tasks begin with it.
    """

    name: str
    lenses: tuple[str, ...]
    sample: int = 1


class Excerpt(PlainValue):
    """Some hunks of one file: indexes `first` to `last` (inclusive) into its hunks, from 0.

    A file without hunks is `first=0, last=-1`. `nth` tells files of the diff with an equal path apart,
    from 0 and in the diff's order.
    """

    path: str
    nth: int = 0
    first: int
    last: int

    def holds(self, other: "Excerpt") -> bool:
        """Tell whether all of `other` is in it."""
        is_same_file = (self.path, self.nth) == (other.path, other.nth)
        return is_same_file and self.first <= other.first and other.last <= self.last


class Chunk(PlainValue):
    """Excerpts that travel in one request; `tokens` is the conservative size of their text.

    In a plan, what stands beside them is a part of it.
    """

    number: int
    excerpts: tuple[Excerpt, ...]
    tokens: int

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it holds, each once, in order."""
        return tuple(dict.fromkeys(excerpt.path for excerpt in self.excerpts))


class Task(PlainValue):
    """A reader over a chunk, and the parts of it that the task answers for; the rest of it is context.

    `id` is stable for the same plan, such as `security-2`. `hint` is what the planner would look for first.
    """

    id: str
    reader: Reader
    chunk: Chunk
    parts: tuple[Excerpt, ...]
    hint: str = ""

    @property
    def lens(self) -> str:
        """What its call is booked under: the lens, or the names of several."""
        return "+".join(self.reader.lenses)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it answers for, each once, in order."""
        return tuple(dict.fromkeys(part.path for part in self.parts))


class Plan(PlainValue):
    """The tasks, most valuable first; `note` says why a plan is not the orchestrator's own."""

    tasks: tuple[Task, ...]
    author: Literal["orchestrator", "static"]
    note: str = ""


class Reviewed(PlainValue):
    """A worker read the chunk and answered for its parts, in this run or (`is_reused`) in an earlier one.

    `left_out` is how many claims it made beyond those that it may make: the least grave ones.
    """

    task: Task
    model: str
    claims: tuple[Claim, ...]
    left_out: int = 0
    is_reused: bool = False


class Failed(PlainValue):
    """No answer was had, after every retry and the escalation; `is_outage`: the provider was not reached."""

    task: Task
    model: str
    reason: str
    is_outage: bool = False


class Refused(PlainValue):
    """The models declined to read the chunk."""

    task: Task
    model: str
    reason: str


# Why a task is skipped, beside the reasons of a cancelled run: the next attempt did not fit under the cap.
BUDGET = "budget"


class Skipped(PlainValue):
    """No model was asked; `reason` is BUDGET, or why the run was cancelled (`core/cancellation.py`)."""

    task: Task
    reason: str


Outcome = Reviewed | Failed | Refused | Skipped
