"""The whole flow on one page: a change goes in, reports and a verdict come out."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TextIO

from chargehand.asking import Asked, ask_models
from chargehand.batching import at_batch_prices
from chargehand.change import Change
from chargehand.checks import run_checks
from chargehand.config import ConfigFile, Settings, find_config, load_settings
from chargehand.coverage import cover
from chargehand.demo import DEMO_SETTINGS, demo_change
from chargehand.diff import Diff
from chargehand.errors import InputError
from chargehand.estimate import Estimates, estimate, one_pass
from chargehand.finding import Dismissed, conceal, mask
from chargehand.git import Place, Repository, Selection, find_change, find_repository
from chargehand.judge import merge
from chargehand.llm.batch import BatchRun
from chargehand.llm.batch_state import BatchFile
from chargehand.llm.billing import make_bill
from chargehand.llm.chain import build_chain
from chargehand.llm.claude import Claude, warm_up
from chargehand.llm.fleets import FLEETS
from chargehand.llm.model import Model
from chargehand.llm.prices import Prices
from chargehand.llm.replay import Recording, Replaying
from chargehand.llm.shelf import FOLDER, Shelf
from chargehand.llm.tokens import estimate_for_any, largest_chunk
from chargehand.locate import identify, locate
from chargehand.memory import Memory, remember
from chargehand.outputs import Outputs, check_outputs, write_outputs
from chargehand.plan import Reviewed
from chargehand.planner import Planning
from chargehand.pr_budget import Account, open_account
from chargehand.progress import Progress
from chargehand.reading import read_diff
from chargehand.review import Mode, Review
from chargehand.spend import Bill
from chargehand.stopwatch import Stopwatch
from chargehand.value import Value
from chargehand.verdict import Verdict, decide
from chargehand.workers import Crew

TIMEOUT_S = 180.0


class Job(Value):
    """What one run was asked to do; `flags` are settings by the option that gave them.

    `selection` None is the packaged change of the demo. `batch` is the state file of the workers' batch;
    without it they are asked one by one.
    """

    selection: Selection | None
    flags: dict[str, str | None]
    config: Path | None = None
    is_offline: bool = False
    record: Path | None = None
    replay: Path | None = None
    cache: Path | None = None
    state: Path | None = None
    batch: Path | None = None
    outputs: Outputs


def run(job: Job, *, cwd: Path, environ: Mapping[str, str], stdout: TextIO, progress: Progress) -> Verdict:
    """Review the change that `job` means, write its reports and return the verdict.

    Raises InputError, with nothing spent, where nothing can be reviewed.
    """
    check_outputs(job.outputs)
    place = find_repository(cwd, environ)
    change, settings = _find(job, place, cwd, environ)
    review = _review(job, change, settings, place, progress, cwd, environ)
    for notice in review.notices:
        progress.say(notice)
    verdict = decide(review, settings.gate())
    write_outputs(review, verdict, job.outputs, stdout)
    if job.outputs.takes_stdout:
        progress.say(f"{verdict.status.value}: {'; '.join(verdict.reasons)}")
    return verdict


def estimate_review(job: Job, *, cwd: Path, environ: Mapping[str, str], is_exact: bool = False) -> Estimates:
    """Return what a review of the change that `job` means would cost; no model is asked.

    If `is_exact`, the provider counts the tokens of the prompts, which is free.
    """
    place = find_repository(cwd, environ)
    change, settings = _find(job, place, cwd, environ)
    fleets = dict.fromkeys((settings.chosen_fleet(), *FLEETS.values()))
    crews = [_crew(settings).model_copy(update={"fleet": fleet}) for fleet in fleets]
    made = []
    with Claude(TIMEOUT_S) as claude:
        for crew in crews:
            planning = _planning(settings, crew)
            rules = settings.reading_rules()
            diff, _ = read_diff(change, place, rules, planning.measure, planning.chunk_tokens)
            if diff.reviewable:
                count = claude.count_tokens if is_exact else None
                made.append(estimate(diff, crew, planning, Prices(settings.prices), count))
    notices = (*change.notices, *diff.notices, *filter(None, (each.note for each in made)))
    return Estimates(change=change, diff=diff, estimates=tuple(made), notices=notices)


def _find(job: Job, place: Place, cwd: Path, environ: Mapping[str, str]) -> tuple[Change, Settings]:
    if job.selection is None:
        return demo_change(), load_settings(ConfigFile(name="the demo", table=DEMO_SETTINGS), {}, {})
    change = find_change(job.selection, cwd, environ)
    return change, load_settings(find_config(place, change, job.config), environ, job.flags)


def _review(
    job: Job,
    change: Change,
    settings: Settings,
    place: Place,
    progress: Progress,
    cwd: Path,
    environ: Mapping[str, str],
) -> Review:
    watch = Stopwatch()
    is_paid = not job.is_offline and not job.replay and job.selection is not None
    account = open_account(job.state, settings.pr_budget, place, cwd, environ) if is_paid else Account()
    is_asked = bool(change.diff.strip()) and not job.is_offline
    if is_asked and not job.replay:
        warm_up()
    crew = _crew(settings)
    planning = _planning(settings, crew)
    diff, gaps = read_diff(change, place, settings.reading_rules(), planning.measure, planning.chunk_tokens)
    claims = run_checks(diff, settings.disabled_checks())
    secrets = {secret for claim in claims for secret in claim.conceal}
    prices = Prices(settings.prices)
    asked = Asked()
    expected_usd = None
    mode: Mode = "offline" if job.is_offline else "live"
    if is_asked and diff.reviewable:
        with _open_shelf(job, diff, place, environ) as shelf:
            memory = remember(shelf, diff, crew, planning) if shelf else Memory()
            planning = planning.model_copy(update={"known": memory.known})
            cost = estimate(diff, crew, planning, prices)
            expected_usd = at_batch_prices(cost.expected.calls, prices) if job.batch else cost.expected_usd
            planning = account.fit(planning, cost, settings.max_spend)
            with _open_model(job) as (base, mode):
                chain = build_chain(
                    base,
                    crew.fleet.escalation,
                    prices,
                    account.cap_usd(settings.max_spend),
                    on_call=progress.called,
                    sleep=_no_sleep if job.replay else time.sleep,
                )
                progress.spent = lambda: chain.ledger.spent_usd
                batch = _batch(job, base, progress, environ)
                with account.entering(chain.ledger, change.head):
                    asked = ask_models(diff, crew, planning, chain, progress, watch, memory, batch)
    judged = asked.judgement
    return Review(
        change=change,
        diff=diff,
        mode=mode,
        lenses=crew.lenses,
        findings=identify(
            conceal(each, secrets) for each in merge((*judged.findings, *locate(claims, diff)))
        ),
        dismissed=tuple(
            Dismissed(finding=conceal(each.finding, secrets), reason=mask(each.reason, secrets))
            for each in judged.dismissed
        ),
        coverage=cover(diff, crew.lenses, asked.outcomes),
        gaps=(*gaps, *filter(None, [judged.gap]), *account.gaps),
        notices=(*change.notices, *diff.notices, *account.notices, *asked.notices),
        summary=mask(judged.summary, secrets),
        bill=_bill(asked, diff, crew, prices, expected_usd).model_copy(update={"pr": account.spending}),
        calls=asked.calls,
        timing=watch.timing(),
        is_interrupted=asked.is_interrupted,
    )


def _no_sleep(_seconds: float) -> None:
    """Pass at once: what was recorded needs no patience."""


def _crew(settings: Settings) -> Crew:
    return Crew(
        fleet=settings.chosen_fleet(),
        lenses=settings.active_lenses(),
        threads=settings.threads,
        project_instructions=settings.instructions,
    )


def _planning(settings: Settings, crew: Crew) -> Planning:
    return Planning(
        orchestrator=crew.fleet.orchestrator,
        small_files=settings.plan.small_change_files,
        small_lines=settings.plan.small_change_lines,
        chunk_tokens=largest_chunk(crew.workers, settings.plan.chunk_tokens),
        measure=partial(estimate_for_any, models=crew.workers),
    )


@contextmanager
def _open_shelf(job: Job, diff: Diff, place: Place, environ: Mapping[str, str]) -> Iterator[Shelf | None]:
    """Give the shelf of the cache, sealed with the API key, so that who lacks the key cannot fill it."""
    if job.cache is None:
        yield None
        return
    if isinstance(place, Repository):
        _check_cache(job.cache, diff, place)
    with Shelf.below(job.cache, environ.get("ANTHROPIC_API_KEY", "")) as shelf:
        yield shelf


def _check_cache(cache: Path, diff: Diff, repository: Repository) -> None:
    """Raise InputError where the change brings files of the cache along: it would review itself."""
    folder, root = (repository.cwd / cache / FOLDER).resolve(), repository.root.resolve()
    inside = f"{folder.relative_to(root).as_posix()}/" if folder.is_relative_to(root) else None
    if inside and any(file.path.startswith(inside) for file in diff.files):
        raise InputError(
            f"Nothing was reviewed: the change holds files of the cache {cache}, so its author could have "
            "written the answers. Name a --cache outside of the checkout."
        )


@contextmanager
def _open_model(job: Job) -> Iterator[tuple[Model, Mode]]:
    if job.replay:
        replaying = Replaying.from_file(job.replay)
        yield replaying, "scripted" if replaying.kind == "scripted" else "replayed"
        return
    with Claude(TIMEOUT_S) as claude:
        if job.record is None:
            yield claude, "live"
            return
        with Recording(claude, job.record) as recording:
            yield recording, "live"


def _batch(job: Job, base: Model, progress: Progress, environ: Mapping[str, str]) -> BatchRun | None:
    if job.batch is None or not isinstance(base, Claude):
        return None
    file = BatchFile(job.batch, environ.get("ANTHROPIC_API_KEY", ""))
    return BatchRun(base, file, say=progress.say)


def _bill(asked: Asked, diff: Diff, crew: Crew, prices: Prices, estimate_usd: Decimal | None) -> Bill:
    """Return the bill, beside what one pass over the same lines with the same instructions would cost."""
    read = {
        path
        for outcome in asked.outcomes
        if isinstance(outcome, Reviewed)
        for path in outcome.task.chunk.paths
    }
    instead = one_pass(diff, crew, read, asked.token_ratio)
    return make_bill(asked.calls, prices, crew.fleet.orchestrator, instead, estimate_usd=estimate_usd)
