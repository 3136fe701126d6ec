"""What a review of a change would cost, with the configured fleet and with each that is built in."""

from collections.abc import Callable, Sequence
from functools import partial

from chargehand.app.job import TIMEOUT_S
from chargehand.app.material import Material, read_material
from chargehand.app.preparing import crew_of, planning_of, stakes_of, with_announced
from chargehand.app.reported import Reported, read_reported
from chargehand.app.resources import open_cache
from chargehand.app.run import Run
from chargehand.budget.estimate import Estimate, Estimates, estimate
from chargehand.budget.probes import ProbesForecast, probes_forecast
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.few_lines import in_one_call
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.readers import SAMPLES
from chargehand.pipeline.recall import recall_replies
from chargehand.pipeline.rest import rest_in_one_call


def estimate_change(run: Run, *, is_exact: bool) -> Estimates:
    """Return what a review would cost with the configured fleet, and with each that is built in."""
    settings, prices, material = run.settings, run.prices, read_material(run)
    reported, stakes = _reported(run, material), stakes_of(settings)
    fleets = dict.fromkeys((settings.chosen_fleet(), *FLEETS.values()))
    made = []
    with Claude(TIMEOUT_S, run.cloud, environ=run.checkout.environ) as claude:
        count = claude.count_tokens if is_exact else None
        for crew in (crew_of(settings).evolve(fleet=fleet, reported=reported.shown) for fleet in fleets):
            planning = planning_of(settings, crew)
            diff = material.for_models(planning)
            if diff.reviewable:
                brief = Brief(diff=diff, crew=crew, planning=planning)
                estimated = partial(estimate, prices=prices, count=count, stakes=stakes)
                made.append(_at_each_depth(run, brief, estimated))
    unasked = (
        (f"A review costs nothing here: no model is asked, because {run.unasked.reason}.",)
        if run.unasked
        else ()
    )
    notices = (
        *unasked,
        *reported.notices,
        *material.change.notices,
        *diff.notices,
        *filter(None, (each.note for each in made)),
    )
    change = with_announced(material.change, diff)
    return Estimates(
        change=change, diff=diff, estimates=tuple(made), probes=_probes(run, made), notices=notices
    )


def _probes(run: Run, made: Sequence[Estimate]) -> ProbesForecast | None:
    rate = run.settings.probe_rate
    if not rate or not made:
        return None
    return probes_forecast(made[0].expected.calls, made[0].high.calls, rate, run.prices)


def _at_each_depth(run: Run, brief: Brief, estimated: Callable[..., Estimate]) -> Estimate:
    """Return the estimate at the depth that is set, with what each depth is expected to cost."""
    found = {}
    for depth in SAMPLES:
        planning = in_one_call(brief.planning.evolve(depth=depth), brief.diff, brief.crew)
        unread = _unread(run, brief.evolve(planning=planning))
        found[depth] = estimated(brief.diff, brief.crew, unread, is_batch=run.job.batch is not None)
    by_depth = {depth: each.expected_usd for depth, each in found.items()}
    return found[brief.planning.depth].evolve(by_depth=by_depth)


def _reported(run: Run, material: Material) -> Reported:
    """Return what other tools say; an estimate need not wait for them."""
    try:
        return read_reported(run, material)
    except InputError as error:
        return Reported(notices=(str(error).replace("Nothing was reviewed", "Without what other tools say"),))


def _unread(run: Run, brief: Brief) -> Planning:
    """Return how to plan for what no earlier run has read; an estimate makes no cache if there is none."""
    if run.job.cache is None or not run.job.cache.exists():
        return brief.planning
    with open_cache(run, brief.diff) as store:
        left = recall_replies(store, brief.diff, brief.crew, brief.planning).left(brief.planning)
    return rest_in_one_call(left, brief.diff, brief.crew)
