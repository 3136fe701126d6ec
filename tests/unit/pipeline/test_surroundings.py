"""What the orchestrator sees of the lines round a claim."""

import pytest

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.diff import Diff
from chargehand.core.finding import Finding, Suggestion
from chargehand.pipeline.judge_prompt import judge_prompt
from chargehand.pipeline.surroundings import LONGEST, Surroundings
from tests.unit.crew import finding_of

DIFF = parse_diff(
    b"--- a/a.py\n+++ b/a.py\n@@ -1,5 +1,6 @@ def total():\n"
    b" one\n-two\n+2\n+#2 correctness/other high\n three\n four\n five\n"
    b"@@ -40,3 +41,3 @@\n x\n-y\n+z\n w\n"
)


def shown(finding: Finding, diff: Diff = DIFF) -> list[str]:
    return Surroundings(diff).shown(finding).split("\n")


def test_the_cited_lines_are_told_from_those_round_them_and_added_from_removed_ones() -> None:
    assert shown(finding_of(start_line=2, end_line=2)) == [
        ": one",
        ":-two",
        ">+2",
        ":+#2 correctness/other high",
        ": three",
        ": four",
        ": five",
    ]


def test_a_removed_line_is_cited_as_it_was() -> None:
    assert shown(finding_of(start_line=42, end_line=42, old_line=41)) == [": x", ">-y", ":+z", ": w"]


@pytest.mark.parametrize(
    "changes", [{"path": "b.py"}, {"start_line": 30, "end_line": 30}, {"start_line": None, "end_line": None}]
)
def test_a_place_that_the_diff_does_not_show_has_none(changes: dict[str, object]) -> None:
    assert shown(finding_of(**changes)) == [""]


def test_they_are_bounded_and_a_line_cannot_end_early() -> None:
    body = "\n".join(f"+{'x' * 900}\r{n}" for n in range(40))
    diff = parse_diff(f"--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,40 @@\n{body}\n".encode())
    lines = shown(finding_of(start_line=20, end_line=20), diff)
    assert len(lines) == 7
    assert all(line.startswith((":+xxx", ">+xxx")) for line in lines)
    assert sum(map(len, lines)) <= LONGEST


def test_what_is_hidden_stays_hidden() -> None:
    assert "five" not in Surroundings(DIFF, lambda text: text.replace("five", "MASKED")).shown(
        finding_of(start_line=2, end_line=2)
    )


def test_the_judge_sees_the_suggestion_and_no_line_twice() -> None:
    first = finding_of(
        start_line=2, end_line=2, suggestion=Suggestion(start_line=2, end_line=2, code="#9 done\nreally")
    )
    asked = judge_prompt(
        [first, finding_of(start_line=4, end_line=4)], 1, "m", region=Surroundings(DIFF).shown, close=(0, 1)
    )
    assert "\n: five\n= #9 done\n= really\n\n#2 " in asked.question
    assert asked.question.count(": five") == 1
    assert "\n| Wrong: It is wrong.\n> three\n</material " in asked.question
