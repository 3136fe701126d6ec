"""What the calls of a review use in each course that it may take: as expected, and as much as may well be."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from chargehand.budget.forecast import Cache, ForecastRequest
from chargehand.core.usage import BATCH, Role, Usage
from chargehand.core.value import Value
from chargehand.cost.assumptions import ASSUMED, thinking, written
from chargehand.cost.counterfactuals import EMPTY_ANSWER_TOKENS
from chargehand.cost.prices import Prices

# How much longer than assumed an answer may well be.
_TIMES_THE_USUAL = 2
_HALF, _CHANCE = Decimal("0.5"), Decimal("0.0001")


class ForecastCall(Value):
    """A call that a review would make, as if it had been answered; `cost_usd` None: no price is known.

    `chance` is how probable it is that the call is made, from 0 to 1. Its usage and cost are means over the
    reviews that make it and those that do not.
    """

    role: Role
    task: str
    lens: str | None
    model: str
    usage: Usage
    cost_usd: Decimal | None
    chance: Decimal = Decimal(1)

    @property
    def paid_model(self) -> str:
        """Nobody else answers in a forecast."""
        return self.model

    @property
    def is_answered(self) -> bool:
        """No attempt fails in a forecast."""
        return True

    @property
    def is_reused(self) -> bool:
        """What an earlier run has answered is in no forecast."""
        return False


def usual_calls(
    requests: Sequence[ForecastRequest], claims: Decimal, prices: Prices, *, is_batch: bool = False
) -> list[ForecastCall]:
    """Return the calls as they will probably go, with the claims spread evenly over the tasks.

    In a batch nothing is cached.
    """
    tasks = sum(request.role is Role.WORKER for request in requests)
    calls = []
    for request in requests:
        thought = thinking(request.model, request.role, request.effort)
        said = written(_said_tokens(request, claims / max(tasks, 1)), request.model)
        in_batch = is_batch and request.role is Role.WORKER
        cache: Cache = "none" if in_batch else request.cache
        usage = Usage(
            input_tokens=request.tokens - request.prefix_tokens * (cache != "none"),
            cache_write_5m_tokens=request.prefix_tokens * (cache == "write"),
            cache_read_tokens=request.prefix_tokens * (cache == "read"),
            output_tokens=min(thought + said, request.max_tokens),
            thinking_tokens=min(thought, request.max_tokens),
            service_tier=BATCH if in_batch else None,
        )
        calls.append(_forecast_call(request, usage, prices.cost(usage, request.model)))
    return calls


def mean_calls(
    likely: Iterable[tuple[Decimal, Sequence[ForecastRequest]]], prices: Prices
) -> list[ForecastCall]:
    """Return the calls of judges, each by how probable it is, given its requests in each case."""
    weighed: dict[str, list[tuple[Decimal, ForecastCall]]] = {}
    for chance, requests in likely:
        for call in usual_calls(requests, Decimal(0), prices):
            weighed.setdefault(call.task, []).append((chance, call))
    return [_mean(each, prices) for each in weighed.values()]


def _mean(weighed: Sequence[tuple[Decimal, ForecastCall]], prices: Prices) -> ForecastCall:
    _, first = weighed[0]

    def mean(tokens: Callable[[Usage], int]) -> int:
        return int(sum((chance * tokens(call.usage) for chance, call in weighed), Decimal(0)) + _HALF)

    usage = Usage(
        input_tokens=mean(lambda usage: usage.input_tokens),
        output_tokens=mean(lambda usage: usage.output_tokens),
        thinking_tokens=mean(lambda usage: usage.thinking_tokens),
    )
    chance = sum((chance for chance, _ in weighed), Decimal(0)).quantize(_CHANCE)
    return first.evolve(usage=usage, cost_usd=prices.cost(usage, first.model), chance=chance)


def _said_tokens(request: ForecastRequest, claims_a_task: Decimal) -> Decimal:
    match request.role:
        case Role.PLAN:
            groups = ASSUMED.plan_groups * ASSUMED.group_tokens
            return Decimal(groups + ASSUMED.planned_file_tokens * request.items)
        case Role.TRIAGE | Role.JUDGE:
            return request.said_tokens + ASSUMED.ruled_claims * ASSUMED.ruling_tokens * request.items
        case Role.WORKER | Role.ESCALATION | Role.PROBE:
            return EMPTY_ANSWER_TOKENS + ASSUMED.claim_tokens * claims_a_task


def long_calls(requests: Sequence[ForecastRequest], claims: int, prices: Prices) -> list[ForecastCall]:
    """Return the calls as long as they may well be: so many claims, and all that is written twice as long."""
    tasks = sum(request.role is Role.WORKER for request in requests)
    calls = []
    for request in requests:
        is_written = request.cache == "write"
        said = written(_said_tokens(request, Decimal(claims) / max(tasks, 1)), request.model)
        thought = thinking(request.model, request.role, request.effort)
        usage = Usage(
            input_tokens=0 if is_written else request.most_tokens,
            cache_write_5m_tokens=request.most_tokens if is_written else 0,
            output_tokens=min(_TIMES_THE_USUAL * (said + thought), request.max_tokens),
            thinking_tokens=min(_TIMES_THE_USUAL * thought, request.max_tokens),
            inference_geo="us",  # as the worst case has it
        )
        calls.append(_forecast_call(request, usage, prices.cost(usage, request.model)))
    return calls


def _forecast_call(request: ForecastRequest, usage: Usage, cost_usd: Decimal | None) -> ForecastCall:
    return ForecastCall(
        role=request.role,
        task=request.task,
        lens=request.lens,
        model=request.model,
        usage=usage,
        cost_usd=cost_usd,
    )
