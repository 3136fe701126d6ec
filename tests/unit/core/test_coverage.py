from chargehand.core.coverage import cover, lenses_without_files
from chargehand.core.plan import Chunk, Excerpt, Failed, Lens, Outcome, Refused, Reviewed, Skipped, Task
from tests.unit.crew import LENSES, diff_of, reader_of


def task(lens: str, *paths: str) -> Task:
    chunk = Chunk(number=1, excerpts=tuple(Excerpt(path=path, first=0, last=0) for path in paths), tokens=1)
    return Task(id=f"{lens}-1", reader=reader_of(lens), chunk=chunk, parts=chunk.excerpts)


def looked(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    cells = cover(diff_of("a.py", "b.py"), LENSES, outcomes)
    return [(cell.path, cell.lens, cell.outcome) for cell in cells]


def test_every_reviewable_file_and_lens_has_a_cell_even_without_an_outcome() -> None:
    assert looked([]) == [
        ("a.py", "correctness", "skipped"),
        ("a.py", "security", "skipped"),
        ("b.py", "correctness", "skipped"),
        ("b.py", "security", "skipped"),
    ]


def test_each_kind_of_outcome_is_told_apart() -> None:
    cells = looked(
        [
            Reviewed(task=task("correctness", "a.py"), model="m", claims=()),
            Failed(task=task("security", "a.py"), model="m", reason="timeout"),
            Refused(task=task("correctness", "b.py"), model="m", reason="cyber"),
            Skipped(task=task("security", "b.py"), reason="budget"),
        ]
    )
    assert [cell[2] for cell in cells] == ["reviewed", "failed", "refused", "skipped"]


def test_a_file_read_in_parts_is_as_covered_as_its_worst_part() -> None:
    cells = looked(
        [
            Reviewed(task=task("security", "a.py", "b.py"), model="m", claims=()),
            Refused(task=task("security", "a.py"), model="m", reason="cyber"),
        ]
    )
    assert ("a.py", "security", "refused") in cells
    assert ("b.py", "security", "reviewed") in cells


def test_of_a_failed_a_refused_and_a_skipped_part_the_failed_one_is_the_files_then_the_refused_one() -> None:
    failed: Outcome = Failed(task=task("security", "a.py"), model="m", reason="timeout")
    refused: Outcome = Refused(task=task("security", "a.py"), model="m", reason="cyber")
    skipped: Outcome = Skipped(task=task("security", "a.py"), reason="budget")
    for outcomes in ([failed, refused, skipped], [skipped, refused, failed]):
        assert ("a.py", "security", "failed") in looked(outcomes)
    for outcomes in ([refused, skipped], [skipped, refused]):
        assert ("a.py", "security", "refused") in looked(outcomes)


def test_a_lens_with_paths_has_cells_for_its_files_only() -> None:
    web = Lens(name="web", purpose="p", instructions="i", paths=("*.tsx", "!old.tsx"))
    cells = cover(diff_of("a.py", "b.tsx", "old.tsx"), (web,), ())
    assert [cell.path for cell in cells] == ["b.tsx"]


def test_a_file_is_from_an_earlier_run_only_if_all_its_parts_are() -> None:
    earlier = Reviewed(task=task("security", "a.py", "b.py"), model="m", claims=(), is_reused=True)
    now = Reviewed(task=task("security", "a.py"), model="m", claims=())
    for outcomes in ([earlier, now], [now, earlier]):
        cells = {cell.path: cell for cell in cover(diff_of("a.py", "b.py"), LENSES[1:], outcomes)}
        assert (cells["a.py"].is_reused, cells["b.py"].is_reused) == (False, True)


def test_a_cell_says_which_model_was_asked_and_why_it_gave_no_answer() -> None:
    outcomes: list[Outcome] = [
        Reviewed(task=task("correctness", "a.py"), model="small", claims=()),
        Failed(task=task("security", "a.py"), model="large", reason="timeout"),
        Refused(task=task("correctness", "b.py"), model="large", reason="cyber"),
        Skipped(task=task("security", "b.py"), reason="budget"),
    ]
    cells = cover(diff_of("a.py", "b.py"), LENSES, outcomes)
    assert [(cell.model, cell.reason, cell.is_gap) for cell in cells] == [
        ("small", "", False),
        ("large", "timeout", True),
        ("large", "cyber", True),
        (None, "budget", True),
    ]


def test_of_the_parts_of_a_file_failed_is_worse_than_refused_and_that_than_skipped() -> None:
    part = task("security", "a.py")
    rising: list[Outcome] = [
        Reviewed(task=part, model="m", claims=()),
        Skipped(task=part, reason="budget"),
        Refused(task=part, model="m", reason="cyber"),
        Failed(task=part, model="m", reason="timeout"),
    ]
    for worst, outcome in enumerate(("reviewed", "skipped", "refused", "failed")):
        for outcomes in (rising[: worst + 1], rising[worst::-1]):
            [cell] = cover(diff_of("a.py"), LENSES[1:], outcomes)
            assert cell.outcome == outcome


def test_what_no_task_held_says_so() -> None:
    [cell] = cover(diff_of("a.py"), LENSES[1:], ())
    assert (cell.path, cell.lens, cell.outcome) == ("a.py", "security", "skipped")
    assert (cell.model, cell.reason, cell.is_reused) == (None, "no task held it", False)


def test_a_lens_that_matched_no_file_is_listed() -> None:
    diff = diff_of("src/a.py")
    lenses = [
        Lens(name=name, purpose="p", instructions="i", paths=paths)
        for name, paths in (
            ("all", ()),
            ("docs", ("docs/",)),
            ("none", ("/*", "!/src/")),
            ("sub", ("a.py/",)),
        )
    ]
    said = lenses_without_files(diff, lenses)
    assert [each.partition(" match no file")[0].rpartition(" ")[2] for each in said] == [
        "docs",
        "none",
        "sub",
    ]
    assert lenses_without_files(diff_of(), lenses) == ()
