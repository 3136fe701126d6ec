"""What is known before a model is asked: what is shown to whom, what free checks say, and the money."""

from datetime import datetime, timezone
from functools import partial
from typing import NamedTuple

from chargehand.app.concealing import without_secrets_in_reasons
from chargehand.app.material import Material, read_material
from chargehand.app.reported import Reported, read_reported
from chargehand.app.run import Run
from chargehand.app.untold import untold_secrets
from chargehand.budget.pr_budget import Account, open_account
from chargehand.change import Repository, read_paths
from chargehand.checks import Checked, Evidence, Tree, run_checks
from chargehand.config import Settings
from chargehand.core.change import Change
from chargehand.core.diff import Diff
from chargehand.core.finding import Finding
from chargehand.core.models import capabilities
from chargehand.core.time_limit import IsOver
from chargehand.core.tokens import estimate_for_any, largest_beside, largest_chunk
from chargehand.cost.prices import Prices
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import in_one_call
from chargehand.pipeline.locate import locate
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.stakes import Stakes
from chargehand.pipeline.twins import merge_twins


class Prepared(NamedTuple):
    """A run that is ready to ask models.

    The brief has what models are shown of the change, and what free checks found in all of it. `gaps` are
    sentences about what nobody looked at, or in doubt. `reported` is what other tools say. None of it holds a
    secret that a check knows.
    """

    run: Run
    brief: Brief
    gaps: tuple[str, ...]
    prices: Prices
    account: Account
    reported: Reported


def prepare(run: Run, is_over: IsOver) -> Prepared:
    """Read the change, check it for free, and open the account; raises InputError for what cannot be kept.

    When the time is up, it goes no further in looking at the change.
    """
    job, settings = run.job, run.settings
    account = Account()
    if job.is_paid:
        # Start-up time: the free checks need nothing of what speaks to models.
        from chargehand.llm.provider.sdk import warm_up  # noqa: PLC0415 - as above

        warm_up()
        account = open_account(job.state, settings.pr_budget, run.checkout, settings.keep.state_days)
    crew = crew_of(settings)
    planning = planning_of(settings, crew)
    material = read_material(run, is_for_models=not job.is_offline, is_over=is_over)
    reported = read_reported(run, material, is_over)
    crew = crew.evolve(reported=reported.shown)
    checked = run_checks(_evidence(run, material), settings.disabled_checks(), is_over)
    asks_nobody = job.is_offline or is_over()
    diff = material.masked if asks_nobody else material.for_models(planning)
    brief = Brief(
        diff=diff,
        mask=material.searched.mask,
        crew=crew,
        planning=planning if asks_nobody else in_one_call(planning, diff, crew),
        facts=_facts(checked, material),
        stakes=stakes_of(settings),
    )
    change = material.change
    notices = (*change.notices, *untold_secrets(material.searched, settings))
    run = run.evolve(change=change.evolve(notices=notices))
    gaps = (*material.doubts, *checked.gaps, *reported.gaps)
    return Prepared(run, brief, gaps, run.prices, account, reported)


def with_announced(change: Change, diff: Diff) -> Change:
    """Return the change with what its diff announces, beside what was announced of its rules."""
    rules = change.rules.evolve(announced=(*change.rules.announced, *diff.announced))
    return change.evolve(rules=rules)


def _evidence(run: Run, material: Material) -> Evidence:
    return Evidence(
        diff=material.whole,
        searched=material.searched,
        enclosed=material.wider,
        read_tree=partial(_tree_before, run),
        faults=run.change.rules.faults,
    )


def _facts(checked: Checked, material: Material) -> tuple[Finding, ...]:
    """Return what the checks found, at its lines; those of the change are known by the change alone."""
    found = (*locate(checked.claims, material.masked), *locate(checked.around, material.enclosed))
    return merge_twins(found)


def _tree_before(run: Run) -> Tree | None:
    """Return which files were there before the change, None if no repository can say it."""
    if run.change.base is None or not isinstance(run.checkout, Repository):
        return None
    return Tree(paths=read_paths(run.checkout, run.change.base))


def crew_of(settings: Settings) -> Crew:
    """Return who reviews under these settings."""
    today = datetime.now(timezone.utc).date().isoformat()
    return Crew(
        fleet=settings.chosen_fleet(),
        lenses=settings.active_lenses(),
        threads=settings.threads,
        project_instructions=settings.instructions,
        escalation_share=settings.escalation_share,
        guidance=without_secrets_in_reasons(settings.guidance(today)),
    )


def _beside(settings: Settings, crew: Crew) -> int:
    """Return how many tokens stand beside a chunk at most."""
    return largest_beside(crew.workers, settings.context.tokens) if settings.context.enabled else 0


def stakes_of(settings: Settings) -> Stakes:
    """Return which claims could fail the build under these settings."""
    return Stakes(gate=settings.whole_gate(), grades=settings.grades())


def planning_of(settings: Settings, crew: Crew) -> Planning:
    """Return how these settings split a change for this crew."""
    return Planning(
        orchestrator=crew.fleet.orchestrator,
        depth=settings.depth,
        small_files=settings.plan.small_change_files,
        small_lines=settings.plan.small_change_lines,
        chunk_tokens=largest_chunk(crew.workers, settings.plan.chunk_tokens, _beside(settings, crew)),
        focus_lines=settings.plan.focus_lines or min(capabilities(each).focus_lines for each in crew.workers),
        measure=partial(estimate_for_any, models=crew.workers),
    )
