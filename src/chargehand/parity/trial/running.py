"""Runs a comparison: every review that is not there yet, within the cap, until somebody stops it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from chargehand.app import flow
from chargehand.change import find_repository
from chargehand.core.cancellation import Cancellation
from chargehand.core.counting import count
from chargehand.core.errors import CapTooSmall, InputError
from chargehand.core.money import usd
from chargehand.core.review import Review
from chargehand.core.verdict import Status, decide
from chargehand.parity.as_run import Ends, run_of
from chargehand.parity.sample.case import Case
from chargehand.parity.trial.contender import Contender
from chargehand.parity.trial.folder import Folder, Slot
from chargehand.parity.trial.forecast import Forecast
from chargehand.parity.trial.purse import Purse
from chargehand.pipeline.progress import Progress
from chargehand.reports import json

# A batch takes up to a day, however many there are; a review that is answered at once fills the threads.
_AT_ONCE_IN_BATCHES = 16
# An estimate knows of no attempt that fails.
_SPARE = 2


class Place(NamedTuple):
    """Where a comparison runs: the folder, the environment, what tells of it, and what stops it."""

    cwd: Path
    environ: Mapping[str, str]
    say: Callable[[str], None]
    cancellation: Cancellation


class Ended(NamedTuple):
    """How far a comparison came: reviews that are done, of how many; why it stopped, empty if it did not."""

    done: int
    wanted: int
    why: str


class Work(NamedTuple):
    """A comparison to run: where it is kept, its changes and fleets, what reviews would cost, its money.

    `ends` are the commits of the changes that are of the repository here.
    """

    folder: Folder
    cases: Sequence[Case]
    ends: Mapping[str, Ends]
    fleets: Sequence[Contender]
    forecasts: Sequence[Forecast]
    purse: Purse


def run_trial(work: Work, place: Place) -> Ended:
    """Have each fleet review each change, as often as wanted, unless it did; what ended is kept at once."""
    folder, trial = work.folder, work.folder.trial()
    slots = [
        Slot(case.id, fleet, repeat)
        for repeat in range(trial.repeats)
        for case in work.cases
        for fleet in range(len(work.fleets))
    ]
    left = [slot for slot in slots if not folder.has(slot)]
    if len(left) < len(slots):
        place.say(f"{count(len(slots) - len(left), 'review')} of {len(slots):,} are there already")
    runner = _Runner(work, place, len(left), is_batch=trial.is_batch)
    with ThreadPoolExecutor(_AT_ONCE_IN_BATCHES if trial.is_batch else 1) as threads:
        list(threads.map(runner.do, left))
    return Ended(sum(map(folder.has, slots)), len(slots), runner.why)


class _Runner:
    """Does one review after the other; after the first one that cannot go on, `why` says so for all."""

    def __init__(self, work: Work, place: Place, total: int, *, is_batch: bool) -> None:
        self._work = work
        self._cases = {case.id: case for case in work.cases}
        self._high = {(each.case, each.contender): each.high_usd for each in work.forecasts}
        self._place = place
        self._checkout = find_repository(place.cwd, place.environ)
        self._is_batch = is_batch
        self._done = 0
        self._total = total
        self.why = ""

    def do(self, slot: Slot) -> None:
        """Review one change by one fleet, and keep the report."""
        self.why = self.why or str(self._place.cancellation.reason or "")
        if self.why:
            return
        drawn = self._work.purse.draw(self._wanted(slot))
        spent = Decimal(0)
        try:
            review = self._review(slot, drawn)
            spent = review.bill.total_usd
            self._keep(slot, review, drawn)
        except CapTooSmall as error:
            self.why = f"what is left of --max-spend, {usd(drawn)}, carries no further review. {error}"
        except InputError as error:  # such as a change that cannot be read
            self.why = str(error)
        finally:
            self._work.purse.give_back(drawn, spent)

    def _wanted(self, slot: Slot) -> Decimal | None:
        high = self._high.get((slot.case, self._work.fleets[slot.fleet].name))
        return high * _SPARE if self._is_batch and high is not None else None

    def _review(self, slot: Slot, cap_usd: Decimal) -> Review:
        settings = self._work.fleets[slot.fleet].settings.evolve(max_spend=cap_usd)
        ends = self._work.ends.get(slot.case)
        job = run_of(self._cases[slot.case], settings, self._checkout, ends).job
        if self._is_batch:
            job = job.evolve(batch=self._work.folder.batch_of(slot))
        place = self._place
        silent = Progress(StringIO(), verbosity=-1)
        return flow.review(
            job, cwd=place.cwd, environ=place.environ, progress=silent, cancellation=place.cancellation
        )

    def _keep(self, slot: Slot, review: Review, cap_usd: Decimal) -> None:
        verdict = decide(review, review.gate)
        is_read = not any(each.outcome in ("failed", "skipped") for each in review.coverage)
        is_whole = is_read and not review.gaps  # such as a judge who gave no answer
        if review.is_model_missing:
            self.why = "No model could be asked: " + " ".join(review.gaps or verdict.reasons)
            return
        self._work.folder.keep(slot, json.render(review, verdict), is_complete=is_whole)
        self._done += 1
        if verdict.status is Status.OVER_BUDGET:
            self.why = (
                f"what was left of --max-spend, {usd(cap_usd)}, carried only a part of a review: raise it"
            )
        elif review.is_interrupted and not self.why:
            self.why = "; ".join(verdict.reasons)
        name = self._work.fleets[slot.fleet].name
        said = count(len(review.findings), "finding")
        gap = "" if is_whole else ", not complete"
        self._place.say(
            f"[{self._done}/{self._total}] {slot.case}, {name}: {said}{gap}, {usd(review.bill.total_usd)}"
        )
