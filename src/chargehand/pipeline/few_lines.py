"""Whether a change is so small that one call looks through all lenses: nothing of it could be cached."""

from chargehand.core.diff import Diff
from chargehand.core.models import capabilities
from chargehand.core.plan import Depth
from chargehand.core.tokens import estimate_tokens
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.prompt_cache import surely

IN_ONE_CALL = (
    "All lenses that look at the same files were read in one call: the change, or what earlier runs left of "
    "it, is so small that its provider caches nothing of it for a second one, and each would have paid for "
    "all of it."
)

# What a reader of the report has to know of its depth; the standard one needs no word.
_DEPTHS: dict[Depth, str] = {
    "quick": "Depth quick: one call looked through all lenses of its files.",
    "standard": "",
    "deep": "Depth deep: three calls looked through each lens, and how many agree is the confidence.",
}


def depth_told(wanted: Depth, used: Depth) -> tuple[str, ...]:
    """Return what a report says of the depth that was set, and of the one at which the change was read."""
    said = _DEPTHS[used] if wanted == used else IN_ONE_CALL
    return (said,) if said else ()


def in_one_call(planning: Planning, diff: Diff, crew: Crew) -> Planning:
    """Return the planning, at depth `quick` in place of `standard` if no call could read another's prefix."""
    if planning.depth != "standard" or any(_could_cache(model, diff, crew) for model in crew.workers):
        return planning
    return planning.evolve(depth="quick")


def may_read_in_one_call(planning: Planning, crew: Crew) -> bool:
    """Tell whether some change, however small, would be read so."""
    return in_one_call(planning, Diff(), crew).depth != planning.depth


def _could_cache(model: str, diff: Diff, crew: Crew) -> bool:
    """Tell whether instructions and change are a prefix that is cached; of other servers nobody knows."""
    smallest = capabilities(model).min_cache_tokens
    if smallest is None:
        return True
    shown = "\n".join(hunk.body for file in diff.reviewable for hunk in file.hunks)
    most = estimate_tokens(shown, model) + estimate_tokens(crew.instructions, model)
    return surely(most) >= smallest
