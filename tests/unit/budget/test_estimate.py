from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from itertools import pairwise
from random import Random

import pytest

from chargehand.budget.courses import ForecastCall, mean_calls, usual_calls
from chargehand.budget.estimate import Estimate, Scenario, estimate
from chargehand.budget.forecast import ForecastRequest, empty_judges, judge_requests, usual_size
from chargehand.budget.likely_claims import Claims, likely_claims
from chargehand.change.diff.chunks import excerpts_of
from chargehand.core.diff import Diff
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.finding import Severity, ToolRule
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.gate import Gate
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens, estimate_tokens
from chargehand.core.usage import Role, Usage
from chargehand.cost.assumptions import ASSUMED, written
from chargehand.cost.counterfactuals import EMPTY_ANSWER_TOKENS
from chargehand.cost.prices import PriceOverride, Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.chain import build_chain
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stakes import Stakes
from chargehand.pipeline.stopwatch import Stopwatch
from tests.unit.crew import LENSES, FunctionModel, diff_of, finding_of, silent

PRICES = Prices()
DIFF = diff_of("a.py", "b.py", lines=100)
LARGER = diff_of("a.py", "b.py", lines=400)
SMALL = Planning(
    orchestrator="claude-opus-5-5",
    small_files=99,
    small_lines=9999,
    chunk_tokens=30_000,
    focus_lines=300,
    measure=len,
)
PLANNED = SMALL.evolve(small_files=0)
EMPTY = empty_judges(usual_size)


def crew(fleet: Fleet = FLEETS["5"]) -> Crew:
    return Crew(fleet=fleet, lenses=LENSES, threads=1)


def told(diff: Diff = DIFF, planning: Planning = SMALL, fleet: Fleet = FLEETS["5"]) -> Estimate:
    return estimate(diff, crew(fleet), planning, PRICES)


def ask(
    base: Model, fleet: Fleet, planning: Planning, diff: Diff = DIFF, cap: Decimal | None = None
) -> Asked:
    chain = build_chain(base, PRICES, cap, sleep=lambda _seconds: None)
    brief = Brief(diff=diff, crew=crew(fleet), planning=planning)
    progress = Progress(StringIO(), verbosity=-1)
    return ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache()))


class AsAssumed:
    """Finds nothing, and uses what is assumed: what was read before comes from its cache."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._silent = FunctionModel(silent)

    def ask(self, prompt: Prompt) -> Reply:
        tokens, most = usual_size(prompt), estimate_prompt_tokens(prompt)
        prefix = tokens * (most - estimate_tokens(prompt.question, prompt.model)) // most
        cached = prefix if prompt.cache_prefix else 0
        is_read = (prompt.model, prompt.material) in self._seen
        self._seen.add((prompt.model, prompt.material))
        usage = Usage(
            input_tokens=tokens - cached,
            cache_write_5m_tokens=0 if is_read else cached,
            cache_read_tokens=cached if is_read else 0,
            output_tokens=written(EMPTY_ANSWER_TOKENS, prompt.model),
        )
        return self._silent.ask(prompt).evolve(usage=usage)


def roles(scenario: Scenario) -> dict[str, int]:
    return {role.value: sum(call.role is role for call in scenario.calls) for role in Role}


@pytest.mark.parametrize("chunk_tokens", [1_500, 30_000])
@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_a_review_that_finds_nothing_costs_the_low_estimate(fleet: Fleet, chunk_tokens: int) -> None:
    planning = SMALL.evolve(chunk_tokens=chunk_tokens)
    diff = diff_of("a.py", "b.py", "c.py", lines=1_000)
    expected = estimate(diff, crew(fleet), planning, PRICES)
    asked = ask(AsAssumed(), fleet, planning, diff)
    assert [call.cost_usd for call in expected.low.calls] == [call.cost_usd for call in asked.calls]
    assert expected.low.bill.total_usd == sum(call.cost_usd or 0 for call in asked.calls) > 0


def test_prefixes_that_would_be_shared_are_priced_as_shared() -> None:
    planning = SMALL.evolve(chunk_tokens=30_000)
    usage = told(diff_of("a.py", lines=2_000), planning, FLEETS["4"]).low.bill.usage
    assert usage.cache_write_5m_tokens == pytest.approx(usage.cache_read_tokens, abs=1)
    assert usage.cache_read_tokens > usage.input_tokens


@pytest.mark.parametrize("planning", [SMALL, PLANNED], ids=["small", "planned"])
@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_high_is_above_what_is_expected_and_below_what_would_be_put_aside(
    fleet: Fleet, planning: Planning
) -> None:
    planning = planning.evolve(orchestrator=fleet.orchestrator)
    model = FunctionModel(silent)
    ask(model, fleet, planning)
    put_aside = [worst_case_usd(prompt, PRICES) or 0 for prompt in model.prompts]
    estimated = told(DIFF, planning, fleet)
    high = sum(call.cost_usd or 0 for call in estimated.high.calls if call.role is not Role.JUDGE)
    assert estimated.low.bill.total_usd < high < sum(put_aside)
    assert roles(estimated.high)["judge"] == 1


def test_two_changed_lines_cannot_cost_fifty_cents() -> None:
    high = told(diff_of("a.py", lines=2)).high
    assert [call.usage.output_tokens for call in high.calls if call.role is Role.WORKER] == [
        2 * (EMPTY_ANSWER_TOKENS + 2 * ASSUMED.claim_tokens)
    ] * len(LENSES)
    assert high.bill.total_usd < Decimal("0.07")


def test_claims_are_expected_by_the_changed_lines_that_lenses_read() -> None:
    few, many = (told(diff_of("a.py", lines=lines)) for lines in (100, 500))
    claims = ASSUMED.claims_per_100_lines * len(LENSES)
    for made, expected in ((few, claims), (many, 5 * claims)):
        workers = [call.usage.output_tokens for call in made.expected.calls if call.role is Role.WORKER]
        said = sum(workers) - EMPTY_ANSWER_TOKENS * len(workers)
        assert said == pytest.approx(float(expected * ASSUMED.claim_tokens), abs=len(workers))


def test_a_judge_that_may_be_asked_counts_by_how_probable_that_is() -> None:
    estimated = told(diff_of("a.py", lines=10))
    assert roles(estimated.low)["judge"] == 0
    (judge,) = (call for call in estimated.expected.calls if call.role is Role.JUDGE)
    (asked,) = usual_calls(tuple(judge_requests(Claims(1, 0), FLEETS["5"], EMPTY)), Decimal(0), PRICES)
    assert judge.cost_usd
    assert asked.cost_usd
    grave = ASSUMED.claims_per_100_lines * len(LENSES) / 10 / 5
    assert judge.chance == pytest.approx(1 - (-grave).exp(), abs=Decimal("0.0001"))
    assert judge.cost_usd == pytest.approx(
        asked.cost_usd * judge.chance, rel=Decimal("0.1")
    )  # of whole tokens
    assert estimated.low.bill.total_usd < estimated.expected.bill.total_usd < estimated.high.bill.total_usd


def test_what_is_expected_grows_with_the_change_and_never_leaps() -> None:
    usd = [told(diff_of("a.py", lines=lines)).expected.bill.total_usd for lines in range(10, 300, 10)]
    steps = [after - before for before, after in pairwise(usd)]
    assert all(0 < step < Decimal("0.0015") for step in steps)


def test_what_is_expected_is_the_mean_of_what_drawn_claims_cost() -> None:
    mean, share, chance = Decimal("2.4"), Fraction(1, 5), Random(7)  # noqa: S311  # no secret
    drawn = Counter(Claims(*_drawn(chance, mean, share)) for _ in range(20_000))
    costs = {claims: _usd(usual_calls(_asked(claims), Decimal(0), PRICES)) for claims in drawn}
    likely = [(each.chance, _asked(each.claims)) for each in likely_claims(mean, share)]
    sampled = sum((costs[claims] * times for claims, times in drawn.items()), Decimal(0)) / drawn.total()
    assert _usd(mean_calls(likely, PRICES)) == pytest.approx(sampled, rel=Decimal("0.02"))


def _asked(claims: Claims) -> tuple[ForecastRequest, ...]:
    return tuple(judge_requests(claims, FLEETS["5"], EMPTY))


def _usd(calls: Sequence[ForecastCall]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


def _drawn(chance: Random, mean: Decimal, share: Fraction) -> Iterator[int]:
    """Yield how many grave claims, then how many mild ones a review makes: counted until the time is up."""
    for part in (share, 1 - share):
        left, number = float(mean) * float(part), -1
        while left > 0:
            left, number = left - chance.expovariate(1), number + 1
        yield number


def test_where_nothing_can_fail_the_build_no_orchestrator_is_expected() -> None:
    never = estimate(LARGER, crew(), SMALL, PRICES, stakes=Stakes(gate=Gate(fail_on=None)))
    assert {role for role, calls in roles(never.expected).items() if calls} == {"worker", "triage"}


def test_the_plain_pass_beside_what_is_expected_thinks_as_much_as_the_judge_may() -> None:
    low, expected = (each.bill.counterfactuals.single_pass_usd for each in (told().low, told().expected))
    assert low
    assert expected
    findings = ASSUMED.plain_finding_tokens * ASSUMED.claims_per_100_lines * len(LENSES) * 2
    thought = ASSUMED.thinking_tokens["medium"] - ASSUMED.thinking_tokens["low"]
    assert low < expected < low + (findings + thought) * Decimal(25) / 10**6


def test_the_three_scenarios_differ_by_what_is_claimed_and_judged() -> None:
    estimated = told(LARGER)
    low, expected, high = (scenario.bill for scenario in (estimated.low, estimated.expected, estimated.high))
    assert 0 < low.total_usd < expected.total_usd < high.total_usd
    assert not {"triage", "judge"} & low.by_role.keys()
    assert low.usage.prompt_tokens < expected.usage.prompt_tokens < high.usage.prompt_tokens


def test_what_other_tools_say_is_judged_even_if_no_lens_finds_anything() -> None:
    grave = finding_of(rule="tool/ruff/F401", lens="tool", tool=ToolRule(tool="ruff", id="F401"))
    mild = grave.evolve(severity=Severity.LOW)
    asked = [
        roles(estimate(DIFF, crew().evolve(reported=said), SMALL, PRICES).low)
        for said in ((), (grave,), (mild,), (mild, mild))
    ]
    assert [(each["judge"], each["triage"]) for each in asked] == [(0, 0), (1, 0), (0, 0), (0, 1)]


def test_the_counterfactuals_are_those_of_a_bill() -> None:
    bill = told().expected.bill
    assert bill.counterfactuals.single_pass_usd
    assert bill.counterfactuals.all_orchestrator_usd
    assert bill.total_usd < bill.counterfactuals.all_orchestrator_usd


def test_a_judge_that_always_thinks_is_paid_for_thinking() -> None:
    calls = {
        name: told(diff_of("a.py", lines=2000), fleet=fleet).expected.calls for name, fleet in FLEETS.items()
    }
    *workers, triage, judge = calls["5"]
    assert 0 < triage.usage.thinking_tokens <= ASSUMED.between_tools_tokens
    least, most = ASSUMED.thinking_tokens["low"], ASSUMED.thinking_tokens["medium"]
    assert least * judge.chance - 1 < judge.usage.thinking_tokens < most
    assert not any(call.usage.thinking_tokens for call in (*calls["4"], *workers))


def test_a_judge_of_few_claims_is_asked_to_think_less() -> None:
    efforts = [next(judge_requests(Claims(n, 0), FLEETS["5"], EMPTY)).effort for n in (6, 7)]
    assert efforts == ["low", None]


def test_in_a_batch_the_workers_cost_half_and_nothing_is_cached() -> None:
    large = SMALL.evolve(chunk_tokens=10**6)
    plain, batch = (
        estimate(diff_of("a.py", lines=3000), crew(FLEETS["4"]), large, PRICES, is_batch=is_batch)
        for is_batch in (False, True)
    )
    assert plain.expected.bill.usage.cache_write_5m_tokens > 0
    assert batch.expected.bill.usage.cache_write_5m_tokens == 0
    assert batch.expected.bill.usage.prompt_tokens == plain.expected.bill.usage.prompt_tokens
    for role in (Role.TRIAGE, Role.JUDGE):
        assert batch.expected.bill.by_role[role] == plain.expected.bill.by_role[role] > 0
    for call in batch.low.calls:
        one_by_one = PRICES.cost(call.usage.evolve(service_tier=None), call.model)
        assert call.cost_usd
        assert one_by_one == call.cost_usd * 2


def test_a_batch_that_answers_nothing_costs_what_calls_one_by_one_do() -> None:
    assert estimate(DIFF, crew(), SMALL, PRICES, is_batch=True).high == told().high


def test_many_claims_are_judged_in_several_calls() -> None:
    requests = list(judge_requests(Claims(200, 0), FLEETS["5"], EMPTY))
    assert [request.items for request in requests] == [80, 80, 40]
    assert requests[0].tokens > requests[2].tokens
    assert requests[0].max_tokens > requests[2].max_tokens


def test_the_plan_call_is_in_it_where_one_would_be_made() -> None:
    assert roles(told(planning=PLANNED).low)["plan"] == 1
    unasked = PLANNED.evolve(fallback_reason="the cap is small")
    assert roles(told(planning=unasked).high)["plan"] == 0


def test_what_earlier_runs_have_read_costs_nothing() -> None:
    cut = excerpts_of(DIFF, SMALL.measure, SMALL.chunk_tokens)
    parts = frozenset(excerpt for excerpt, _ in cut)
    some = SMALL.evolve(reused={"security": parts})
    every = SMALL.evolve(reused={lens.name: parts for lens in LENSES})
    assert roles(told(planning=some).low)["worker"] == 1
    assert told(planning=every).high.calls == ()
    assert told(planning=every).expected_usd == 0


@pytest.mark.parametrize(
    ("claims", "asked"),
    [
        (Claims(0, 1), {}),
        (Claims(0, 2), {Role.TRIAGE: 2}),
        (Claims(1, 0), {Role.JUDGE: 1}),
        (Claims(1, 1), {Role.JUDGE: 2}),
        (Claims(2, 3), {Role.JUDGE: 5}),
        (Claims(2, 7), {Role.TRIAGE: 7, Role.JUDGE: 2}),
        (Claims(7, 3), {Role.JUDGE: 10}),
    ],
)
def test_who_is_asked_goes_by_what_could_fail_the_build(claims: Claims, asked: dict[Role, int]) -> None:
    requests = judge_requests(claims, FLEETS["5"], EMPTY)
    assert {request.role: request.items for request in requests} == asked


def test_if_one_model_plays_both_it_judges_all_at_once() -> None:
    one = FLEETS["5"].evolve(escalation=FLEETS["5"].orchestrator)
    (request,) = judge_requests(Claims(2, 3), one, EMPTY)
    assert (request.role, request.items) == (Role.JUDGE, 5)


def test_an_unknown_price_leaves_no_estimate() -> None:
    local = FLEETS["5"].evolve(worker="qwen-local")
    estimated = told(fleet=local)
    assert estimated.expected_usd is None
    assert estimated.expected.bill.unpriced == ("qwen-local",)
    priced = Prices({"qwen-local": PriceOverride(input=Decimal(0), output=Decimal(0))})
    assert estimate(LARGER, crew(local), SMALL, priced).expected_usd


def refusing(served: int) -> Callable[[Prompt], int]:
    left = iter([7_000] * served)

    def count(_prompt: Prompt) -> int:
        if size := next(left, None):
            return size
        raise NoAnswer(Failure.REJECTED, "the server does not count tokens")

    return count


def test_counted_tokens_take_the_place_of_guessed_ones() -> None:
    counted = estimate(DIFF, crew(), SMALL, PRICES, count=refusing(served=99))
    assert counted.is_counted
    assert [call.usage.prompt_tokens for call in counted.low.calls] == [7_000, 7_000]
    assert counted.high.bill.by_role["worker"] == told().high.bill.by_role["worker"]


@pytest.mark.parametrize("served", [0, 1])
def test_without_a_count_for_every_prompt_all_are_guessed_and_it_says_so(served: int) -> None:
    guessed = estimate(DIFF, crew(), SMALL, PRICES, count=refusing(served))
    assert guessed.note == "The tokens of fleet 5 are guessed, not counted: the server does not count tokens."
    assert guessed.evolve(note="") == told()


def test_a_change_that_no_lens_looks_at_costs_nothing() -> None:
    blind = tuple(lens.evolve(paths=("*.md",)) for lens in LENSES)
    estimated = estimate(DIFF, crew().evolve(lenses=blind), SMALL, PRICES)
    assert estimated.expected_usd == 0
    assert estimated.high.calls == ()


@pytest.mark.parametrize(
    ("claims", "is_brief"), [(Claims(1, 5), True), (Claims(1, 6), False), (Claims(2, 3), False)]
)
def test_of_one_readers_claims_the_grave_ones_are_judged(claims: Claims, is_brief: bool) -> None:
    (request,) = judge_requests(claims, FLEETS["4"], EMPTY, is_one_reader=True)
    (alone, *_) = judge_requests(claims, FLEETS["4"], EMPTY)
    assert (request.role, request.items) == (Role.JUDGE, claims.grave)
    assert (request.said_tokens == ASSUMED.brief_summary_tokens) is is_brief
    assert request.tokens < alone.tokens
