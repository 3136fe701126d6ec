"""How what earlier runs spent and found is kept in a file: whole, private, and never guessed."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.files import check_space, read_plainly, refuse_links, write_whole
from chargehand.core.last_review import LastReview
from chargehand.core.value import Value

LARGEST_BYTES = 10_000_000
_MOST_USD = Decimal(10) ** 12


class Run(Value):
    """One run: its commit, and what it cost, calls of unknown end at their worst case."""

    started_at: str
    head: str | None
    spent_usd: Annotated[Decimal, Field(ge=0, le=_MOST_USD, allow_inf_nan=False)]
    unpriced: tuple[str, ...] = ()


class Subject(Value):
    """Which change is meant: the repository, and what the change is called across pushes."""

    repository: str | None
    name: str


class Entry(Value):
    """The runs on one change, oldest first, and the last of them that read all of it."""

    subject: Subject
    runs: tuple[Run, ...] = ()
    last_review: LastReview | None = None

    @property
    def last_at(self) -> str:
        """When the last run began, empty if there was none."""
        return max((run.started_at for run in self.runs), default="")


class State(Value):
    """What the file holds; `chargehand_state` is the version of the format."""

    chargehand_state: Literal[1]
    changes: tuple[Entry, ...] = ()

    def runs_on(self, subject: Subject) -> tuple[Run, ...]:
        """Return the runs on one change."""
        return tuple(run for entry in self.changes if entry.subject == subject for run in entry.runs)

    def with_run(self, subject: Subject, run: Run) -> "State":
        """Return the state with one more run on `subject`."""
        entry = self._entry(subject)
        return self._with(entry.evolve(runs=(*entry.runs, run)))

    def last_review_of(self, subject: Subject) -> LastReview | None:
        """Return the last complete review of one change, None if there was none."""
        return self._entry(subject).last_review

    def with_review(self, subject: Subject, review: LastReview) -> "State":
        """Return the state with another last review of `subject`."""
        return self._with(self._entry(subject).evolve(last_review=review))

    def kept_since(self, day: str, most_bytes: int = LARGEST_BYTES // 2) -> "State":
        """Return the state without what no run was on since `day` (`2026-11-30`).

        If the rest is too large to be read in time, those go that rested longest.
        """
        left = most_bytes
        kept: set[int] = set()
        for index in sorted(range(len(self.changes)), key=lambda n: self.changes[n].last_at, reverse=True):
            left -= len(self.changes[index].model_dump_json(indent=2))
            if not kept or (left >= 0 and self.changes[index].last_at >= day):
                kept.add(index)
        return self.evolve(changes=tuple(each for n, each in enumerate(self.changes) if n in kept))

    def _entry(self, subject: Subject) -> Entry:
        reviews = [each.last_review for each in self.changes if each.subject == subject and each.last_review]
        return Entry(
            subject=subject, runs=self.runs_on(subject), last_review=reviews[-1] if reviews else None
        )

    def _with(self, entry: Entry) -> "State":
        subjects = dict.fromkeys((*(each.subject for each in self.changes), entry.subject))
        changes = (entry if each == entry.subject else self._entry(each) for each in subjects)
        return self.evolve(changes=tuple(changes))


def read_state(path: Path) -> State:
    """Return what `path` holds; a file that is missing has seen no run yet.

    Raises InputError if it cannot be read: what is not known does not count as nothing.
    """
    try:
        return State.model_validate_json(read_plainly(path, LARGEST_BYTES))
    except FileNotFoundError:
        return State(chargehand_state=1)
    except OSError as error:
        raise InputError(
            f"Nothing was reviewed: the state file {path} cannot be read ({error.strerror}), so it is not "
            "known what earlier runs spent. Make it readable, or name another --state."
        ) from error
    except ValidationError as error:
        raise InputError(
            f"Nothing was reviewed: the state file {path} is damaged, or of another version, so "
            "it is not known what earlier runs spent. Restore it, or remove it to start again at $0."
        ) from error


def check_state(path: Path) -> None:
    """Make the folder of `path` if it is missing; raise InputError if `write_state` could not write."""
    try:
        refuse_links(path.parent)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_space(path.parent)
    except OSError as error:
        raise InputError(
            f"Nothing was reviewed: the state file {path} could not be written ({error.strerror}). "
            "Name another --state, or make its folder writable, with a megabyte free."
        ) from error


def write_state(path: Path, state: State) -> None:
    """Write the whole file, readable by its owner alone, or raise OSError. A link is replaced."""
    write_whole(path, state.model_dump_json(indent=2) + "\n", is_private=True)
