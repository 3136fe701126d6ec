"""How a model becomes the one that a review asks: limited, metered and retried."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import RunEnding
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Call
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.concurrency import ConcurrencyLimited
from chargehand.llm.attempts.health import Health
from chargehand.llm.attempts.metered import Metered
from chargehand.llm.attempts.retrying import OnFailure, Retrying


class Chain(NamedTuple):
    """What a review asks, the ledger of it, and what stops it.

    `model` answers every role: metered attempts, repeated as far as that helps. `attempt` makes one metered
    attempt; `retried` makes another model a `Retrying` of the run, which repeats what it fails to answer.
    `keep` keeps the money of a task's first attempt, which is made later. `worst_case_usd` is what an attempt
    costs at worst, its prompt counted if that may bring it to so many dollars; None if that is not known.
    """

    model: Model
    ledger: Ledger
    cancellation: Cancellation
    prices: Prices
    attempt: Model
    retried: Callable[..., Model]
    keep: Callable[[Prompt], None]
    worst_case_usd: Callable[[Prompt, Decimal], Decimal | None]


def build_chain(
    base: Model,
    prices: Prices,
    cap_usd: Decimal | None = None,
    *,
    threads: int = 8,
    cancellation: Cancellation | None = None,
    on_call: Callable[[Call], None] = lambda _call: None,
    on_failure: OnFailure = lambda _asked, _error, _wait_s: None,
    sleep: Callable[[float], object] | None = None,
    count: Callable[[Prompt], int] | None = None,
    cap: str = "",
    is_ample: bool = False,
    may_substitute: bool = False,
) -> Chain:
    """Return the chain over `base`: every attempt passes the ledger, and none is made once the run ends.

    At most `threads` attempts are under way at once. `sleep` is how it waits between attempts; without
    it, a wait ends when the run does. `count` has the provider count a prompt if that decides if it fits.
    Messages call the cap by its name in `cap`; if it `is_ample`, no task waits for another's money.
    `may_substitute`: a gateway may answer with another model than is asked.
    """
    cancellation = cancellation or Cancellation()
    ledger = Ledger(cap_usd, on_call, cap=cap, is_ample=is_ample, may_substitute=may_substitute)
    health = Health(cancellation)
    limited = ConcurrencyLimited(base, threads, cancellation, sleep=sleep, check=health.check)
    attempt = Metered(limited, ledger, prices, count=count and _until(cancellation, count))
    retried = partial(Retrying, cancellation=cancellation, sleep=sleep, on_failure=on_failure, health=health)

    def worst_case_usd(prompt: Prompt, room_usd: Decimal) -> Decimal | None:
        try:
            return cancellation.run(lambda: attempt.worst_case_usd(prompt, room_usd))
        except RunEnding:
            return None

    return Chain(
        model=retried(attempt),
        ledger=ledger,
        cancellation=cancellation,
        prices=prices,
        attempt=attempt,
        retried=retried,
        keep=attempt.keep,
        worst_case_usd=worst_case_usd,
    )


def _until(cancellation: Cancellation, count: Callable[[Prompt], int]) -> Callable[[Prompt], int]:
    def counted(prompt: Prompt) -> int:
        if cancellation.reason:
            raise RunEnding
        return count(prompt)

    return counted
