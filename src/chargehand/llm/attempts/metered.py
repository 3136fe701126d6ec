"""A model whose every attempt is paid for: its worst case reserved before, its cost settled after."""

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from chargehand.core.errors import Failure, NoAnswer, NotAsked, ProviderStopped, RunEnding
from chargehand.core.models import capabilities
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import ANSWERED, Usage
from chargehand.cost.call_log import AttemptResult
from chargehand.cost.ledger import Count, Ledger
from chargehand.cost.prices import Prices
from chargehand.cost.reservation import Reservation, WorstCase
from chargehand.cost.served import Substitutes, billed, may_cost_more
from chargehand.llm.verification import verify


class Metered:
    """One `ask` is one attempt: reserve, send, verify, settle. An answer of no use is paid for, too.

    `count` tells the tokens of a prompt, for nothing; it is asked if that decides whether it may be sent,
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
        self._substitutes = Substitutes()

    def ask(self, prompt: Prompt) -> Reply:
        """Return a reply that answers the prompt; raise what the model raises, or OverBudget."""
        reservation = self._reserve(prompt)
        started = self._clock()
        try:
            if prompt.before_sent:
                prompt.before_sent()
            reply = self._send(reservation.prompt)
        except NotAsked:
            self._ledger.release(reservation)
            raise
        except NoAnswer as error:
            settle_failure(self._ledger, reservation, error, self._clock() - started)
            raise
        except (ProviderStopped, RunEnding):  # nothing was sent, or nothing is billed
            self._ledger.release(reservation)
            raise
        except BaseException:  # Ctrl-C, or a fault of ours: what was sent may be billed
            result = AttemptResult(Failure.CONNECTION.value, seconds=self._clock() - started)
            self._ledger.settle_at_worst(reservation, result)
            raise
        self._learn(prompt.model, reply.model)
        return settle_reply(self._ledger, self._prices, reservation, reply)

    def _send(self, prompt: Prompt) -> Reply:
        """Send; if others wait to hear who answers, as a stream, which says so when it begins."""
        if not (self._ledger.has_cap and self._ledger.is_unheard(prompt.model)):
            return self._model.ask(prompt)
        try:
            return self._model.ask(prompt.evolve(on_begin=partial(self._hear, prompt)))
        except NoAnswer as error:
            if error.failure is not Failure.REJECTED:
                raise
        # It costs nothing to find out whether the server rejects streams only.
        return self._model.ask(prompt.evolve(on_begin=None))

    def _hear(self, prompt: Prompt, served: str | None) -> None:
        if served:
            self._learn(prompt.model, served)
            self._ledger.hear(prompt.model)
        if prompt.on_begin:
            prompt.on_begin(served)

    def _learn(self, asked: str, served: str) -> None:
        """Reserve for further calls what a dearer model costs that a gateway puts in the place of `asked`."""
        if may_cost_more(asked, served, self._prices) and self._substitutes.learn(asked, served):
            self._ledger.raise_worst(asked)

    def keep(self, prompt: Prompt) -> None:
        """Keep the money of a task's first attempt from later tasks, if it has yet to be made."""
        self._ledger.keep(prompt, self._worst_case(prompt))

    def worst_case_usd(self, prompt: Prompt, room_usd: Decimal) -> Decimal | None:
        """Return the worst case of an attempt, None if no price is known.

        The prompt is counted if that may bring it down to `room_usd`.
        """
        return self._ledger.worst_case_usd(prompt, self._worst_case(prompt), room_usd, self._count)

    def _reserve(self, prompt: Prompt) -> Reservation:
        return self._ledger.reserve(prompt, self._worst_case(prompt), self._count)

    def _worst_case(self, prompt: Prompt) -> WorstCase:
        def worst(prompt_tokens: int, max_tokens: int | None = None, /) -> Decimal | None:
            asked = prompt if max_tokens is None else prompt.evolve(max_tokens=max_tokens)
            served = (prompt.model, *self._substitutes.of(prompt.model))
            costs = [_worst_usd_by(model, asked, self._prices, prompt_tokens) for model in served]
            return None if costs[0] is None else max(usd for usd in costs if usd is not None)

        return worst


def _worst_usd_by(model: str, prompt: Prompt, prices: Prices, tokens: int) -> Decimal | None:
    """Return the worst case if `model` answers a prompt of at most so many tokens of the model asked."""
    if model == prompt.model:
        return worst_case_usd(prompt, prices, None, tokens)
    theirs = prompt.evolve(model=model)
    read = -(-tokens * estimate_prompt_tokens(theirs) // estimate_prompt_tokens(prompt))
    return worst_case_usd(theirs, prices, None, read)


def _if_counted(count: Callable[[Prompt], int]) -> Count:
    def counted(prompt: Prompt) -> int | None:
        try:
            return count(prompt)
        except (NoAnswer, ProviderStopped):  # the estimate has to do
            return None

    return counted


def settle_reply(ledger: Ledger, prices: Prices, reservation: Reservation, reply: Reply) -> Reply:
    """Settle what `reply` cost and return it verified; then raise NoAnswer if it is no answer."""
    try:
        verified = verify(reservation.prompt, reply)
    except NoAnswer as error:
        _settle(ledger, prices, reservation, reply, error.failure.value)
        if error.failure is Failure.TRUNCATED:
            error.said, error.allowed_tokens = reply.text, reservation.prompt.max_tokens
        raise
    _settle(ledger, prices, reservation, reply, ANSWERED)
    return verified


def settle_failure(ledger: Ledger, reservation: Reservation, error: NoAnswer, seconds: float) -> None:
    """Settle an attempt without a reply: for nothing, or at its worst case if it may be charged."""
    result = AttemptResult(error.failure.value, seconds, cost_usd=Decimal(0), request_id=error.request_id)
    settle = ledger.settle_at_worst if error.may_be_charged else ledger.settle
    settle(reservation, result)


def worst_case_usd(
    prompt: Prompt,
    prices: Prices,
    service_tier: str | None = None,
    prompt_tokens: int | None = None,
    max_tokens: int | None = None,
) -> Decimal | None:
    """Return what is reserved for one attempt at `prompt`; None if no price is known.

    `prompt_tokens` is what the prompt is at most, its estimate if not given; `max_tokens` what bounds the
    answer, the prompt's own bound if not given.
    """
    able = capabilities(prompt.model)
    return prices.worst_case(
        estimate_prompt_tokens(prompt) if prompt_tokens is None else prompt_tokens,
        min(prompt.max_tokens if max_tokens is None else max_tokens, able.max_output_tokens),
        prompt.model,
        cache_write=prompt.cache_prefix and able.min_cache_tokens is not None,
        service_tier=service_tier,
    )


def _settle(ledger: Ledger, prices: Prices, reservation: Reservation, reply: Reply, outcome: str) -> None:
    result = AttemptResult(outcome, reply.seconds, reply.usage, request_id=reply.request_id)
    if not reply.is_charged:
        ledger.settle(reservation, result._replace(cost_usd=Decimal(0)))
    elif reply.usage is None or not _is_believed(reply, reply.usage):  # the server does not say what it took
        ledger.settle_at_worst(reservation, result._replace(usage=None))
    else:
        cost = billed(reply.usage, reservation.prompt.model, reply.model, prices)
        ledger.settle(reservation, result._replace(**cost._asdict()))


def _is_believed(reply: Reply, usage: Usage) -> bool:
    """Tell whether the usage can be that of a reply: no prompt is without tokens, nor is a text."""
    return usage.prompt_tokens > 0 and (usage.output_tokens > 0 or not reply.text)
