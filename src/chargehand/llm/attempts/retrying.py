"""Whether a failed attempt is worth another, when, and with what change."""

import random
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import TypeVar

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import Failure, NoAnswer, NotAsked, OverBudget
from chargehand.core.models import capabilities
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.llm.attempts.health import USELESS, Health

AskedT = TypeVar("AskedT")
ResultT = TypeVar("ResultT")

OnFailure = Callable[[Prompt, NoAnswer, float | None], None]


class Remedy(Enum):
    """What another attempt takes."""

    WAIT = "the same question, after a wait"
    REPEAT = "the same question, at once"
    REPEAT_WITH_REASON = "the question with what was wrong, at once"
    RAISE_MAX_TOKENS = "the same question with twice the tokens, once"
    NONE = "no other attempt can help"


REMEDIES = {
    Failure.RATE_LIMITED: Remedy.WAIT,
    Failure.OVERLOADED: Remedy.WAIT,
    Failure.SERVER_ERROR: Remedy.WAIT,
    Failure.TIMEOUT: Remedy.WAIT,
    Failure.CONNECTION: Remedy.WAIT,
    Failure.EMPTY: Remedy.REPEAT,
    Failure.UNKNOWN_STOP: Remedy.REPEAT,
    Failure.INVALID: Remedy.REPEAT_WITH_REASON,
    Failure.TRUNCATED: Remedy.RAISE_MAX_TOKENS,
    Failure.REFUSED: Remedy.NONE,
    Failure.REJECTED: Remedy.NONE,
}


class RetryPolicy(Value):
    """How often, and how long to wait.

    `attempts` bounds all attempts, `paid` those that are paid for or may be: an answer of no use, a call of
    unknown end; `cut_off` those whose answer was cut off, which cost the most of all. Each backoff is
    `factor` times the one before. `longest_wait_s` is the longest `retry-after` that is obeyed.
    """

    attempts: int = 6
    paid: int = 3
    cut_off: int = 2
    first_wait_s: float = 0.5
    factor: float = 2.0
    longest_backoff_s: float = 20.0
    longest_wait_s: float = 120.0
    remedies: Mapping[Failure, Remedy] = REMEDIES

    def remedy(self, failed: Sequence[NoAnswer]) -> Remedy:
        """Return what another attempt takes after all that `failed`; NONE if these are too many."""
        paid = sum(each.may_be_charged or not self._waits_after(each) for each in failed)
        cut_off = sum(each.failure is Failure.TRUNCATED for each in failed)
        if len(failed) >= self.attempts or paid >= self.paid or cut_off >= self.cut_off:
            return Remedy.NONE
        return self.remedies[failed[-1].failure]

    def backoff_s(self, failed: Sequence[NoAnswer]) -> float:
        """Return how long to wait after all that `failed`, if the server does not say."""
        waits = sum(map(self._waits_after, failed))
        return min(self.first_wait_s * self.factor ** (waits - 1), self.longest_backoff_s)

    def _waits_after(self, error: NoAnswer) -> bool:
        return self.remedies[error.failure] is Remedy.WAIT


def retry(
    attempt: Callable[[AskedT], ResultT],
    asked: AskedT,
    again: Callable[[AskedT, Sequence[NoAnswer]], tuple[AskedT, float]],
    *,
    sleep: Callable[[float], object],
    on_failure: Callable[[AskedT, NoAnswer, float | None], None] = lambda _asked, _error, _wait_s: None,
) -> ResultT:
    """Return what the first attempt to succeed returns; this is the only retry loop.

    `again` returns what to ask next, and after how many seconds, from what was asked and all that failed; it
    raises the failure that stands if no other attempt is worth it. `on_failure` is called as `Retrying` says.
    """
    failed: list[NoAnswer] = []
    while True:
        try:
            return attempt(asked)
        except NotAsked:
            raise
        except NoAnswer as error:
            failed.append(error)
        except OverBudget as error:
            error.said = failed[-1].said if failed else ""
            raise
        try:
            following, wait_s = again(asked, failed)
        except NoAnswer as error:
            on_failure(asked, error, None)
            raise
        on_failure(asked, failed[-1], wait_s)
        if wait_s:
            sleep(wait_s)
        asked = following


class Retrying:
    """A model whose failed attempts are repeated; each attempt goes through `model` by itself.

    Waits are jittered and double each time; a `retry-after` is obeyed. No wait passes the deadline
    of `cancellation`: if one would, the failure stands. Without `sleep`, a wait ends when the run does.
    `on_failure` is called with the failure and the seconds until another attempt, None if none follows.
    `health` is what all attempts of the run say of the models; one that is not worth it is not asked, but
    for an answer that `is_at_hand`.
    """

    def __init__(
        self,
        model: Model,
        policy: RetryPolicy | None = None,
        *,
        cancellation: Cancellation | None = None,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
        on_failure: OnFailure = lambda _asked, _error, _wait_s: None,
        health: Health | None = None,
        is_at_hand: Callable[[Prompt], bool] = lambda _prompt: False,
    ) -> None:
        self._model = model
        self._policy = policy or RetryPolicy()
        self._cancellation = cancellation or Cancellation()
        self._sleep = sleep
        self._jitter = jitter
        self._on_failure = on_failure
        self._health = health or Health(self._cancellation)
        self._is_at_hand = is_at_hand

    def ask(self, prompt: Prompt) -> Reply:
        """Return the first usable reply, or raise what the last attempt raised."""
        return retry(
            partial(self._attempt, []),
            prompt,
            partial(self._again, prompt),
            sleep=partial(self._wait, prompt),
            on_failure=self._on_failure,
        )

    def _wait(self, asked: Prompt, seconds: float) -> None:
        if self._sleep:
            self._sleep(seconds)
        else:
            given_up = partial(self._health.given_up, asked.model, stands_in=_stands_in(asked))
            self._cancellation.sleep(seconds, lambda: given_up() is not None)

    def _attempt(self, in_vain: list[NoAnswer], asked: Prompt) -> Reply:
        """Ask once, if the model is worth it; `in_vain` are its useless answers."""
        if self._is_at_hand(asked):  # it is paid for, whatever the model is worth
            return self._ask(asked, in_vain)
        stands_in = _stands_in(asked)
        waits = bool(in_vain) or (stands_in and self._health.is_beside_vain(asked.model))
        with self._health.asking(asked.model, stands_in=stands_in) as take_turn:
            return self._ask(asked.evolve(before_sent=take_turn) if waits else asked, in_vain)

    def _ask(self, asked: Prompt, in_vain: list[NoAnswer]) -> Reply:
        """Ask, and have it known how that ended."""
        is_repeat, is_alone = bool(in_vain), asked.role is Role.PLAN
        try:
            reply = self._model.ask(asked)
        except NotAsked:
            raise
        except NoAnswer as error:
            if error.failure in USELESS:
                in_vain.append(error)
            self._health.learn(asked.model, error, is_repeat=is_repeat, is_alone=is_alone)
            raise
        self._health.learn(asked.model, None)
        return reply

    def _again(self, prompt: Prompt, asked: Prompt, failed: Sequence[NoAnswer]) -> tuple[Prompt, float]:
        """Return what to ask next, and after how many seconds; raise the last failure if nothing helps."""
        error, remedy = failed[-1], self._policy.remedy(failed)
        again = _remedied(prompt, asked, error, remedy)
        if again is None:
            raise error
        return again, self._wait_s(error, failed) if remedy is Remedy.WAIT else 0.0

    def _wait_s(self, error: NoAnswer, failed: Sequence[NoAnswer]) -> float:
        """Return how long to wait; raise `error`, with the reason, if that is too long."""
        backoff_s = self._policy.backoff_s(failed) * (0.5 + 0.5 * self._jitter())
        wait_s = backoff_s if error.retry_after_s is None else error.retry_after_s
        if wait_s > self._policy.longest_wait_s:
            raise _given_up(error, f"the server asks for a wait of {wait_s:.0f} s") from error
        if (left_s := self._cancellation.left_s) is not None and wait_s >= left_s:
            raise _given_up(error, f"a wait of {wait_s:.1f} s would pass the deadline") from error
        return wait_s


def _stands_in(asked: Prompt) -> bool:
    return asked.role is Role.ESCALATION


def _remedied(prompt: Prompt, asked: Prompt, error: NoAnswer, remedy: Remedy) -> Prompt | None:
    if remedy is Remedy.NONE:
        return None
    if remedy is Remedy.REPEAT_WITH_REASON:
        return asked.evolve(question=prompt.question + _reminder(error.detail))
    return _with_more_tokens(asked, error) if remedy is Remedy.RAISE_MAX_TOKENS else asked


def _reminder(reason: str) -> str:
    return (
        f"\n\nAn earlier answer to this was not usable ({reason}). Answer again, as one JSON object of the "
        "shape asked for and nothing else."
    )


def _with_more_tokens(prompt: Prompt, error: NoAnswer) -> Prompt | None:
    """Return the prompt with room for twice the answer that was cut off, or more; less would be in vain."""
    able = capabilities(prompt.model)
    room = able.context_tokens - estimate_prompt_tokens(prompt)
    had = min(error.allowed_tokens or prompt.max_tokens, prompt.max_tokens)
    doubled = min(had * 2, able.max_output_tokens, room)
    most = max(doubled, prompt.max_tokens)
    return prompt.evolve(max_tokens=most, least_tokens=doubled) if doubled > had else None


def _given_up(error: NoAnswer, why: str) -> NoAnswer:
    return NoAnswer(
        error.failure,
        f"{error.detail}; given up: {why}",
        retry_after_s=error.retry_after_s,
        may_be_charged=error.may_be_charged,
        request_id=error.request_id,
    )
