"""Has prompts answered as message batches at half price: new ones, or those that an earlier run left."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

from chargehand.core.counting import count
from chargehand.core.errors import InputError, ModelError, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.money import usd
from chargehand.core.plan import Plan
from chargehand.core.prompt import Prompt
from chargehand.llm.attempts.retrying import Remedy, RetryPolicy, retry
from chargehand.llm.batch.batched import Batched
from chargehand.llm.batch.billing import (
    Reservations,
    Results,
    release,
    reserve,
    reserve_again,
    settle_results,
    settle_unknown,
    summary,
)
from chargehand.llm.batch.requests import Limits, Requests, custom_id, groups
from chargehand.llm.batch.state_file import BatchFile, BatchState, Sent, named, other_change, still_running
from chargehand.llm.chain import Chain
from chargehand.llm.provider.batch_response import BatchProgress

AskedT = TypeVar("AskedT")
ResultT = TypeVar("ResultT")


class Provider(Protocol):
    """Who runs batches; each method raises NoAnswer or ProviderStopped."""

    def create_batch(self, requests: Requests, /) -> BatchProgress:
        """Send prompts, by custom id."""
        ...

    def batch_progress(self, batch_id: str, requests: Requests, /) -> BatchProgress:
        """Return how far a batch is."""
        ...

    def batch_results(self, batch_id: str, requests: Requests, /) -> Results:
        """Return how the requests of a batch that has ended went, by custom id."""
        ...


class BatchRun:
    """The batches of one run; `notices` describe them at any time.

    What a batch costs stands in the bill of the run that picks up its results, and in no other: a run that
    leaves it releases what it reserved, if the batch stands in the file. The lock keeps one that is left
    behind from settling, or writing into the file, what is no longer its own.

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
        self._pause = pause
        self._has_stopped: Callable[[], bool] = lambda: False
        self._change = ""
        self._state: BatchState | None = None
        self._reserved: Reservations = {}
        self._is_saved = False
        self._is_left = False
        self._lock = Lock()
        self.notices: tuple[str, ...] = ()

    def open(self, change: str) -> Plan | None:
        """Return the plan of the batches that are under way for `change`, None if none are.

        Raises InputError, with nothing spent, if those in the file are of another change.
        """
        self._change = change
        self._state = self._file.read()
        if self._state is None:
            return None
        if self._state.change != change:
            raise other_change(self._state, self._file.path)
        self._is_saved = True
        self.notices = (still_running(self._state, self._file.path, is_saved=self._is_saved),)
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

        None if `has_stopped` was true before they ended: they stay in the file. Raises ProviderStopped
        if nothing more can be had, and they stay in the file; InputError if what is picked up does not fit
        under the cap.
        """
        self._has_stopped = has_stopped
        requests = {custom_id(prompt): prompt for prompt in prompts}
        reserved = self._picked_up(requests, chain)
        new = reserve({name: each for name, each in requests.items() if name not in reserved}, chain)
        unsent = requests.keys() - reserved.keys() - new.keys()
        self._reserved = reserved
        self._send({name: requests[name] for name in new}, new, plan, chain)
        if self._state is None:
            return Batched(chain.attempt, {}, unsent)
        started = self._clock()
        try:
            results = self._results(self._state, requests) if self._has_ended(self._state, requests) else None
        except BaseException:  # Ctrl-C, or a provider that says nothing more
            self._leave(chain)
            raise
        if results is None:
            self._leave(chain)
            return None
        with self._lock:
            if self._is_left:
                return None
            settled = settle_results(results, self._reserved, chain, self._clock() - started)
            self._file.remove()
        self.notices = (summary(self._state, settled),)
        return Batched(chain.attempt, settled.results, unsent)

    def leave_behind(self, chain: Chain) -> None:
        """Leave what stands in the file to the run that picks it up, whatever `model` is still doing."""
        with self._lock:
            self._is_left = True
            if self._is_saved:
                release(self._reserved, chain)

    def _picked_up(self, requests: Requests, chain: Chain) -> Reservations:
        if self._state is None:
            return {}
        if any(each.custom_id not in requests for each in self._state.sent):
            raise other_change(self._state, self._file.path)
        reserved = reserve_again(self._state.sent, requests, chain)
        if reserved is None:
            raise InputError(
                f"Nothing was reviewed: {named(self._state)} may cost {usd(self._state.worst_usd)}, "
                "which does not fit under the cap. Run again with the cap that it was sent under."
            )
        return reserved

    def _send(self, requests: Requests, reserved: Reservations, plan: Plan, chain: Chain) -> None:
        """Send the requests, as far as the provider takes them; what is sent stands in the file."""
        left = dict(reserved)
        try:
            for group in groups(requests, self._limits):
                batch_id = self._create(group, reserved, left, chain)
                with self._lock:
                    if self._is_left:
                        raise RunEnding
                    self._save(batch_id, group, reserved, plan)
        except ProviderStopped as error:
            if self._state is None:
                raise
            self._say(f"{count(len(left), 'request')} in no batch, to be sent one by one: {error}")
        finally:
            release(left, chain)

    def _create(self, group: Requests, reserved: Reservations, left: Reservations, chain: Chain) -> str:
        """Return the id of a new batch of `group`, whose requests are taken out of `left`.

        One whose creation broke off may exist: its requests are booked at their worst case.
        """
        try:
            created = self._retried(self._provider.create_batch, group, self._limits.creation)
        except NoAnswer as error:
            if not error.may_be_charged:
                raise ProviderStopped(
                    f"The batch was not created: {error.detail}. Run again later, or without --batch."
                ) from error
            self._give_up(group, reserved, left, chain)
            raise ProviderStopped(
                f"It is not known whether the batch was created: {error.detail}. The bill holds "
                f"{count(len(group), 'request')} at the worst case. Look for the batch in the provider's "
                "console before you run again."
            ) from error
        except ModelError:
            raise
        except BaseException:  # Ctrl-C: what was sent may be billed
            self._give_up(group, reserved, left, chain)
            raise
        for name in group:
            del left[name]
        return created.id

    def _give_up(self, group: Requests, reserved: Reservations, left: Reservations, chain: Chain) -> None:
        settle_unknown(group, reserved, chain)
        for name in group:
            del left[name]

    def _save(self, batch_id: str, group: Requests, reserved: Reservations, plan: Plan) -> None:
        sent = tuple(
            Sent(batch=batch_id, custom_id=name, worst_usd=reserved[name].worst_usd) for name in group
        )
        before = self._state.sent if self._state else ()
        self._state = BatchState(change=self._change, plan=plan, sent=(*before, *sent))
        self._reserved = self._reserved | {name: reserved[name] for name in group}
        try:
            self._file.write(self._state)
            self._is_saved = True
            where = f"its state is in {self._file.path}"
        except OSError as error:
            self._is_saved = False
            where = f"its state could not be written ({error.strerror}): do not interrupt this run"
        self.notices = (still_running(self._state, self._file.path, is_saved=self._is_saved),)
        self._say(f"batch {batch_id}: {count(len(group), 'request')} sent; {where}")

    def _leave(self, chain: Chain) -> None:
        """Leave what is under way to the run that picks it up, with its cost; if none can, that is ours."""
        with self._lock:
            if self._is_left:
                return
            self._is_left = True
            if self._is_saved:
                release(self._reserved, chain)
            else:
                settle_unknown(self._reserved, self._reserved, chain)

    def _has_ended(self, state: BatchState, requests: Requests) -> bool:
        """Wait until all batches have ended; return False if the run has stopped before."""
        waits = self._limits.poll_waits()
        running = dict.fromkeys(state.batches, -1)
        while True:
            if self._has_stopped():
                return False
            for batch_id, left in list(running.items()):
                progress = self._progress(batch_id, requests)
                if progress.is_ended:
                    del running[batch_id]
                elif progress.left != left:
                    running[batch_id] = progress.left
                    self._say(f"batch {batch_id}: waiting for {count(progress.left, 'request')}")
            if not running:
                return True
            self._sleep(next(waits))

    def _progress(self, batch_id: str, requests: Requests) -> BatchProgress:
        progress = self._look(self._provider.batch_progress, batch_id, requests)
        if progress.is_ended and not progress.has_results:
            raise ProviderStopped(
                f"The provider no longer has the results of batch {batch_id}. Remove {self._file.path} and "
                "run again."
            )
        return progress

    def _results(self, state: BatchState, requests: Requests) -> Results:
        results: Results = {}
        for batch_id in state.batches:
            own = {each.custom_id: requests[each.custom_id] for each in state.sent if each.batch == batch_id}
            results |= self._look(self._provider.batch_results, batch_id, own)
        return results

    def _look(self, look: Callable[[str, Requests], ResultT], batch_id: str, requests: Requests) -> ResultT:
        try:
            return self._retried(lambda each: look(each, requests), batch_id, self._limits.polling)
        except NoAnswer as error:
            raise ProviderStopped(
                f"The provider could not say how far the batch is, {self._limits.failures} times in a row: "
                f"{error.detail}. Run again to pick up the results."
            ) from error

    def _retried(self, attempt: Callable[[AskedT], ResultT], asked: AskedT, policy: RetryPolicy) -> ResultT:
        return retry(attempt, asked, partial(self._again, policy), sleep=self._sleep)

    def _again(self, policy: RetryPolicy, asked: AskedT, failed: Sequence[NoAnswer]) -> tuple[AskedT, float]:
        """Return what to ask again and after how many seconds; raise the last failure if it is not worth it.

        A batch takes hours: a `retry-after` never shortens a wait, and a senseless one does not end it.
        """
        error = failed[-1]
        if self._has_stopped() or policy.remedy(failed) is not Remedy.WAIT:
            raise error
        wait_s = max(policy.backoff_s(failed), error.retry_after_s or 0.0)
        return asked, min(wait_s, policy.longest_wait_s)

    def _sleep(self, seconds: float) -> None:
        """Sleep in slices, so that a run that has stopped is not held up."""
        while seconds > 0 and not self._has_stopped():
            self._pause(min(seconds, self._limits.slice_s))
            seconds -= self._limits.slice_s
