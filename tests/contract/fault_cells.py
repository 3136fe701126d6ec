"""What one cell of the fault matrix asks of the run: which attempts, at what charge, and what was lost."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from tests.contract.fault_matrix import (
    ENDINGS,
    ESCALATION,
    ESCALATION_SHARE,
    FAULTS,
    ORCHESTRATOR,
    STRUCK,
    WORKER,
    Charge,
    Column,
    Ending,
    Struck,
)
from tests.contract.struck_run import PLANNED
from tests.messages_api import Fault

Attempt = tuple[str, str | None, str, str, Charge]  # role, lens, model, outcome, charge


class Cell(NamedTuple):
    """One cell of a matrix."""

    name: str
    column: Column
    word: str

    @property
    def struck(self) -> Struck:
        """What the fault makes of an attempt."""
        return FAULTS[self.name]

    @property
    def ending(self) -> Ending:
        """How the review ends."""
        return ENDINGS[self.word]

    @property
    def fault(self) -> Fault:
        """The fault, aimed."""
        return replace(self.struck.fault, **self.column.aim)  # type: ignore[arg-type]  # fields of Fault

    @property
    def struck_lenses(self) -> tuple[str, ...]:
        """The lenses whose tasks are struck, in the plan's order."""
        if self.column.stage != "worker":
            return ()
        return (STRUCK,) if "lens" in self.column.aim else PLANNED

    @property
    def lost_lenses(self) -> tuple[str, ...]:
        """The struck lenses that nobody read: the escalation model takes the first of the plan."""
        return self.struck_lenses[self.ending.saved :] if self.ending.lost else ()


def cells(table: Mapping[str, tuple[str, ...]], columns: tuple[Column, ...]) -> tuple[Cell, ...]:
    """Return the cells of a matrix, row by row."""
    return tuple(
        Cell(name, column, word)
        for name, words in table.items()
        for column, word in zip(columns, words, strict=True)
    )


def expected_calls(cell: Cell) -> Counter[Attempt]:
    """Return every attempt of the run, as the bill must hold it."""
    return Counter(_calls(cell))


def _calls(cell: Cell) -> Iterator[Attempt]:
    stage, struck = cell.column.stage, cell.struck
    yield from _attempts(cell, "plan", None, ORCHESTRATOR, is_struck=stage == "plan")
    for lens in PLANNED:
        for _ in range(struck.parts if stage == "plan" else 1):
            yield from _attempts(cell, "worker", lens, WORKER, is_struck=lens in cell.struck_lenses)
    for lens in escalated(cell):
        is_struck = cell.column.aim.get("model") != WORKER and "when" not in cell.column.aim
        yield from _attempts(cell, "escalation", lens, ESCALATION, is_struck=is_struck)
    yield from _judging(cell)


def _judging(cell: Cell) -> Iterator[Attempt]:
    """Yield who is asked about so few claims: the triage, or the orchestrator if one is grave or it fails."""
    is_struck, is_once = cell.column.stage == "judge", cell.column.aim.get("when") == "once"
    grave = len(cell.struck_lenses) if cell.ending.status == "blocked" else 0
    mild = len(PLANNED) - len(cell.lost_lenses) - grave
    is_unheard = is_struck and not cell.struck.is_answer and not (is_once and cell.struck.attempts > 1)
    if mild > 1 and not grave:
        yield from _attempts(cell, "triage", None, ESCALATION, is_struck=is_struck)
    if grave or (mild > 1 and is_unheard):
        yield from _attempts(cell, "judge", None, ORCHESTRATOR, is_struck=is_struck and not is_once)


def is_in_vain(cell: Cell) -> bool:
    """Tell whether every worker's answer is paid for and of no use, so that soon the model is not asked."""
    is_useless = cell.struck.charge == "its usage" and cell.struck.attempts > 1
    return is_useless and len(cell.struck_lenses) == len(PLANNED) and "when" not in cell.column.aim


def escalated(cell: Cell) -> tuple[str, ...]:
    """Return the lenses whose worker gave no answer, as far as the share reaches."""
    is_answered_in_the_end = cell.column.aim.get("when") == "once" and cell.struck.attempts > 1
    if cell.struck.is_answer or is_answered_in_the_end:
        return ()
    return cell.struck_lenses[: ceil(ESCALATION_SHARE * len(PLANNED))]


def _attempts(cell: Cell, role: str, lens: str | None, model: str, *, is_struck: bool) -> Iterator[Attempt]:
    """Yield the attempts at one question, until the answer or until no other is worth it."""
    struck = cell.struck
    good: Attempt = (role, lens, model, "answered", "its usage")
    bad: Attempt = (role, lens, model, struck.outcome, struck.charge)
    if not is_struck:
        yield good
    elif cell.column.aim.get("when") == "once" and struck.attempts > 1:
        yield from (bad, good)
    else:
        yield from (bad,) * struck.attempts
