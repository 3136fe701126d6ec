"""Which requests a review would send, and how large each is: known before the first, but for the claims."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Literal, NamedTuple

from chargehand.budget.likely_claims import Claims
from chargehand.core.diff import Diff
from chargehand.core.fleets import Fleet
from chargehand.core.models import Effort, capabilities
from chargehand.core.plan import Plan
from chargehand.core.prompt import Prompt
from chargehand.core.tokens import estimate_prompt_tokens, estimate_tokens
from chargehand.core.usage import Role
from chargehand.cost.assumptions import ASSUMED, written
from chargehand.cost.counterfactuals import USUAL_RATIO
from chargehand.cost.prices import Prices
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.judge_prompt import (
    BASE_TOKENS,
    CLAIMS_A_CALL,
    CODE_SHOWN,
    FEW_CLAIMS,
    STANDING_SHOWN,
    SUGGESTION_SHOWN,
    TOKENS_A_CLAIM,
    Wanted,
    effort_for,
    judge_prompt,
    least_said,
    least_tokens,
    rides_along,
)
from chargehand.pipeline.planner import asks_for_plan, plan_prompt
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.prompt_cache import share_prefixes
from chargehand.pipeline.surroundings import LONGEST
from chargehand.pipeline.worker import WORKER_TOKENS, worker_prompt

Size = Callable[[Prompt], int]
Cache = Literal["none", "write", "read"]


class ForecastRequest(NamedTuple):
    """A request that a review would send: its size, and how its text is made.

    `prompt` makes the text again, which is not kept for every request; None for claims that nobody has made
    yet. `items` is what its answer grows with: the files of a plan, the claims that are judged, beside
    the `said_tokens` of a summary. `tokens` is
    its prompt as it will probably count, `most_tokens` as the ledger takes it to be. Its answer has at most
    `max_tokens`, which a cap may shrink to `least_tokens`. The first
    `prefix_tokens` of `tokens` are written to the provider's cache or read from it, if `cache` says so.
    `effort` None: as hard as the role thinks.
    """

    prompt: Callable[[], Prompt] | None
    role: Role
    task: str
    lens: str | None
    model: str
    items: int
    tokens: int
    most_tokens: int
    max_tokens: int
    least_tokens: int
    cache: Cache = "none"
    prefix_tokens: int = 0
    effort: Effort | None = None
    said_tokens: int = 0


# Whether a judge's request is about one claim that it sees with the lines round it.
Form = Literal["one", "several"]
# A judge's request without claims: of this role and model, with such a summary, and of this form.
EmptyJudge = Callable[[Role, str, Wanted, Form], ForecastRequest]


def usual_size(prompt: Prompt) -> int:
    """Return how many tokens `prompt` probably is."""
    return int(estimate_prompt_tokens(prompt) * USUAL_RATIO)


def plan_requests(diff: Diff, crew: Crew, planning: Planning, size: Size) -> Iterator[ForecastRequest]:
    """Yield the request for a plan, if one is sent."""
    if asks_for_plan(diff, crew.lenses, planning):
        yield _request(partial(plan_prompt, diff, crew.lenses, planning), size, items=len(diff.reviewable))


def worker_requests(
    plan: Plan, diff: Diff, crew: Crew, prices: Prices, size: Size
) -> Iterator[ForecastRequest]:
    """Yield the request for each task, in the plan's order."""
    models = {task.id: crew.model_for(task) for task in plan.tasks}
    leader_of = share_prefixes(plan.tasks, models, prices, crew.threads, crew.instructions).leader_of
    caches: dict[str, Cache] = dict.fromkeys(leader_of, "read")
    caches |= dict.fromkeys(leader_of.values(), "write")
    # By chunk, since what was last measured is remembered and lenses read the same.
    made = {
        task.id: _request(partial(worker_prompt, task, diff, crew), size, cache=caches.get(task.id, "none"))
        for task in sorted(plan.tasks, key=lambda each: each.chunk.number)
    }
    return (made[task.id] for task in plan.tasks)


def empty_judges(size: Size) -> EmptyJudge:
    """Return what makes a judge's request without its claims, and remembers it: it is made for many cases."""

    @cache
    def empty(role: Role, model: str, wanted: Wanted, form: Form) -> ForecastRequest:
        prompt = partial(judge_prompt, (), 1, model, role, summary=wanted, is_about_one=form == "one")
        return _request(prompt, size)

    return empty


def judge_requests(
    claims: Claims, fleet: Fleet, empty: EmptyJudge, *, is_one_reader: bool = False
) -> Iterator[ForecastRequest]:
    """Yield the judges' requests for so many claims; a lone one that cannot block: none.

    If there `is_one_reader`, nobody is asked about mild ones beside grave ones.
    """
    grave, mild = claims
    if is_one_reader and grave:
        beside = 0 if grave == 1 and mild < FEW_CLAIMS else mild
        yield from _rulings(Role.JUDGE, fleet.orchestrator, Claims(grave, 0), beside, empty)
        return
    is_one = fleet.escalation == fleet.orchestrator
    if grave and (is_one or rides_along(grave, mild, fleet.orchestrator)):
        yield from _rulings(Role.JUDGE, fleet.orchestrator, claims, 0, empty)
        return
    if mild > 1 or (mild and grave):
        yield from _rulings(Role.TRIAGE, fleet.escalation, Claims(0, mild), grave, empty)
    if grave:
        yield from _rulings(Role.JUDGE, fleet.orchestrator, Claims(grave, 0), mild, empty)


def _rulings(
    role: Role, model: str, claims: Claims, beside: int, empty_judge: EmptyJudge
) -> Iterator[ForecastRequest]:
    """Yield the requests of one judge for so many claims, beside the titles of so many others.

    The grave ones, which are shown with the lines round them, come first.
    """
    is_about_one = claims == (1, 0)
    wanted: Wanted = "whole"
    if role is Role.TRIAGE and beside:
        wanted = "none"
    elif is_about_one and not beside:
        wanted = "brief"
    empty = empty_judge(role, model, wanted, "one" if is_about_one else "several")
    titles = written(ASSUMED.title_tokens, model) * min(beside, STANDING_SHOWN)
    for start in range(0, sum(claims), CLAIMS_A_CALL):
        judged = min(CLAIMS_A_CALL, sum(claims) - start)
        close = min(max(claims.grave - start, 0), judged)
        usual, most = _claims_shown(Claims(close, judged - close), model)
        yield empty._replace(
            prompt=None,
            task=role.value if not start else f"{role.value}-{start // CLAIMS_A_CALL + 1}",
            items=judged,
            tokens=empty.tokens + usual + titles,
            most_tokens=empty.most_tokens + most + 2 * titles,
            max_tokens=_allowed(BASE_TOKENS + TOKENS_A_CLAIM * judged, model),
            least_tokens=least_tokens(judged, model, least_said(wanted, judged + beside)),
            effort=effort_for(judged),
            said_tokens=_summary_tokens(wanted, judged + beside),
        )


def _claims_shown(claims: Claims, model: str) -> tuple[int, int]:
    """Return the tokens of these claims as a judge sees them: the usual ones, and the most."""
    usual = ASSUMED.judged_claim_tokens * sum(claims) + ASSUMED.surroundings_tokens * claims.grave
    words = WORKER_TOKENS // ASSUMED.most_claims_a_task
    code, region = (estimate_tokens("x" * size, model) for size in (CODE_SHOWN, LONGEST + SUGGESTION_SHOWN))
    return written(usual, model), (words + code) * claims.mild + (words + region) * claims.grave


def _summary_tokens(wanted: Wanted, claims: int) -> int:
    if wanted in ("none", "brief"):
        return ASSUMED.brief_summary_tokens * (wanted == "brief")
    return ASSUMED.short_summary_tokens if claims <= FEW_CLAIMS else ASSUMED.summary_tokens


def _request(
    make_prompt: Callable[[], Prompt], size: Size, *, items: int = 0, cache: Cache = "none"
) -> ForecastRequest:
    prompt = make_prompt()
    tokens, most_tokens = size(prompt), estimate_prompt_tokens(prompt)
    prefix_tokens = most_tokens - estimate_tokens(prompt.question, prompt.model)
    return ForecastRequest(
        prompt=make_prompt,
        role=prompt.role,
        task=prompt.task,
        lens=prompt.lens,
        model=prompt.model,
        items=items,
        tokens=tokens,
        most_tokens=most_tokens,
        max_tokens=_allowed(prompt.max_tokens, prompt.model),
        least_tokens=prompt.max_tokens if prompt.least_tokens is None else prompt.least_tokens,
        cache=cache,
        prefix_tokens=tokens * prefix_tokens // most_tokens,
    )


def _allowed(max_tokens: int, model: str) -> int:
    return min(max_tokens, capabilities(model).max_output_tokens)
