"""What is right when something goes wrong: for each fault, at each stage, once or always.

Written by hand from the promises of docs/reliability.md and docs/cost.md; no run was asked. FAULTS tells what
one struck attempt is and costs, MATRIX and SAVED how the review ends, ENDINGS what the words in them mean.
fault_cells.py only puts these together.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tests.messages_api import Fault, FaultKind

ORCHESTRATOR, WORKER, ESCALATION = "claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-5-5"
# The lens whose task is struck where one is.
STRUCK = "security"
ESCALATION_SHARE = 0.3
RETRY_AFTER_S, TIMEOUT_S, HANG_S = 7.0, 0.5, 20.0

Charge = Literal["nothing", "its usage", "its worst case"]
Aim = Mapping[str, str]


class Struck(NamedTuple):
    """A fault: what an attempt that it strikes is booked as, and how often a model is asked if it stays.

    `is_answer`: what came fits the question's form, so nobody asks again. `parts` is into how many tasks a
    lens falls after a plan that this fault struck.
    """

    fault: Fault
    outcome: str
    charge: Charge
    attempts: int
    is_answer: bool = False
    parts: int = 1


FAULTS = {
    # Turned away at the door: no work was done, so nothing is due.
    "429 with retry-after": Struck(
        Fault(FaultKind.RATE_LIMITED, retry_after_s=RETRY_AFTER_S), "rate_limited", "nothing", 6
    ),
    "429 without": Struck(Fault(FaultKind.RATE_LIMITED), "rate_limited", "nothing", 6),
    "500": Struck(Fault(FaultKind.SERVER_ERROR), "server_error", "nothing", 6),
    "529": Struck(Fault(FaultKind.OVERLOADED), "overloaded", "nothing", 6),
    # Nobody knows whether the provider did the work, so all of it may be due: three attempts at most.
    "timeout": Struck(Fault(FaultKind.TIMEOUT, hang_s=HANG_S), "timeout", "its worst case", 3),
    "reset before the answer": Struck(Fault(FaultKind.RESET_BEFORE), "connection", "its worst case", 3),
    "reset during the answer": Struck(Fault(FaultKind.RESET_MID), "connection", "its worst case", 3),
    # A reply that is of no use is paid for all the same.
    "truncated": Struck(Fault(FaultKind.TRUNCATED), "truncated", "its usage", 2),
    "garbage JSON": Struck(Fault(FaultKind.GARBAGE), "invalid", "its usage", 3),
    "empty": Struck(Fault(FaultKind.EMPTY), "empty", "its usage", 3),
    "unknown stop reason": Struck(Fault(FaultKind.UNKNOWN_STOP), "unknown_stop", "its usage", 3),
    # The same model would decline again. Only a refusal without any output is free.
    "refused, no text": Struck(Fault(FaultKind.REFUSED), "refused", "nothing", 1),
    "refused, with text": Struck(Fault(FaultKind.REFUSED_WITH_TEXT), "refused", "its usage", 1),
    # Answers, as far as the form goes.
    "schema-valid nonsense": Struck(Fault(FaultKind.NONSENSE), "answered", "its usage", 1, is_answer=True),
    "wrong path": Struck(Fault(FaultKind.WRONG_PLACE), "answered", "its usage", 1, is_answer=True, parts=2),
    "unknown block type": Struck(Fault(FaultKind.UNKNOWN_BLOCK), "answered", "its usage", 1, is_answer=True),
    # What it took is not said, so all that it may have taken counts.
    "usage missing": Struck(Fault(FaultKind.USAGE_MISSING), "answered", "its worst case", 1, is_answer=True),
}


class Ending(NamedTuple):
    """How a review ends. Of the struck tasks the escalation model read `saved`, and the others are `lost`.

    `anchor` is where the claims of struck workers stand whose answer was taken.
    """

    status: Literal["passed", "blocked", "incomplete"]
    exit_code: int
    means: str
    saved: int = 0
    lost: Literal["failed", "refused"] | None = None
    anchor: Literal["line", "file", "summary"] = "line"
    is_planned: bool = True
    is_ruled: bool = True


ENDINGS = {
    "passed": Ending("passed", 0, "As without the fault: the same findings, rulings and coverage."),
    "static plan": Ending(
        "passed",
        0,
        "Code makes the plan, and a notice says so. All else as without the fault.",
        is_planned=False,
    ),
    "completed": Ending(
        "passed",
        0,
        "Code adds to the plan what it leaves out and drops what does not exist. All else as "
        "without the fault.",
    ),
    "escalated": Ending("passed", 0, "The escalation model reads what the worker did not.", saved=1),
    "no rulings": Ending(
        "passed", 0, "Rulings on claims that do not exist are dropped: every claim stands.", is_ruled=False
    ),
    "no place": Ending(
        "blocked",
        1,
        "The claim is about no file of the change: it stands in the summary, at no file or "
        "line. Its severity counts.",
        anchor="summary",
    ),
    "no line": Ending(
        "blocked",
        1,
        "The claim quotes nothing that is in its file: it stands at the file, at no line. Its "
        "severity counts.",
        anchor="file",
    ),
    "unjudged": Ending(
        "incomplete", 3, "Every claim stands, and the verdict says that nobody judged them.", is_ruled=False
    ),
    "failed": Ending(
        "incomplete", 3, "Nobody read the files under the struck lenses: `failed`.", lost="failed"
    ),
    "refused": Ending("incomplete", 3, "The models declined: `refused`.", lost="refused"),
    "3 of 5 failed": Ending(
        "incomplete",
        3,
        "The escalation model reads as many tasks as its share allows; the others are "
        "`failed`, and their reason says so.",
        saved=2,
        lost="failed",
    ),
    "3 of 5 refused": Ending("incomplete", 3, "The same with `refused`.", saved=2, lost="refused"),
}


class Column(NamedTuple):
    """Whom a fault strikes, and how often."""

    stage: Literal["plan", "worker", "judge"]
    title: str
    aim: Aim


COLUMNS = (
    Column("plan", "once", {"role": "plan", "when": "once"}),
    Column("plan", "always", {"role": "plan"}),
    Column("worker", "once", {"role": "worker", "lens": STRUCK, "when": "once"}),
    # Every task, and both models that read: the worker, and the one that it is escalated to.
    Column("worker", "always", {"role": "worker"}),
    Column("judge", "once", {"role": "judge", "when": "once"}),
    Column("judge", "always", {"role": "judge"}),
)
# Where the escalation model is well.
SAVED_COLUMNS = (
    Column("worker", "one task", {"role": "worker", "model": WORKER, "lens": STRUCK}),
    Column("worker", "every task", {"role": "worker", "model": WORKER}),
)

_MATRIX = """
                        | plan                      | worker                | judge
                        | once        | always      | once      | always    | once       | always
429 with retry-after    | passed      | static plan | passed    | failed    | passed     | unjudged
429 without             | passed      | static plan | passed    | failed    | passed     | unjudged
500                     | passed      | static plan | passed    | failed    | passed     | unjudged
529                     | passed      | static plan | passed    | failed    | passed     | unjudged
timeout                 | passed      | static plan | passed    | failed    | passed     | unjudged
reset before the answer | passed      | static plan | passed    | failed    | passed     | unjudged
reset during the answer | passed      | static plan | passed    | failed    | passed     | unjudged
truncated               | passed      | static plan | passed    | failed    | passed     | unjudged
garbage JSON            | passed      | static plan | passed    | failed    | passed     | unjudged
empty                   | passed      | static plan | passed    | failed    | passed     | unjudged
unknown stop reason     | passed      | static plan | passed    | failed    | passed     | unjudged
refused, no text        | static plan | static plan | escalated | refused   | passed     | unjudged
refused, with text      | static plan | static plan | escalated | refused   | passed     | unjudged
schema-valid nonsense   | completed   | completed   | no place  | no place  | no rulings | no rulings
wrong path              | completed   | completed   | no line   | no line   | no rulings | no rulings
unknown block type      | passed      | passed      | passed    | passed    | passed     | passed
usage missing           | passed      | passed      | passed    | passed    | passed     | passed
"""

_SAVED = """
                        | one task  | every task
429 with retry-after    | escalated | 3 of 5 failed
429 without             | escalated | 3 of 5 failed
500                     | escalated | 3 of 5 failed
529                     | escalated | 3 of 5 failed
timeout                 | escalated | 3 of 5 failed
reset before the answer | escalated | 3 of 5 failed
reset during the answer | escalated | 3 of 5 failed
truncated               | escalated | 3 of 5 failed
garbage JSON            | escalated | 3 of 5 failed
empty                   | escalated | 3 of 5 failed
unknown stop reason     | escalated | 3 of 5 failed
refused, no text        | escalated | 3 of 5 refused
refused, with text      | escalated | 3 of 5 refused
"""


def _words(table: str) -> dict[str, tuple[str, ...]]:
    """Return the words of each row below the heading, by the row's name."""
    rows = ([cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines())
    return {name: tuple(words) for name, *words in rows if name}


MATRIX = _words(_MATRIX)
SAVED = _words(_SAVED)
