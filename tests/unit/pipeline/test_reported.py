"""What workers are told of other tools: for their own lines, in so many words, and never for nothing."""

from chargehand.core.finding import Finding, Severity, ToolRule
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Chunk, Excerpt, Reader, Task
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.reported import MOST_TOLD, reported_to
from chargehand.pipeline.twins import merge_twins
from chargehand.pipeline.worker import worker_question
from tests.unit.changes import changed, diff_of
from tests.unit.crew import LENSES, finding_of

LINES = [f"line {number}" for number in range(1, 61)]
NEW = [f"new {number}" if number in (5, 50) else f"line {number}" for number in range(1, 61)]
DIFF = diff_of(changed("a.py", LINES, NEW), changed("b.py", LINES, NEW))
READER = Reader(name="security", lenses=("security",))
CREW = Crew(fleet=FLEETS["5"], lenses=LENSES, threads=1)


def told_at(line: int | None, path: str = "a.py", **more: object) -> Finding:
    tool = ToolRule(tool="ruff", id="F401")
    about = {
        "rule": "tool/ruff/F401",
        "lens": "tool",
        "model": "tool: ruff",
        "tool": tool,
        "title": f"At {line}.",
    }
    return finding_of(path=path, line=line, start_line=line, end_line=line, **{**about, **more})


def task(first: int, last: int, path: str = "a.py") -> Task:
    whole = Excerpt(path=path, first=0, last=1)
    parts = (whole.evolve(first=first, last=last),)
    return Task(id="t", reader=READER, chunk=Chunk(number=1, excerpts=(whole,), tokens=1), parts=parts)


def test_a_worker_is_told_of_the_lines_that_it_answers_for() -> None:
    found = [told_at(5), told_at(50), told_at(5, "b.py"), told_at(None)]
    first, second = (reported_to(task(n, n), DIFF, found) for n in (0, 1))
    assert first.split("\n") == ["a.py tool/ruff/F401: At None.", "a.py:5 tool/ruff/F401: At 5."]
    assert second.split("\n") == ["a.py:50 tool/ruff/F401: At 50."]


def test_it_is_data_in_a_frame_and_costs_nothing_if_there_is_none() -> None:
    plain = worker_question(task(0, 1), DIFF, CREW)
    beside = worker_question(task(0, 1), DIFF, CREW.evolve(reported=(told_at(5, "b.py"),)))
    asked = worker_question(task(0, 1), DIFF, CREW.evolve(reported=(told_at(5),)))
    assert plain == beside
    framed = asked.partition("<material ")[2].partition("</material")[0]
    assert "a.py:5 tool/ruff/F401: At 5." in framed
    assert "do not claim it again" in asked


def test_of_many_the_gravest_are_told() -> None:
    grave = told_at(5, severity=Severity.HIGH, title="Grave.")
    many = [told_at(5, severity=Severity.LOW, title=f"Number {n}.") for n in range(50)]
    lines = reported_to(task(0, 0), DIFF, [*many, grave]).split("\n")
    assert len(lines) == MOST_TOLD
    assert lines[0].endswith("Grave.")


def test_a_lens_and_a_tool_that_name_one_weakness_of_a_line_say_the_same() -> None:
    claim = finding_of(
        rule="security/injection", lens="security", path="a.py", title="SQL from input", line=5
    )
    sql = ToolRule(tool="codeql", id="py/sql", cwe=(89,))
    codeql = told_at(5, tool=sql, rule="tool/codeql/py/sql", model="tool: codeql", severity=Severity.CRITICAL)
    (one,) = merge_twins((codeql, claim))
    assert (one.rule, one.severity, [each.rule for each in one.merged]) == (
        "security/injection", Severity.CRITICAL, ["tool/codeql/py/sql"],
    )  # fmt: skip
    other = codeql.evolve(tool=sql.evolve(cwe=(22,)))
    assert len(merge_twins((other, claim))) == 2


def test_two_rules_of_one_tool_on_a_line_are_two_findings() -> None:
    other = told_at(5, rule="tool/ruff/F811", title="At 5 again.")
    assert len(merge_twins((told_at(5), other))) == 2
