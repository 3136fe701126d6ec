"""What is kept of a comparison: which one it is, its changes, and a report of every review."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from chargehand import __version__
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_bounded, refuse_links, write_whole
from chargehand.core.shape import to_json
from chargehand.core.value import Value
from chargehand.parity.sample.case import Case
from chargehand.parity.sample.file import as_lines, read_sample
from chargehand.parity.trial.contender import Contender

_TRIAL, _SAMPLE, _REVIEWS = "trial.json", "sample.jsonl", "reviews"
_NAME = re.compile(r"([0-9a-f]{16})-([0-9]{1,3})-([0-9]{1,4})(\.incomplete-[0-9]+)?\.json")
_MOST_BYTES = 64 * 1024 * 1024


class Fleet(Value):
    """A fleet that is compared: its name, its models by role and lens, and a digest of all its settings."""

    name: str
    models: dict[str, str]
    settings: str


class Trial(Value):
    """Which comparison a folder holds; the first fleet is the one that all others are measured by.

    Of so many of its changes models are shown what is `beside` them in their repository.
    """

    schema_version: Literal[1] = 1
    version: str = __version__
    sample: str
    fleets: tuple[Fleet, ...]
    repeats: int
    is_batch: bool = False
    beside: int = 0


class Slot(NamedTuple):
    """One review of a comparison: which change, by which of the fleets, for the how manieth time, from 0."""

    case: str
    fleet: int
    repeat: int

    @property
    def name(self) -> str:
        """How its files are called."""
        return f"{_digest(self.case)[:16]}-{self.fleet}-{self.repeat}"


class Folder(NamedTuple):
    """The folder of a comparison."""

    path: Path

    def begin(self, trial: Trial, cases: Sequence[Case]) -> None:
        """Make the folder, or find it as an earlier start left it; InputError if it holds something else."""
        if (self.path / _TRIAL).exists():
            there = self.trial()
            if there.evolve(version=trial.version) != trial:
                raise InputError(
                    f"Nothing was compared: {self.path} holds another comparison: of another sample, other "
                    "fleets or settings, or in another repository. Name another folder, or go on with what "
                    "that one began with."
                )
            return
        try:
            refuse_links(self.path)
            (self.path / _REVIEWS).mkdir(parents=True, exist_ok=True)
            write_whole(self.path / _SAMPLE, as_lines(cases))
            write_whole(self.path / _TRIAL, trial.model_dump_json(indent=2))
        except OSError as error:
            raise InputError(
                f"Nothing was compared: {self.path} cannot be written to ({error.strerror})."
            ) from error

    def trial(self) -> Trial:
        """Return which comparison this is; InputError if it is none."""
        try:
            return Trial.model_validate_json(read_bounded(self.path / _TRIAL, _MOST_BYTES))
        except (OSError, ValidationError) as error:
            raise InputError(
                f"Nothing was compared: {self.path} holds no comparison. `chargehand parity run` makes one."
            ) from error

    def cases(self) -> tuple[Case, ...]:
        """Return the changes that are compared."""
        return read_sample(self.path / _SAMPLE)

    def batch_of(self, slot: Slot) -> Path:
        """Return where the batch of a review is recorded."""
        return self.path / f"{slot.name}.batch.json"

    def keep(self, slot: Slot, report: str, *, is_complete: bool) -> None:
        """Write down what a review said; one that is not complete does not end its slot, but is counted."""
        path = self.path / _REVIEWS / f"{slot.name}.json"
        if not is_complete:
            path = next(each for each in _unused(self.path / _REVIEWS, slot.name) if not each.exists())
        try:
            write_whole(path, report, is_durable=True)
        except OSError as error:
            raise ChargehandError(
                f"The comparison stopped: {path} was not written ({error.strerror}). Make room, "
                "and start it again."
            ) from error

    def has(self, slot: Slot) -> bool:
        """Tell whether this review is there, and complete."""
        return (self.path / _REVIEWS / f"{slot.name}.json").exists()

    def reports(self, cases: Sequence[Case]) -> Iterator[tuple[Slot, bool, bytes]]:
        """Yield what is there: of which review, whether it is complete, and the report; in a fixed order."""
        by_digest = {_digest(case.id)[:16]: case.id for case in cases}
        for path in sorted((self.path / _REVIEWS).glob("*.json")):
            found = _NAME.fullmatch(path.name)
            if found and found[1] in by_digest:
                slot = Slot(by_digest[found[1]], int(found[2]), int(found[3]))
                yield slot, not found[4], _content(path)


def trial_of(
    cases: Sequence[Case], fleets: Sequence[Contender], repeats: int, beside: int, *, is_batch: bool
) -> Trial:
    """Return the comparison that these make."""
    kept = [
        Fleet(
            name=each.name,
            models=each.models,
            settings=_digest(to_json(each.settings.evolve(max_spend=None))),
        )
        for each in fleets
    ]
    return Trial(
        sample=_digest(as_lines(cases)),
        fleets=tuple(kept),
        repeats=repeats,
        is_batch=is_batch,
        beside=beside,
    )


def _unused(folder: Path, name: str) -> Iterator[Path]:
    return (folder / f"{name}.incomplete-{number}.json" for number in range(10_000))


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path, _MOST_BYTES)
    except OSError as error:
        raise InputError(f"Nothing was scored: {one_line(str(path))} cannot be read.") from error


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
