"""What quick, standard and deep make of one change: who asks what, how sure findings are, what is kept."""

from io import StringIO
from pathlib import Path

import pytest
from pydantic import BaseModel

from chargehand.core.coverage import cover
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.finding import Confidence, Severity
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Depth, Lens
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.llm.cache.store import CacheStore
from chargehand.llm.chain import build_chain
from chargehand.llm.recording.replay import Recorder, Replayer
from chargehand.pipeline.answers import ClaimAnswer, JudgeAnswer, Ruling, WorkerAnswer
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.readers import readers_of
from chargehand.pipeline.recall import recall_replies
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch
from tests.unit.crew import LENSES, FunctionModel, diff_of, silent

DIFF = diff_of("a.py", "b.py")
CREW = Crew(fleet=FLEETS["5"], lenses=LENSES, threads=2)
NAMES = [lens.name for lens in LENSES]


def planning(depth: Depth) -> Planning:
    return Planning(
        orchestrator="x", depth=depth, small_files=9, small_lines=99, chunk_tokens=900, measure=len
    )


def ask(base: Model, depth: Depth, store: CacheStore | None = None) -> Asked:
    """Review the change as a run does, with a memory if there is a store."""
    reply_cache = recall_replies(store, DIFF, CREW, planning(depth)) if store else ReplyCache()
    brief = Brief(diff=DIFF, crew=CREW, planning=reply_cache.left(planning(depth)))
    chain = build_chain(base, Prices(), None, sleep=lambda _seconds: None)
    return ask_models(brief, Session(chain, Progress(StringIO(), verbosity=-1), Stopwatch(), reply_cache))


def said(rule: str, *, line: int = 1, title: str = "It is wrong") -> WorkerAnswer:
    claim = ClaimAnswer(
        rule=rule,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        file=1,
        line=line,
        end_line=line,
        quote=f"a.py line {line}",
        title=title,
        message="It gives a wrong result.",
        suggestion="",
    )
    return WorkerAnswer(claims=[claim])


def by_task(answers: dict[str, WorkerAnswer]) -> FunctionModel:
    """Return a model that gives these tasks these answers, and the others none."""

    def answer(prompt: Prompt) -> BaseModel:
        return answers.get(prompt.task, silent(prompt)) if prompt.role is Role.WORKER else silent(prompt)

    return FunctionModel(answer)


def workers(model: FunctionModel) -> list[Prompt]:
    return [prompt for prompt in model.prompts if prompt.role is Role.WORKER]


def test_quick_asks_once_through_all_lenses_and_each_lens_has_looked_at_each_file() -> None:
    model = by_task({"correctness+1-1": said("Security/Injection")})
    asked = ask(model, "quick")
    (prompt,) = workers(model)
    assert all(lens.instructions in prompt.question for lens in LENSES)
    assert "`rule` names the lens, too" in prompt.question
    cells = cover(DIFF, LENSES, asked.outcomes)
    assert [(each.path, each.lens, each.outcome) for each in cells] == [
        (path, name, "reviewed") for path in ("a.py", "b.py") for name in NAMES
    ]
    (finding,) = asked.judgement.findings
    assert (finding.rule, finding.lens, finding.confidence) == (
        "security/injection",
        "security",
        Confidence.HIGH,
    )
    assert [call.lens for call in asked.calls if call.role is Role.WORKER] == ["correctness+security"]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("injection", "security/injection"),
        ("security/nonsense", "security/other"),
        ("astrology/stars", "correctness/other"),
        ("other", "correctness/other"),
    ],
)
def test_a_claim_of_a_quick_reader_belongs_to_the_lens_that_its_rule_names(written: str, rule: str) -> None:
    (finding,) = ask(by_task({"correctness+1-1": said(written)}), "quick").judgement.findings
    assert finding.rule == rule


def test_quick_keeps_apart_what_no_one_model_can_look_through_at_once() -> None:
    lenses = (
        *LENSES,
        Lens(name="a11y", purpose="p", instructions="i", paths=("*.tsx",)),
        Lens(name="deep", purpose="p", instructions="i", model="claude-opus-5-5"),
    )
    readers = readers_of(lenses, "quick")
    assert [each.lenses for each in readers] == [("correctness", "security"), ("a11y",), ("deep",)]


def test_deep_asks_three_times_over_one_prefix_and_the_first_samples_come_first() -> None:
    model = FunctionModel(silent)
    ask(model, "deep")
    asked = workers(model)
    assert sorted(prompt.task for prompt in asked) == sorted(
        f"{name}{sample}-1" for sample in ("", ".2", ".3") for name in NAMES
    )
    assert len({(prompt.instructions, prompt.material) for prompt in asked}) == 1
    readers = readers_of(LENSES, "deep")
    assert [each.sample for each in readers] == sorted(each.sample for each in readers)


@pytest.mark.parametrize(
    ("tasks", "confidence"),
    [
        (("", ".2", ".3"), Confidence.HIGH),
        (("", ".3"), Confidence.MEDIUM),
        ((".2",), Confidence.LOW),
    ],
)
@pytest.mark.parametrize("title", ["It is wrong", "In sample{} it is wrong"])
def test_deep_is_as_sure_as_many_samples_say_it(
    tasks: tuple[str, ...], confidence: Confidence, title: str
) -> None:
    answers = {f"security{each}-1": said("injection", title=title.format(each)) for each in tasks}
    (finding,) = ask(by_task(answers), "deep").judgement.findings
    assert finding.confidence is confidence
    assert len(finding.samples) == len(tasks)


def test_samples_that_only_the_judge_sees_to_agree_agree_as_well() -> None:
    far = said("injection", line=2, title="A query is put together from what a stranger sends")
    answers = {"security-1": said("injection"), "security.2-1": far}
    for each in answers.values():
        each.claims[0].severity = Severity.CRITICAL  # what can block is judged
    workers_say = by_task(answers)

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.role is not Role.JUDGE:
            return workers_say.answer(prompt)
        merge = Ruling(claim=2, action="merge", into=1, severity=Severity.CRITICAL, reason="One cause.")
        return JudgeAnswer(summary="One.", rulings=[merge])

    (finding,) = ask(FunctionModel(answer), "deep").judgement.findings
    assert (finding.samples, finding.confidence) == ((1, 2), Confidence.MEDIUM)


def test_where_only_one_sample_answered_its_own_word_stands() -> None:
    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task in {"security.2-1", "security.3-1"}:
            raise NoAnswer(Failure.REJECTED, "no")
        return said("injection") if prompt.task == "security-1" else silent(prompt)

    (finding,) = ask(FunctionModel(answer), "deep").judgement.findings
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(("first", "then", "asked"), [
    ("deep", "deep", 0),
    ("standard", "deep", 4),
    ("deep", "standard", 0),
    ("quick", "quick", 0),
    ("quick", "standard", 2),
])  # fmt: skip
def test_what_is_remembered_is_remembered_by_sample(
    tmp_path: Path, first: Depth, then: Depth, asked: int
) -> None:
    with CacheStore.below(tmp_path, "the key") as store:
        ask(FunctionModel(silent), first, store)
        model = FunctionModel(silent)
        outcomes = ask(model, then, store).outcomes
    assert len(workers(model)) == asked
    assert len({outcome.task.id for outcome in outcomes}) == len(outcomes)
    assert all(cell.outcome == "reviewed" for cell in cover(DIFF, LENSES, outcomes))


@pytest.mark.parametrize("depth", ["quick", "deep"])
def test_a_recording_tells_the_samples_apart(tmp_path: Path, depth: Depth) -> None:
    answers = {
        f"{reader.name}-1": said("injection", line=n % 2 + 1)
        for n, reader in enumerate(readers_of(LENSES, depth))
    }
    with Recorder(by_task(answers), tmp_path / "run.jsonl") as recorder:
        asked = ask(recorder, depth)
    replayed = ask(Replayer.from_file(tmp_path / "run.jsonl"), depth)
    assert (replayed.judgement.findings, replayed.outcomes) == (asked.judgement.findings, asked.outcomes)
