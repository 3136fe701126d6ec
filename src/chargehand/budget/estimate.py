"""What a review would cost, before anything is spent: low, expected and high."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from chargehand.budget.claims_forecast import claims_forecast
from chargehand.budget.courses import ForecastCall, long_calls, mean_calls, usual_calls
from chargehand.budget.forecast import (
    ForecastRequest,
    Size,
    empty_judges,
    judge_requests,
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
from chargehand.core.fleets import Fleet
from chargehand.core.plan import Depth
from chargehand.core.prompt import Prompt
from chargehand.core.time_limit import STEPS_A_PROMPT, Step, any_step
from chargehand.core.usage import Bill, Role
from chargehand.core.value import Value
from chargehand.cost.assumptions import ASSUMED, written
from chargehand.cost.bill import make_bill
from chargehand.cost.counterfactuals import LEAST_THOUGHT_TOKENS, SinglePass
from chargehand.cost.prices import Prices
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.stakes import Stakes

_BY_DEFAULT = Stakes()


class Scenario(Value):
    """One way that a review could go, or the mean of many: its calls, and the bill of them."""

    calls: tuple[ForecastCall, ...]
    bill: Bill


class Estimate(Value):
    """What a review would cost with one fleet.

    `low`: no lens finds anything, so nobody judges. `expected`: as `Assumptions` say, the mean over how many
    claims there may be. `high`: every prompt
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
    step: Step = any_step,
) -> Estimate:
    """Return what a review of `diff` would cost; no model is asked.

    The prompts are those that a review sends, by the static plan in place of the orchestrator's. `count`
    tells the tokens of a prompt; without it, or if it raises NoAnswer, they are guessed. `step` is told of
    each prompt that is made, and may raise.
    """
    by_size = partial(_estimate, diff, crew, planning, prices, stakes=stakes, is_batch=is_batch)
    if count is None:
        return by_size(partial(_sized, step))
    try:
        counted = by_size(count)
    except NoAnswer as error:
        note = f"The tokens of fleet {crew.fleet.name} are guessed, not counted: {error.detail}."
        return by_size(usual_size).evolve(note=note)
    return counted.evolve(is_counted=True)


def _sized(step: Step, prompt: Prompt) -> int:
    step(STEPS_A_PROMPT)
    return usual_size(prompt)


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
    said = claims_forecast(plan, diff, crew, planning.depth, stakes)
    judged = partial(judge_requests, fleet=crew.fleet, empty=empty_judges(size))
    ruled = partial(judged, is_one_reader=len(plan.tasks) == 1 and not crew.reported)
    judging = mean_calls(
        ((each.chance, tuple(ruled(each.claims.beside(said.known)))) for each in said.likely), prices
    )
    scenario = partial(_scenario, prices=prices, orchestrator=crew.fleet.orchestrator)
    usual = partial(usual_calls, prices=prices, is_batch=is_batch)
    plain = one_pass(diff, crew.fleet.orchestrator, (file.path for file in diff.reviewable), _ratio(planned))
    expected = scenario(
        (*usual(planned, said.expected), *judging),
        instead=_saying(said.distinct, plain, crew).evolve(thinking_tokens=_thought(judging)),
    )
    longest = long_calls((*planned, *judged(said.all_of_them)), sum(said.most), prices)
    return Estimate(
        fleet=crew.fleet,
        depth=planning.depth,
        low=scenario(usual((*planned, *judged(said.known)), Decimal(0)), instead=plain),
        expected=expected,
        high=scenario(longest, instead=_saying(sum(said.most), plain, crew).evolve(token_ratio=Decimal(1))),
        cap_needs=cap_needs(planned, tuple(judged(said.set_aside)), expected.calls, prices),
        is_batch=is_batch,
        reused_answers=sum(map(len, planning.reused.values())),
    )


def _saying(findings: Decimal | int, single_pass: SinglePass, crew: Crew) -> SinglePass:
    """Return the pass with so many findings to write."""
    tokens = written(findings * ASSUMED.plain_finding_tokens, crew.fleet.orchestrator)
    return single_pass.evolve(findings_tokens=tokens)


def _thought(judging: Sequence[ForecastCall]) -> int:
    """Return what a plain pass thinks: as much as the judge, and as little as may be where none is asked."""
    judge = next((call for call in judging if call.role is Role.JUDGE), None)
    if judge is None:
        return LEAST_THOUGHT_TOKENS
    return judge.usage.thinking_tokens + int((1 - judge.chance) * LEAST_THOUGHT_TOKENS)


def _ratio(requests: Sequence[ForecastRequest]) -> Decimal | None:
    most = sum(each.most_tokens for each in requests)
    return Decimal(sum(each.tokens for each in requests)) / most if most else None


def _scenario(
    calls: Sequence[ForecastCall], *, prices: Prices, orchestrator: str, instead: SinglePass
) -> Scenario:
    return Scenario(calls=tuple(calls), bill=make_bill(calls, prices, orchestrator, instead))
