"""What a review would cost, before anything is spent: low, expected and high."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from chargehand.budget.forecast import (
    Cache,
    Claims,
    ForecastRequest,
    Size,
    by_stakes,
    distinct_claims,
    expected_claims,
    judge_requests,
    most_claims,
    plan_requests,
    usual_size,
    worker_requests,
)
from chargehand.budget.needs import cap_needs
from chargehand.budget.plain_pass import one_pass
from chargehand.budget.probes import ProbesForecast
from chargehand.budget.smallest_cap import CapNeeds
from chargehand.core.change import Change
from chargehand.core.diff import Diff
from chargehand.core.errors import NoAnswer
from chargehand.core.finding import Finding
from chargehand.core.fleets import Fleet
from chargehand.core.plan import Depth
from chargehand.core.usage import BATCH, Bill, Role, Usage
from chargehand.core.value import Value
from chargehand.cost.assumptions import ASSUMED, thinking, written
from chargehand.cost.bill import make_bill
from chargehand.cost.counterfactuals import EMPTY_ANSWER_TOKENS, SinglePass
from chargehand.cost.prices import Prices
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.readers import SAMPLES
from chargehand.pipeline.stakes import Stakes

# How much longer than assumed an answer may well be.
_TIMES_THE_USUAL = 2
_BY_DEFAULT = Stakes()


class ForecastCall(Value):
    """A call that a review would make, as if it had been answered; `cost_usd` None: no price is known."""

    role: Role
    task: str
    lens: str | None
    model: str
    usage: Usage
    cost_usd: Decimal | None

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


class Scenario(Value):
    """One way that a review could go: its calls, and the bill of them."""

    calls: tuple[ForecastCall, ...]
    bill: Bill


class Estimate(Value):
    """What a review would cost with one fleet.

    `low`: no lens finds anything, so nobody judges. `expected`: as `Assumptions` say. `high`: every prompt
    is as long as it is taken to be at most, the workers make a claim about each changed line, as far as they
    may, and all is written at twice the usual length. No attempt fails in any of them. `is_batch`: the
    workers answer in a batch; in `high` it answers nothing, so that all are asked one by one. `is_counted`:
    the provider counted the prompts; else their size is a guess, and `note` says why if a count was wanted.
    `reused_answers`: so many answers, each about a part of the change under one lens, come from the cache.
    `by_depth` is what is expected at each depth.
    """

    fleet: Fleet
    depth: Depth = "standard"
    low: Scenario
    expected: Scenario
    high: Scenario
    cap_needs: CapNeeds
    is_batch: bool = False
    is_counted: bool = False
    reused_answers: int = 0
    note: str = ""
    by_depth: Mapping[Depth, Decimal | None] = {}

    @property
    def expected_usd(self) -> Decimal | None:
        """What the review is expected to cost; None if a price is not known."""
        bill = self.expected.bill
        return None if bill.unpriced else bill.total_usd


class Estimates(Value):
    """What a review of one change would cost: with the configured fleet first, then with each other one.

    There is none if nothing is to be reviewed. `probes` are what trying workers on planted defects costs
    beside the first one, None if they are not tried. `notices` say what the reader must know of the change
    and of the figures.
    """

    change: Change
    diff: Diff
    estimates: tuple[Estimate, ...]
    probes: ProbesForecast | None = None
    notices: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """What the reader must know beside the figures: what is announced first, as in a review."""
        return (*self.change.rules.announced, *self.notices)


def estimate(
    diff: Diff,
    crew: Crew,
    planning: Planning,
    prices: Prices,
    count: Size | None = None,
    *,
    stakes: Stakes = _BY_DEFAULT,
    is_batch: bool = False,
) -> Estimate:
    """Return what a review of `diff` would cost; no model is asked.

    The prompts are those that a review sends, by the static plan in place of the orchestrator's. `count`
    tells the tokens of a prompt; without it, or if it raises NoAnswer, they are guessed.
    """
    by_size = partial(_estimate, diff, crew, planning, prices, stakes=stakes, is_batch=is_batch)
    if count is None:
        return by_size(usual_size)
    try:
        counted = by_size(count)
    except NoAnswer as error:
        note = f"The tokens of fleet {crew.fleet.name} are guessed, not counted: {error.detail}."
        return by_size(usual_size).evolve(note=note)
    return counted.evolve(is_counted=True)


def _estimate(
    diff: Diff,
    crew: Crew,
    planning: Planning,
    prices: Prices,
    size: Size,
    *,
    stakes: Stakes,
    is_batch: bool,
) -> Estimate:
    plan = static_plan(diff, crew.lenses, planning)
    planned = (
        *plan_requests(diff, crew, planning, size),
        *worker_requests(plan, diff, crew, prices, size),
    )
    claims, most = expected_claims(plan, diff), most_claims(plan, diff)
    known = _known(crew.reported, stakes)
    share = stakes.expected_share(tuple(lens.name for lens in crew.lenses))
    distinct = distinct_claims(claims, SAMPLES[planning.depth])
    to_judge = by_stakes(distinct, share).beside(known)
    all_of_them = (Claims(most, 0) if share else Claims(0, most)).beside(known)
    judged = partial(judge_requests, fleet=crew.fleet, size=size)
    scenario = partial(_scenario, prices=prices, orchestrator=crew.fleet.orchestrator)
    usual = partial(_usual_calls, prices=prices, is_batch=is_batch)
    usual_pass = one_pass(
        diff, crew.fleet.orchestrator, (file.path for file in diff.reviewable), _ratio(planned)
    )
    expected = scenario(
        usual((*planned, *judged(to_judge)), claims), instead=_saying(distinct, usual_pass, crew)
    )
    longest = _long_calls((*planned, *judged(all_of_them)), most, prices)
    return Estimate(
        fleet=crew.fleet,
        depth=planning.depth,
        low=scenario(usual((*planned, *judged(known)), 0), instead=usual_pass),
        expected=expected,
        high=scenario(longest, instead=_saying(most, usual_pass, crew).evolve(token_ratio=Decimal(1))),
        cap_needs=cap_needs(
            planned, tuple(judged(_at_least_one(to_judge, all_of_them))), expected.calls, prices
        ),
        is_batch=is_batch,
        reused_answers=sum(map(len, planning.reused.values())),
    )


def _known(reported: Sequence[Finding], stakes: Stakes) -> Claims:
    """Return how many claims there are before anybody is asked: what other tools say is judged as well."""
    grave = sum(map(stakes.could_block, reported))
    return Claims(grave, len(reported) - grave)


def _at_least_one(claims: Claims, most: Claims) -> Claims:
    """Return for which claims money is set aside: a judge is to have its say on one that nobody expected."""
    return Claims(max(claims.grave, min(most.grave, 1)), max(claims.mild, min(most.mild, 2)))


def _saying(findings: int, single_pass: SinglePass, crew: Crew) -> SinglePass:
    """Return the pass with so many findings to write."""
    tokens = written(findings * ASSUMED.plain_finding_tokens, crew.fleet.orchestrator)
    return single_pass.evolve(findings_tokens=tokens)


def _ratio(requests: Sequence[ForecastRequest]) -> Decimal | None:
    most = sum(each.most_tokens for each in requests)
    return Decimal(sum(each.tokens for each in requests)) / most if most else None


def _scenario(
    calls: Sequence[ForecastCall], *, prices: Prices, orchestrator: str, instead: SinglePass
) -> Scenario:
    return Scenario(calls=tuple(calls), bill=make_bill(calls, prices, orchestrator, instead))


def _usual_calls(
    requests: Sequence[ForecastRequest], claims: int, prices: Prices, *, is_batch: bool
) -> list[ForecastCall]:
    """Return the calls as they will probably go, with the claims spread evenly over the tasks.

    In a batch nothing is cached.
    """
    tasks = sum(request.role is Role.WORKER for request in requests)
    calls = []
    for request in requests:
        thought = thinking(request.model, request.role, request.effort)
        said = written(_said_tokens(request, Decimal(claims) / max(tasks, 1)), request.model)
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


def _said_tokens(request: ForecastRequest, claims_a_task: Decimal) -> Decimal:
    match request.role:
        case Role.PLAN:
            groups = ASSUMED.plan_groups * ASSUMED.group_tokens
            return Decimal(groups + ASSUMED.planned_file_tokens * request.items)
        case Role.TRIAGE | Role.JUDGE:
            return request.said_tokens + ASSUMED.ruled_claims * ASSUMED.ruling_tokens * request.items
        case Role.WORKER | Role.ESCALATION | Role.PROBE:
            return EMPTY_ANSWER_TOKENS + ASSUMED.claim_tokens * claims_a_task


def _long_calls(requests: Sequence[ForecastRequest], claims: int, prices: Prices) -> list[ForecastCall]:
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
