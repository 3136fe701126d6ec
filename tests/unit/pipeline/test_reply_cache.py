from pathlib import Path

import pytest
from pydantic import BaseModel

from chargehand.change.diff.long_hunks import split_hunks
from chargehand.core.cancellation import Cancellation
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.finding import Confidence, Severity
from chargehand.core.fleets import Fleet
from chargehand.core.plan import Lens, Outcome, Reviewed
from chargehand.core.prompt import Prompt
from chargehand.core.suppression import Suppression
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import make_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.pool import run_tasks
from chargehand.pipeline.recall import recall_replies
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.worker import Worker
from tests.unit.crew import LENSES, FunctionModel, diff_of, silent

DIFF = diff_of("a.py", "b.py", "c.py")
FLEET = Fleet(name="test", orchestrator="strong", worker="cheap", escalation="middling")
CREW = Crew(fleet=FLEET, lenses=LENSES, threads=4)
PLANNING = Planning(orchestrator="strong", small_files=9, small_lines=99, chunk_tokens=9000, measure=len)

NONE = WorkerAnswer(claims=[])


def claims_on(*files: int, title: str = "Wrong") -> WorkerAnswer:
    """Return a claim on the first line of each of the files with these numbers."""
    claims = [
        ClaimAnswer(
            rule="security/injection",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            file=number,
            line=1,
            end_line=1,
            quote="line 1",
            title=title,
            message=f"about {number}",
            replaces="",
            suggestion="",
        )
        for number in files
    ]
    return WorkerAnswer(claims=claims)


def two_hunks(path: str, second: str = "second") -> Diff:
    """Return a file with two hunks, each about as large as a request may be."""
    hunks = tuple(
        Hunk(old_start=n, old_count=0, new_start=n, new_count=1, section="", body=f"+{text} {'x' * 30}")
        for n, text in ((1, "first"), (50, second))
    )
    return Diff(files=(FileDiff(path=path, status="modified", added=2, removed=0, hunks=hunks),))


def run(
    store: CacheStore,
    model: FunctionModel,
    diff: Diff = DIFF,
    crew: Crew = CREW,
    planning: Planning = PLANNING,
) -> tuple[ReplyCache, tuple[Outcome, ...]]:
    """Review `diff` as a run does: recall, plan what is left, work."""
    reply_cache = recall_replies(store, diff, crew, planning)
    left = planning.evolve(reused=reply_cache.reused_parts)
    plan = make_plan(diff, crew.lenses, left, model)
    return reply_cache, run_tasks(plan.tasks, Worker(diff, crew, model, Cancellation(), reply_cache.keep))


def cells(outcomes: tuple[Outcome, ...]) -> set[tuple[str, str]]:
    return {(path, each.task.lens) for each in outcomes for path in each.task.chunk.paths}


def test_nothing_is_known_of_a_first_run_which_asks_as_if_there_were_no_memory(
    store: CacheStore,
) -> None:
    with_memory, without = FunctionModel(silent), FunctionModel(silent)
    reply_cache, _ = run(store, with_memory)
    plan = make_plan(DIFF, LENSES, PLANNING, without)
    run_tasks(plan.tasks, Worker(DIFF, CREW, without, Cancellation()))
    assert reply_cache.recalled == ()
    assert sorted(map(repr, with_memory.prompts)) == sorted(map(repr, without.prompts))


def test_an_unchanged_change_is_not_read_again(store: CacheStore) -> None:
    _, outcomes = run(store, FunctionModel(silent))
    model = FunctionModel(silent)
    reply_cache, asked = run(store, model)
    assert model.prompts == []
    assert asked == ()
    assert cells(reply_cache.recalled) == cells(outcomes)
    assert all(each.is_reused for each in reply_cache.recalled)


def test_a_push_that_touches_one_file_has_that_file_read(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    touched = Diff(files=(*diff_of("a.py").files, *diff_of("b.py", lines=3).files, *diff_of("c.py").files))
    model = FunctionModel(silent)
    reply_cache, asked = run(store, model, touched)
    assert cells(asked) == {("b.py", lens.name) for lens in LENSES}
    assert cells(reply_cache.recalled) == {(path, lens.name) for path in ("a.py", "c.py") for lens in LENSES}
    assert all("a.py" not in prompt.material for prompt in model.prompts)


def test_files_that_come_and_go_leave_the_others_known(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    _, asked = run(store, FunctionModel(silent), diff_of("0.py", "a.py", "c.py", "d.py"))
    assert {path for path, _ in cells(asked)} == {"0.py", "d.py"}


def test_each_file_takes_its_own_claims_along(store: CacheStore) -> None:
    only_security = FunctionModel(lambda prompt: claims_on(1, 3, 3) if prompt.lens == "security" else NONE)
    run(store, only_security)
    reply_cache, _ = run(store, FunctionModel(silent), diff_of("c.py", "b.py", "new.py"))
    claims = [claim for outcome in reply_cache.recalled for claim in outcome.claims]
    assert [(claim.path, claim.message, claim.lens) for claim in claims] == [
        ("c.py", "about 3", "security"),
        ("c.py", "about 3", "security"),
    ]
    assert all(claim.is_reused and claim.model == "cheap" for claim in claims)


def test_a_reply_about_a_file_that_was_not_shown_is_known_until_anything_changes(store: CacheStore) -> None:
    _, outcomes = run(store, FunctionModel(lambda _: claims_on(1, 4)))
    assert [len(each.claims) for each in outcomes if isinstance(each, Reviewed)] == [2, 2]
    model = FunctionModel(silent)
    known, _ = run(store, model)
    assert model.prompts == []
    assert [sorted(claim.path for claim in each.claims) for each in known.recalled if each.claims] == [
        ["", "a.py"]
    ] * len(LENSES)
    fewer, _ = run(store, model, diff_of("a.py", "b.py"))
    assert fewer.recalled == ()
    assert len(model.prompts) == len(LENSES)


def test_what_failed_is_asked_again_and_nothing_else(store: CacheStore) -> None:
    def answer(prompt: Prompt) -> BaseModel:
        if prompt.lens == "security":
            raise NoAnswer(Failure.REFUSED, "cyber")
        return silent(prompt)

    run(store, FunctionModel(answer))
    _, asked = run(store, FunctionModel(silent))
    assert cells(asked) == {(path, "security") for path in ("a.py", "b.py", "c.py")}


def test_a_file_in_parts_is_known_part_by_part(store: CacheStore) -> None:
    from_two_hunks = two_hunks("a.py")
    planning = PLANNING.evolve(chunk_tokens=60)
    first = FunctionModel(silent)
    run(store, first, from_two_hunks, planning=planning)
    assert len(first.prompts) == 2 * len(LENSES)
    second = FunctionModel(silent)
    run(store, second, two_hunks("a.py", "later"), planning=planning)
    assert len(second.prompts) == len(LENSES)


FOCUSED = PLANNING.evolve(focus_lines=50)


def in_two_parts(*paths: str) -> Diff:
    """Return a diff of files that two readers share each, and that all fit into one request."""
    return split_hunks(diff_of(*paths, lines=60), len, FOCUSED.chunk_tokens, FOCUSED.focus_lines)


def test_what_one_reader_of_a_file_did_not_answer_is_asked_again_and_what_another_did_is_not(
    store: CacheStore,
) -> None:
    diff = in_two_parts("a.py")

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == "security-2":
            raise NoAnswer(Failure.REFUSED, "cyber")
        return silent(prompt)

    run(store, FunctionModel(answer), diff, planning=FOCUSED)
    model = FunctionModel(silent)
    reply_cache, asked = run(store, model, diff, planning=FOCUSED)
    (prompt,) = model.prompts
    assert "a.py line 1\n" in prompt.material
    assert "[1] lines 36 to 60" in prompt.question
    gained = {part for each in (*asked, *reply_cache.recalled) for part in each.task.parts}
    assert len(gained) == 2
    assert run(store, FunctionModel(silent), diff, planning=FOCUSED)[1] == ()


def test_another_line_of_its_file_has_each_part_read_again(store: CacheStore) -> None:
    run(store, FunctionModel(silent), in_two_parts("a.py", "b.py"), planning=FOCUSED)
    touched = in_two_parts("a.py", "b.py").files[1]
    first, *others = touched.hunks
    touched = touched.evolve(hunks=(first.evolve(body=first.body.replace("line 1\n", "line one\n")), *others))
    diff = Diff(files=(in_two_parts("a.py").files[0], touched))
    _, asked = run(store, FunctionModel(silent), diff, planning=FOCUSED)
    assert cells(asked) == {("b.py", lens.name) for lens in LENSES}
    assert len(asked) == 2 * len(LENSES)


def test_a_claim_on_a_file_that_others_answer_for_is_known_as_long_as_that_file_is_the_same(
    store: CacheStore,
) -> None:
    def answer(prompt: Prompt) -> BaseModel:
        return claims_on(2) if prompt.task == "security-1" else NONE

    def known(diff: Diff) -> list[tuple[str, str]]:
        recalled = run(store, FunctionModel(silent), diff, planning=FOCUSED)[0].recalled
        return [(each.task.parts[0].path, claim.path) for each in recalled for claim in each.claims]

    both = in_two_parts("a.py", "b.py")
    run(store, FunctionModel(answer), both, planning=FOCUSED)
    assert known(both) == [("a.py", "b.py")]
    assert known(in_two_parts("a.py", "c.py")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"project_instructions": "Mind the locks."},
        {"fleet": FLEET.evolve(worker="cheaper")},
        {"fleet": FLEET.evolve(escalation="stronger")},
        {"lenses": tuple(each.evolve(instructions="Look again.") for each in LENSES)},
    ],
    ids=["project", "worker", "escalation", "lens"],
)
def test_whoever_is_asked_otherwise_is_asked_anew(store: CacheStore, changes: dict[str, object]) -> None:
    run(store, FunctionModel(silent))
    reply_cache, _ = run(store, FunctionModel(silent), crew=CREW.evolve(**changes))
    assert reply_cache.recalled == ()


def test_who_judges_and_how_the_work_is_cut_do_not_matter(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    crew = CREW.evolve(threads=1, fleet=FLEET.evolve(orchestrator="stronger"))
    reply_cache, asked = run(store, FunctionModel(silent), crew=crew)
    assert (len(reply_cache.recalled), asked) == (3 * len(LENSES), ())


def test_a_new_lens_reads_what_the_others_know(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    more = (*LENSES, Lens(name="style", purpose="p", instructions="i", paths=("b.py",)))
    _, asked = run(store, FunctionModel(silent), crew=CREW.evolve(lenses=more))
    assert cells(asked) == {("b.py", "style")}


def test_new_guidance_has_just_the_files_read_that_it_concerns(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    settled = Suppression(rule="security/injection", path="b.*", reason="no shell here", guidance=True)
    model = FunctionModel(silent)
    _, asked = run(store, model, crew=CREW.evolve(guidance=(settled,)))
    assert cells(asked) == {("b.py", "security")}
    [prompt] = model.prompts
    assert "- injection in `b.*`: no shell here" in prompt.question
    quiet = FunctionModel(silent)
    assert run(store, quiet, crew=CREW.evolve(guidance=(settled,)))[1] == ()


def test_a_kept_answer_that_is_none_is_asked_again(store: CacheStore, tmp_path: Path) -> None:
    run(store, FunctionModel(silent))
    for path in tmp_path.rglob("*.json"):
        path.write_text(path.read_text().replace("claims", "claim5"))
    reply_cache, _ = run(store, FunctionModel(silent))
    assert reply_cache.recalled == ()


def test_without_a_store_nothing_is_known_or_kept() -> None:
    reply_cache = ReplyCache()
    plan = make_plan(DIFF, LENSES, PLANNING, FunctionModel(silent))
    run_tasks(plan.tasks, Worker(DIFF, CREW, FunctionModel(silent), Cancellation(), reply_cache.keep))
    assert (reply_cache.reused_parts, reply_cache.recalled) == ({}, ())


def test_the_order_of_what_is_known_does_not_depend_on_who_was_faster(store: CacheStore) -> None:
    run(store, FunctionModel(silent))
    first = recall_replies(store, DIFF, CREW, PLANNING)
    again = recall_replies(store, DIFF, CREW, PLANNING)
    assert first.recalled == again.recalled
    ids = [outcome.task.id for outcome in first.recalled]
    assert len(set(ids)) == len(ids)
