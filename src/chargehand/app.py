"""The whole flow on one page: a change goes in, reports and a verdict come out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TextIO

from chargehand.change import Change
from chargehand.checks import run_checks
from chargehand.chunks import split_hunks
from chargehand.config import ConfigFile, Settings, find_config, load_settings
from chargehand.context import widen
from chargehand.coverage import cover
from chargehand.demo import DEMO_SETTINGS, demo_change
from chargehand.diff import Diff
from chargehand.errors import ProviderStopped
from chargehand.finding import Finding
from chargehand.git import (
    INDEX,
    NoRepository,
    Place,
    Repository,
    Selection,
    check_counts,
    find_change,
    find_repository,
    read_counts,
    read_file_at,
    read_files,
)
from chargehand.judge import Judgement, judge, merge, unjudged
from chargehand.llm.billing import make_bill
from chargehand.llm.chain import Chain, build_chain
from chargehand.llm.claude import Claude, warm_up
from chargehand.llm.counterfactuals import SinglePass
from chargehand.llm.model import Model
from chargehand.llm.prices import Prices
from chargehand.llm.replay import Recording, Replaying
from chargehand.llm.tokens import estimate_for_any, estimate_tokens, largest_chunk
from chargehand.locate import identify, locate
from chargehand.outputs import Outputs, check_outputs, write_outputs
from chargehand.parse import parse_diff
from chargehand.plan import Outcome, Plan, Reviewed
from chargehand.planner import Planning, make_plan, static_plan
from chargehand.progress import Progress
from chargehand.review import Mode, Review
from chargehand.spend import Bill, Call
from chargehand.stopwatch import Stopwatch
from chargehand.value import Value
from chargehand.verdict import Verdict, decide
from chargehand.workers import INTERRUPTED, PROVIDER, Brake, Crew, run_tasks

TIMEOUT_S = 180.0


class Job(Value):
    """What one run was asked to do; `flags` are settings by the option that gave them.

    `selection` None is the packaged change of the demo.
    """

    selection: Selection | None
    flags: dict[str, str | None]
    config: Path | None = None
    is_offline: bool = False
    record: Path | None = None
    replay: Path | None = None
    outputs: Outputs


class Asked(Value):
    """What the models gave: how each task ended, and which claims stand."""

    outcomes: tuple[Outcome, ...] = ()
    judgement: Judgement = Judgement(findings=())
    calls: tuple[Call, ...] = ()
    note: str = ""
    token_ratio: Decimal | None = None
    is_interrupted: bool = False


def run(job: Job, *, cwd: Path, environ: Mapping[str, str], stdout: TextIO, progress: Progress) -> Verdict:
    """Review the change that `job` means, write its reports and return the verdict.

    Raises InputError, with nothing spent, where nothing can be reviewed.
    """
    check_outputs(job.outputs)
    place = find_repository(cwd, environ)
    if job.selection:
        change = find_change(job.selection, cwd, environ)
        settings = load_settings(find_config(place, change, job.config), environ, job.flags)
    else:
        change = demo_change()
        settings = load_settings(ConfigFile(name="the demo", table=DEMO_SETTINGS), {}, {})
    review = _review(job, change, settings, place, progress)
    verdict = decide(review, settings.gate())
    write_outputs(review, verdict, job.outputs, stdout)
    if job.outputs.takes_stdout:
        progress.say(f"{verdict.status.value}: {'; '.join(verdict.reasons)}")
    return verdict


def _review(job: Job, change: Change, settings: Settings, place: Place, progress: Progress) -> Review:
    watch = Stopwatch()
    is_asked = bool(change.diff.strip()) and not job.is_offline
    if is_asked and not job.replay:
        warm_up()
    crew = _crew(settings)
    planning = _planning(settings, crew)
    diff, gaps = _read(change, planning, settings, place)
    checked = locate(run_checks(diff, settings.checks.disabled), diff)
    asked = Asked()
    mode: Mode = "offline" if job.is_offline else "live"
    if is_asked and diff.reviewable:
        with _open_model(job) as (base, mode):
            asked = _ask(diff, crew, planning, settings, base, progress, watch)
    return Review(
        change=change,
        diff=diff,
        mode=mode,
        lenses=crew.lenses,
        findings=identify(merge((*asked.judgement.findings, *checked))),
        dismissed=asked.judgement.dismissed,
        coverage=cover(diff, crew.lenses, asked.outcomes),
        gaps=(*gaps, *filter(None, [asked.judgement.gap])),
        notices=(*change.notices, *diff.notices, *filter(None, [asked.note])),
        summary=asked.judgement.summary,
        bill=_bill(asked, diff, crew, planning, settings),
        calls=asked.calls,
        timing=watch.timing(),
        is_interrupted=asked.is_interrupted,
    )


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


def _read(
    change: Change, planning: Planning, settings: Settings, place: Place
) -> tuple[Diff, tuple[str, ...]]:
    """Return the diff as models will be shown it, and a sentence for each file that git counts otherwise."""
    gaps: tuple[str, ...] = ()
    if isinstance(place, NoRepository):
        diff = parse_diff(change.diff, settings.reading_rules())
    else:
        began = change.base or place.head
        attributes = read_file_at(place, began, ".gitattributes") if began and change.diff else None
        diff = parse_diff(change.diff, settings.reading_rules(attributes or ""))
        counts = read_counts(place, change)
        gaps = check_counts(diff, counts) if counts else ()
        diff = widen(diff, _reader(place, change, diff).get)
    return split_hunks(diff, planning.measure, planning.chunk_tokens), gaps


def _reader(repository: Repository, change: Change, diff: Diff) -> Mapping[str, str]:
    """Return the files of a change as they are after it, where git has them."""
    end = INDEX if change.source == "staged" else change.head
    return {} if end is None else read_files(repository, end, (file.path for file in diff.reviewable))


@contextmanager
def _open_model(job: Job) -> Iterator[tuple[Model, Mode]]:
    if job.replay:
        replaying = Replaying.from_file(job.replay)
        yield replaying, "scripted" if replaying.kind == "scripted" else "replayed"
    elif job.record:
        with Recording(Claude(TIMEOUT_S), job.record) as recording:
            yield recording, "live"
    else:
        yield Claude(TIMEOUT_S), "live"


def _ask(
    diff: Diff,
    crew: Crew,
    planning: Planning,
    settings: Settings,
    base: Model,
    progress: Progress,
    watch: Stopwatch,
) -> Asked:
    """Plan, work, judge. Whatever stops on the way, what was had until then is returned."""
    prices = Prices(settings.prices)
    chain = build_chain(base, crew.fleet.escalation, prices, settings.max_spend, progress.called)
    progress.spent = lambda: chain.ledger.spent_usd
    brake = Brake()
    with watch.stage("plan_s"):
        plan = _plan(diff, crew, planning, chain, brake)
    progress.planned(plan)
    with watch.stage("work_s"):
        outcomes = run_tasks(plan, diff, crew, chain.worker, brake, progress.ended)
    claims = [claim for outcome in outcomes if isinstance(outcome, Reviewed) for claim in outcome.claims]
    with watch.stage("judge_s"):
        judgement = _judge(locate(claims, diff), crew, chain, brake, progress)
    return Asked(
        outcomes=outcomes,
        judgement=judgement,
        calls=chain.ledger.calls,
        token_ratio=chain.ledger.token_ratio,
        note=plan.note,
        is_interrupted=brake.reason == INTERRUPTED,
    )


def _plan(diff: Diff, crew: Crew, planning: Planning, chain: Chain, brake: Brake) -> Plan:
    try:
        return make_plan(diff, crew.lenses, planning, chain.orchestrator)
    except ProviderStopped as error:
        brake.pull(f"{PROVIDER}: {error}")
    except KeyboardInterrupt:
        brake.pull(INTERRUPTED)
    return static_plan(diff, crew.lenses, planning)


def _judge(
    findings: Sequence[Finding], crew: Crew, chain: Chain, brake: Brake, progress: Progress
) -> Judgement:
    if findings:
        progress.say(f"judging {len(findings)} claims")
    try:
        if brake.reason is None:
            return judge(findings, crew.fleet.orchestrator, chain.orchestrator)
    except KeyboardInterrupt:
        brake.pull(INTERRUPTED)
    return unjudged(findings, brake.reason or INTERRUPTED)


def _bill(asked: Asked, diff: Diff, crew: Crew, planning: Planning, settings: Settings) -> Bill:
    lenses = "".join(lens.instructions for lens in crew.lenses)
    shown = "".join(hunk.body for file in diff.reviewable for hunk in file.hunks) if asked.calls else ""
    single_pass = SinglePass(
        prompt_tokens=estimate_tokens(shown + lenses, planning.orchestrator), token_ratio=asked.token_ratio
    )
    return make_bill(asked.calls, Prices(settings.prices), planning.orchestrator, single_pass)
