"""A model whose every attempt is paid for: its worst case put aside before, its cost booked after."""

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from chargehand.core.errors import Failure, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.models import capabilities
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import ANSWERED, Call
from chargehand.cost.ledger import Count, Ledger
from chargehand.cost.prices import Prices
from chargehand.cost.reservation import Reservation, WorstCase
from chargehand.llm.verification import verify


class Metered:
    """One `ask` is one attempt: put aside, send, verify, book. No answer is paid for, too.

    `count` tells the tokens of a prompt, for nothing; it is asked where that decides whether it may be sent,
    and raises as a model does.
    """

    def __init__(
        self,
        model: Model,
        ledger: Ledger,
        prices: Prices,
        clock: Callable[[], float] = time.monotonic,
        count: Callable[[Prompt], int] | None = None,
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._prices = prices
        self._clock = clock
        self._count = None if count is None else _if_counted(count)

    def ask(self, prompt: Prompt) -> Reply:
        """Return a reply that answers the prompt; raise what the model raises, or OverBudget."""
        reservation = self._reserve(prompt)
        started = self._clock()
        try:
            reply = self._model.ask(prompt)
        except NoAnswer as error:
            book_failure(self._ledger, reservation, prompt, error, self._clock() - started)
            raise
        except (ProviderStopped, RunEnding):  # nothing was sent, or nothing is billed
            self._ledger.release(reservation)
            raise
        except BaseException:  # Ctrl-C, or a fault of ours: what was sent may be billed
            call = _call(prompt, Failure.CONNECTION.value, seconds=self._clock() - started)
            self._ledger.keep(reservation, call)
            raise
        return book_reply(self._ledger, self._prices, reservation, prompt, reply)

    def quote(self, prompt: Prompt, room_usd: Decimal) -> Decimal | None:
        """Return the worst case of an attempt, None where no price is known.

        The prompt is counted if that may bring it to `room_usd`.
        """
        return self._ledger.quote(prompt, self._worst_case(prompt), room_usd, self._count)

    def _reserve(self, prompt: Prompt) -> Reservation:
        return self._ledger.reserve(prompt, self._worst_case(prompt), self._count)

    def _worst_case(self, prompt: Prompt) -> WorstCase:
        return partial(worst_case_usd, prompt, self._prices, None)


def _if_counted(count: Callable[[Prompt], int]) -> Count:
    def counted(prompt: Prompt) -> int | None:
        try:
            return count(prompt)
        except (NoAnswer, ProviderStopped):  # the estimate has to do
            return None

    return counted


def book_reply(
    ledger: Ledger, prices: Prices, reservation: Reservation, prompt: Prompt, reply: Reply
) -> Reply:
    """Book what `reply` cost and return it verified; then raise NoAnswer if it does not answer `prompt`."""
    try:
        verified = verify(prompt, reply)
    except NoAnswer as error:
        _book(ledger, prices, reservation, prompt, reply, error.failure.value)
        raise
    _book(ledger, prices, reservation, prompt, reply, ANSWERED)
    return verified


def book_failure(
    ledger: Ledger, reservation: Reservation, prompt: Prompt, error: NoAnswer, seconds: float
) -> None:
    """Book an attempt that ended without a reply: for nothing, or at its worst case if it may be charged."""
    end = error.failure.value
    call = _call(prompt, end, cost_usd=Decimal(0), seconds=seconds, request_id=error.request_id)
    book = ledger.keep if error.may_be_charged else ledger.settle
    book(reservation, call)


def worst_case_usd(
    prompt: Prompt, prices: Prices, service_tier: str | None = None, prompt_tokens: int | None = None
) -> Decimal | None:
    """Return what is put aside for one attempt at `prompt`; None where no price is known.

    `prompt_tokens` is what the prompt is at most, its estimate if not given.
    """
    able = capabilities(prompt.model)
    return prices.worst_case(
        estimate_prompt_tokens(prompt) if prompt_tokens is None else prompt_tokens,
        min(prompt.max_tokens, able.max_output_tokens),
        prompt.model,
        cache_write=prompt.cache_prefix and able.min_cache_tokens is not None,
        service_tier=service_tier,
    )


def _book(
    ledger: Ledger, prices: Prices, reservation: Reservation, prompt: Prompt, reply: Reply, outcome: str
) -> None:
    call = _call(prompt, outcome, seconds=reply.seconds, reply=reply)
    if not reply.is_charged:
        ledger.settle(reservation, call.model_copy(update={"cost_usd": Decimal(0)}))
    elif reply.usage is None:  # the server does not say what it took
        ledger.keep(reservation, call)
    else:
        cost = prices.cost(reply.usage, prompt.model)
        ledger.settle(reservation, call.model_copy(update={"cost_usd": cost}))


def _call(
    prompt: Prompt,
    outcome: str,
    *,
    seconds: float,
    reply: Reply | None = None,
    cost_usd: Decimal | None = None,
    request_id: str | None = None,
) -> Call:
    return Call(
        role=prompt.role,
        task=prompt.task,
        lens=prompt.lens,
        model=prompt.model,
        attempt=1,  # the ledger numbers them
        outcome=outcome,
        usage=reply.usage if reply else None,
        cost_usd=cost_usd,
        seconds=seconds,
        request_id=reply.request_id if reply else request_id,
    )
