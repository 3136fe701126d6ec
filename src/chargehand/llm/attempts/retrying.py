"""Whether a failed attempt is worth another, when, and with what change."""

import random
from collections.abc import Callable, Sequence
from enum import Enum

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.models import capabilities
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.value import Value

OnFailure = Callable[[Prompt, NoAnswer, float | None], None]


class Remedy(Enum):
    """What another attempt takes."""

    WAIT = "the same question, after a wait"
    REPEAT = "the same question, at once"
    REPEAT_WITH_REASON = "the question with what was wrong, at once"
    RAISE_MAX_TOKENS = "the same question with twice the tokens, at once"
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

    `attempts` bounds all attempts at one prompt, `paid` those that are paid for or may be: an answer of no
    use, a call of unknown end. `longest_wait_s` is the longest `retry-after` that is obeyed.
    """

    attempts: int = 6
    paid: int = 3
    first_wait_s: float = 0.5
    longest_backoff_s: float = 20.0
    longest_wait_s: float = 120.0


class Retrying:
    """The only retry layer; each attempt goes through `model` by itself.

    Waits are jittered and double each time; a `retry-after` is obeyed. No wait passes the deadline
    of `cancellation`: if one would, the failure stands. Without `sleep`, a wait ends when the run does.
    `on_failure` hears why an attempt failed and in how many seconds another follows, None where none does.
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
    ) -> None:
        self._model = model
        self._policy = policy or RetryPolicy()
        self._cancellation = cancellation or Cancellation()
        self._sleep = sleep or self._cancellation.sleep
        self._jitter = jitter
        self._on_failure = on_failure

    def ask(self, prompt: Prompt) -> Reply:
        """Return the first usable reply, or raise what the last attempt raised."""
        failed: list[NoAnswer] = []
        asked = prompt
        while isinstance(end := self._attempt(asked), NoAnswer):
            failed.append(end)
            asked = self._next(prompt, asked, failed)
        return end

    def _attempt(self, prompt: Prompt) -> Reply | NoAnswer:
        try:
            return self._model.ask(prompt)
        except NoAnswer as error:
            return error

    def _next(self, prompt: Prompt, asked: Prompt, failed: Sequence[NoAnswer]) -> Prompt:
        """Return what to ask now, when it is time; raise the last failure if no other is worth it."""
        try:
            again, wait_s = self._again(prompt, asked, failed)
        except NoAnswer as error:
            self._on_failure(asked, error, None)
            raise
        self._on_failure(asked, failed[-1], wait_s)
        if wait_s:
            self._sleep(wait_s)
        return again

    def _again(self, prompt: Prompt, asked: Prompt, failed: Sequence[NoAnswer]) -> tuple[Prompt, float]:
        """Return what to ask next, and after how many seconds; raise as `_next` does."""
        error = failed[-1]
        remedy = REMEDIES[error.failure]
        again = None if self._is_spent(failed) else _remedied(prompt, asked, error, remedy)
        if again is None:
            raise error
        waits = sum(REMEDIES[each.failure] is Remedy.WAIT for each in failed)
        return again, self._due_s(error, waits) if remedy is Remedy.WAIT else 0.0

    def _is_spent(self, failed: Sequence[NoAnswer]) -> bool:
        paid = sum(each.may_be_charged or REMEDIES[each.failure] is not Remedy.WAIT for each in failed)
        return len(failed) >= self._policy.attempts or paid >= self._policy.paid

    def _due_s(self, error: NoAnswer, waits: int) -> float:
        """Return how long to wait, or raise `error` again where that is too long."""
        wait_s = self._backoff(waits) if error.retry_after_s is None else error.retry_after_s
        if wait_s > self._policy.longest_wait_s:
            raise _given_up(error, f"the server asks for a wait of {wait_s:.0f} s") from error
        if (left_s := self._cancellation.left_s) is not None and wait_s >= left_s:
            raise _given_up(error, f"a wait of {wait_s:.1f} s would pass the deadline") from error
        return wait_s

    def _backoff(self, waits: int) -> float:
        longest = min(self._policy.first_wait_s * 2.0 ** (waits - 1), self._policy.longest_backoff_s)
        return longest * (0.5 + 0.5 * self._jitter())


def _remedied(prompt: Prompt, asked: Prompt, error: NoAnswer, remedy: Remedy) -> Prompt | None:
    if remedy is Remedy.NONE:
        return None
    if remedy is Remedy.REPEAT_WITH_REASON:
        return asked.evolve(question=prompt.question + _reminder(error.detail))
    return _with_more_tokens(asked) if remedy is Remedy.RAISE_MAX_TOKENS else asked


def _reminder(reason: str) -> str:
    return (
        f"\n\nAn earlier answer to this was not usable ({reason}). Answer again, as one JSON object of the "
        "shape asked for and nothing else."
    )


def _with_more_tokens(prompt: Prompt) -> Prompt | None:
    able = capabilities(prompt.model)
    room = able.context_tokens - estimate_prompt_tokens(prompt)
    doubled = min(prompt.max_tokens * 2, able.max_output_tokens, room)
    return prompt.evolve(max_tokens=doubled) if doubled > prompt.max_tokens else None


def _given_up(error: NoAnswer, why: str) -> NoAnswer:
    return NoAnswer(
        error.failure,
        f"{error.detail}; given up: {why}",
        retry_after_s=error.retry_after_s,
        may_be_charged=error.may_be_charged,
        request_id=error.request_id,
    )
