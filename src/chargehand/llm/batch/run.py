"""Has prompts answered as message batches at half price: new ones, or those that an earlier run left."""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol, TypeVar

from chargehand.core.errors import InputError, ModelError, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.money import usd
from chargehand.core.plan import Plan
from chargehand.core.prompt import Prompt
from chargehand.llm.attempts.retrying import REMEDIES, Remedy
from chargehand.llm.batch.batched import Batched, custom_id
from chargehand.llm.batch.patience import Patience
from chargehand.llm.batch.results import Ends, take_over
from chargehand.llm.batch.sending import (
    Held,
    Limits,
    Requests,
    groups,
    release,
    reserve,
    reserve_again,
    settle_unknown,
)
from chargehand.llm.batch.state_file import BatchFile, BatchState, Sent
from chargehand.llm.batch.wording import left_running, named, other_change, summary
from chargehand.llm.chain import Chain
from chargehand.llm.provider.batch_response import BatchProgress

ResultT = TypeVar("ResultT")


class Provider(Protocol):
    """Who runs batches; each method raises NoAnswer or ProviderStopped."""

    def create_batch(self, requests: Requests, /) -> BatchProgress:
        """Send prompts, by custom id."""
        ...

    def batch_progress(self, batch_id: str, requests: Requests, /) -> BatchProgress:
        """Return how far a batch is."""
        ...

    def batch_results(self, batch_id: str, requests: Requests, /) -> Ends:
        """Return how the requests of a batch that has ended went, by custom id."""
        ...


class BatchRun:
    """The batches of one run; `notices` tell of them at any time.

    What a batch costs stands in the bill of the run that takes its results over, and in no other: a run that
    leaves it gives back what it put aside, if the batch stands in the file. The lock keeps one that is left
    behind from taking over, or writing into the file, what is no longer its own.

    `pause` sleeps; `say` prints a line about the run.
    """

    def __init__(
        self,
        provider: Provider,
        file: BatchFile,
        *,
        say: Callable[[str], None] = lambda _sentence: None,
        pause: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
    ) -> None:
        self._provider = provider
        self._file = file
        self._say = say
        self._clock = clock
        self._limits = limits or Limits()
        self._patience = Patience(self._limits, pause)
        self._change = ""
        self._state: BatchState | None = None
        self._held: Held = {}
        self._is_saved = False
        self._is_left = False
        self._lock = Lock()
        self.notices: tuple[str, ...] = ()

    def open(self, change: str) -> Plan | None:
        """Return the plan of the batches that are under way for `change`, None where none are.

        Raises InputError, with nothing spent, where those in the file are of another change.
        """
        self._change = change
        self._state = self._file.read()
        if self._state is None:
            return None
        if self._state.change != change:
            raise other_change(self._state, self._file.path)
        self._is_saved = True
        self.notices = (left_running(self._state, self._file.path, is_saved=self._is_saved),)
        self._say(f"{named(self._state)} picked up from {self._file.path}")
        return self._state.plan

    def model(
        self,
        prompts: Sequence[Prompt],
        plan: Plan,
        chain: Chain,
        has_stopped: Callable[[], bool] = lambda: False,
    ) -> Batched | None:
        """Return a model that gives what batches made of `prompts`, the most valuable first.

        None where `has_stopped` was true before they ended: they stay in the file. Raises ProviderStopped
        where nothing more can be had, and they stay in the file; InputError where what is picked up does
        not fit under the cap.
        """
        self._patience.has_stopped = has_stopped
        requests = {custom_id(prompt): prompt for prompt in prompts}
        held = self._picked_up(requests, chain)
        new = reserve({name: each for name, each in requests.items() if name not in held}, chain)
        unsent = requests.keys() - held.keys() - new.keys()
        self._held = held
        self._send({name: requests[name] for name in new}, new, plan, chain)
        if self._state is None:
            return Batched(chain.attempt, {}, unsent)
        started = self._clock()
        try:
            results = self._results(self._state, requests) if self._has_ended(self._state, requests) else None
        except BaseException:  # Ctrl-C, or a provider that tells nothing more
            self._leave(chain)
            raise
        if results is None:
            self._leave(chain)
            return None
        with self._lock:
            if self._is_left:
                return None
            taken = take_over(results, self._held, chain, self._clock() - started)
            self._file.remove()
        self.notices = (summary(self._state, taken),)
        return Batched(chain.attempt, taken.ends, unsent)

    def leave_behind(self, chain: Chain) -> None:
        """Leave what stands in the file to the run that picks it up, whatever `model` is still doing."""
        with self._lock:
            self._is_left = True
            if self._is_saved:
                release(self._held, chain)

    def _picked_up(self, requests: Requests, chain: Chain) -> Held:
        if self._state is None:
            return {}
        if any(each.custom_id not in requests for each in self._state.sent):
            raise other_change(self._state, self._file.path)
        held = reserve_again(self._state.sent, requests, chain)
        if held is None:
            raise InputError(
                f"Nothing was reviewed: {named(self._state)} may cost {usd(self._state.worst_usd)}, "
                "and the cap does not leave that. Run again with the cap that it was sent under."
            )
        return held

    def _send(self, requests: Requests, held: Held, plan: Plan, chain: Chain) -> None:
        """Send the requests, as far as the provider takes them; what is sent stands in the file."""
        left = dict(held)
        try:
            for group in groups(requests, self._limits):
                batch_id = self._create(group, held, left, chain)
                with self._lock:
                    if self._is_left:
                        raise RunEnding
                    self._save(batch_id, group, held, plan)
        except ProviderStopped as error:
            if self._state is None:
                raise
            self._say(f"{len(left)} requests are in no batch: {error}")
        finally:
            release(left, chain)

    def _create(self, group: Requests, held: Held, left: Held, chain: Chain) -> str:
        """Return the id of a new batch of `group`, whose requests are taken out of `left`.

        One whose creation broke off may exist: its requests are booked at their worst case.
        """
        try:
            created = self._patience.try_again(
                lambda: self._provider.create_batch(group),
                lambda error: REMEDIES[error.failure] is Remedy.WAIT and not error.may_be_charged,
            )
        except NoAnswer as error:
            if not error.may_be_charged:
                raise ProviderStopped(
                    f"The batch was not created: {error.detail}. Run again later, or without --batch."
                ) from error
            self._give_up(group, held, left, chain)
            raise ProviderStopped(
                f"Nobody knows whether the batch was created: {error.detail}. Its {len(group)} requests "
                "stand in the bill at their worst case. Look for it in the provider's console first."
            ) from error
        except ModelError:
            raise
        except BaseException:  # Ctrl-C: what was sent may be billed
            self._give_up(group, held, left, chain)
            raise
        for name in group:
            del left[name]
        return created.id

    def _give_up(self, group: Requests, held: Held, left: Held, chain: Chain) -> None:
        settle_unknown(group, held, chain)
        for name in group:
            del left[name]

    def _save(self, batch_id: str, group: Requests, held: Held, plan: Plan) -> None:
        sent = tuple(Sent(batch=batch_id, custom_id=name, worst_usd=held[name].worst_usd) for name in group)
        before = self._state.sent if self._state else ()
        self._state = BatchState(change=self._change, plan=plan, sent=(*before, *sent))
        self._held = self._held | {name: held[name] for name in group}
        try:
            self._file.write(self._state)
            self._is_saved = True
            where = f"its state is in {self._file.path}"
        except OSError as error:
            self._is_saved = False
            where = f"its state could not be written ({error.strerror}): do not interrupt this run"
        self.notices = (left_running(self._state, self._file.path, is_saved=self._is_saved),)
        self._say(f"batch {batch_id}: {len(group)} requests sent; {where}")

    def _leave(self, chain: Chain) -> None:
        """Leave what is under way to the run that picks it up, and its cost too; if none can, it is ours."""
        with self._lock:
            if self._is_left:
                return
            self._is_left = True
            if self._is_saved:
                release(self._held, chain)
            else:
                settle_unknown(self._held, self._held, chain)

    def _has_ended(self, state: BatchState, requests: Requests) -> bool:
        """Wait until all batches have ended; return False where the run has stopped before."""
        waits = self._patience.waits()
        running = dict.fromkeys(state.batches, -1)
        while True:
            if self._patience.has_stopped():
                return False
            for batch_id, left in list(running.items()):
                progress = self._progress(batch_id, requests)
                if progress.is_ended:
                    del running[batch_id]
                elif progress.left != left:
                    running[batch_id] = progress.left
                    self._say(f"batch {batch_id}: waiting for {progress.left} requests")
            if not running:
                return True
            self._patience.rest(next(waits))

    def _progress(self, batch_id: str, requests: Requests) -> BatchProgress:
        progress = self._look(lambda: self._provider.batch_progress(batch_id, requests))
        if progress.is_ended and not progress.has_results:
            raise ProviderStopped(
                f"The provider no longer has the results of batch {batch_id}. Remove {self._file.path} and "
                "run again."
            )
        return progress

    def _results(self, state: BatchState, requests: Requests) -> Ends:
        results: Ends = {}
        for batch_id in state.batches:
            own = {each.custom_id: requests[each.custom_id] for each in state.sent if each.batch == batch_id}
            results |= self._look(lambda: self._provider.batch_results(batch_id, own))  # noqa: B023  # called at once
        return results

    def _look(self, ask: Callable[[], ResultT]) -> ResultT:
        try:
            return self._patience.try_again(ask, lambda _error: not self._patience.has_stopped())
        except NoAnswer as error:
            raise ProviderStopped(
                f"The provider told nothing of the batch, {self._limits.failures} times: {error.detail}. "
                "Run again to pick it up."
            ) from error
