"""Which requests a review would send, and how large each is: known before the first, but for the claims."""

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Literal, NamedTuple

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.models import Effort, capabilities
from chargehand.core.plan import Plan
from chargehand.core.prompt import Prompt
from chargehand.core.tokens import estimate_prompt_tokens, estimate_tokens
from chargehand.core.usage import Role
from chargehand.cost.assumptions import ASSUMED, written
from chargehand.cost.counterfactuals import USUAL_RATIO
from chargehand.cost.prices import Prices
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.judge import (
    BASE_TOKENS,
    CLAIMS_A_CALL,
    CODE_SHOWN,
    TOKENS_A_CLAIM,
    effort_for,
    judge_prompt,
)
from chargehand.pipeline.planner import asks_for_plan, plan_prompt
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.prompt_cache import share_prefixes
from chargehand.pipeline.worker import WORKER_TOKENS, worker_prompt

Size = Callable[[Prompt], int]
Cache = Literal["none", "write", "read"]


class ForecastRequest(NamedTuple):
    """A request that a review would send: its size, and how its text is made.

    `prompt` makes the text again, which is not kept for every request; None for claims that nobody has made
    yet. `items` is what its answer grows with: the files of a plan, the claims that are judged. `tokens` is
    its prompt as it will probably count, `most_tokens` as the ledger takes it to be. The first
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
    cache: Cache = "none"
    prefix_tokens: int = 0
    effort: Effort | None = None


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


def judge_requests(claims: int, orchestrator: str, size: Size) -> Iterator[ForecastRequest]:
    """Yield the judge's requests for so many claims."""
    if not claims:
        return
    empty = _request(partial(judge_prompt, (), 1, orchestrator), size)
    usual = written(ASSUMED.judged_claim_tokens, orchestrator)
    most = WORKER_TOKENS // ASSUMED.most_claims_a_task + estimate_tokens("x" * CODE_SHOWN, orchestrator)
    for start in range(0, claims, CLAIMS_A_CALL):
        judged = min(CLAIMS_A_CALL, claims - start)
        yield empty._replace(
            prompt=None,
            items=judged,
            tokens=empty.tokens + usual * judged,
            most_tokens=empty.most_tokens + most * judged,
            max_tokens=_allowed(BASE_TOKENS + TOKENS_A_CLAIM * judged, orchestrator),
            effort=effort_for(judged),
        )


def expected_claims(plan: Plan, diff: Diff) -> int:
    """Return how many claims the workers are expected to make."""
    files: dict[str, list[FileDiff]] = {}
    for file in diff.files:
        files.setdefault(file.path, []).append(file)
    lines = sum(
        hunk.changed * len(task.reader.lenses)
        for task in plan.tasks
        for part in task.parts
        for hunk in files[part.path][part.nth].hunks[part.first : part.last + 1]
    )
    claims = ASSUMED.claims_per_100_lines * lines / 100
    usual = (ASSUMED.usual_claims_a_task * len(task.reader.lenses) for task in plan.tasks)
    most = sum(min(each, ASSUMED.most_claims_a_task) for each in usual)
    return min(int(claims.quantize(Decimal(1), ROUND_HALF_UP)), most)


def distinct_claims(claims: int, samples: int) -> int:
    """Return how many different ones there are among the claims of so many samples: these are judged."""
    first = Decimal(claims) / samples
    return int((first * (1 + ASSUMED.further_claims * (samples - 1))).quantize(Decimal(1), ROUND_HALF_UP))


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
        cache=cache,
        prefix_tokens=tokens * prefix_tokens // most_tokens,
    )


def _allowed(max_tokens: int, model: str) -> int:
    return min(max_tokens, capabilities(model).max_output_tokens)
