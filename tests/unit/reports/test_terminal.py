import re
from itertools import product

import pytest

from chargehand.core.finding import Severity
from chargehand.core.review import Review
from chargehand.reports import terminal
from tests.unit.reports.samples import CLEAN, OFFLINE, RICH, finding, judged, review, suggestion


def lines(reviewed: Review, **gate: object) -> list[str]:
    return terminal.render(*judged(reviewed, **gate)).splitlines()


def test_the_verdict_is_the_last_line() -> None:
    assert lines(CLEAN)[-1] == "Passed (live): no finding at or above high"
    assert lines(RICH)[-1] == "Blocked (live): 3 findings at or above high"
    assert lines(OFFLINE)[-1] == "Passed (offline), but no model looked: only the free checks ran"


def test_lines_fit_into_80_columns() -> None:
    text = terminal.render(*judged(RICH), is_cut=True)
    assert max(map(len, text.splitlines())) <= 80


def test_words_that_are_longer_than_a_line_are_not_broken() -> None:
    url = "https://example.com/" + "x" * 90
    assert any(url in line for line in lines(review(findings=(finding(message=f"see {url}"),))))


def test_findings_of_one_file_that_follow_one_another_share_its_heading_and_show_the_cited_line() -> None:
    shown = lines(review(findings=(finding(), finding(start_line=13, end_line=13, title="Again"))))
    assert shown.count("src/app.py") == 1
    start = shown.index("src/app.py")
    assert shown[start + 1] == "  12: CRITICAL User input becomes SQL (security/injection)"
    assert shown[start + 2] == '      | cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")'


def test_the_worst_comes_first_and_then_a_cause_before_what_follows_from_it_whatever_the_file() -> None:
    lenses = ("style", "documentation", "tests", "our-own", "security", "correctness")
    found = [
        finding(path=f"{nth}.py", lens=lens, rule=f"{lens}/other", severity=severity, title="T")
        for nth, (severity, lens) in enumerate(product((Severity.LOW, Severity.HIGH), lenses))
    ]
    heads = [line for line in lines(review(findings=found)) if line.startswith("  12: ")]
    assert heads == [
        f"  12: {severity} T ({lens}/other)"
        for severity in ("HIGH", "LOW")
        for lens in ("security", "correctness", "our-own", "tests", "documentation", "style")
    ]


def test_findings_without_a_place_come_last_among_their_equals_under_a_heading_of_their_own() -> None:
    nowhere = finding(path="", anchor="summary", start_line=None, end_line=None, title="Nowhere")
    minor = finding(path="z.py", severity=Severity.LOW)
    shown = lines(review(findings=(nowhere, finding(path="y.py"), minor)))
    places = [line for line in shown if line in {"y.py", "Without a place in the diff", "z.py"}]
    assert places == ["y.py", "Without a place in the diff", "z.py"]


def test_long_code_is_cut_and_counted() -> None:
    code = "\n".join(f"line {number} " + "x" * 100 for number in range(7))
    text = terminal.render(*judged(review(findings=(finding(code=code),))), is_cut=True)
    shown = [line for line in text.splitlines() if line.startswith("      | ")]
    assert len(shown) == 6
    assert all(len(line) <= 80 for line in shown)
    assert shown[-1] == "      | … 2 more lines"


def test_no_gap_is_left_unsaid() -> None:
    text = re.sub(r"\s+", " ", terminal.render(*judged(RICH, on_incomplete="warn")))
    for said in (
        "refused: security on src/a b ü%.py",
        "failed: tests on src/a b ü%.py",
        "skipped: @team's `own`|lens on src/new_name.py: budget",
        "not read: merge.py",
        "the findings were not judged",
        "7 of 16 readings done (5 files under the lenses that apply)",
        "Left out",
        "lock-file: package-lock.json, web/yarn.lock: A lock file: nobody wrote it.",
        "ignored: gone.py: It is ignored.",
    ):
        assert said in text


def test_colour_is_only_there_where_the_caller_wants_it_and_changes_no_word() -> None:
    plain = terminal.render(*judged(RICH))
    coloured = terminal.render(*judged(RICH), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert coloured.count("\x1b[") % 2 == 0


def test_every_severity_and_conclusion_has_its_colour() -> None:
    assert list(terminal.SEVERITY_COLOURS) == list(Severity)
    assert len(set(terminal.SEVERITY_COLOURS.values())) == len(Severity)
    assert terminal.CONCLUSION_COLOURS["good"] != terminal.CONCLUSION_COLOURS["unclear"]


def test_only_the_good_verdict_is_green() -> None:
    green = terminal.CONCLUSION_COLOURS["good"]
    assert green in terminal.render(*judged(CLEAN), colour=True)
    for reviewed in (RICH, OFFLINE, review(gaps=("not judged",))):
        assert green not in terminal.render(*judged(reviewed, on_incomplete="warn"), colour=True)


def test_a_file_gets_code_and_suggestions_whole() -> None:
    long = "\n".join(f"{'x' * 200} = {number}" for number in range(20))
    found = finding(code=long, suggestion=suggestion(long))
    text = terminal.render(*judged(review(findings=(found,))))
    assert all(text.count(f"{line}\n") == 2 for line in long.split("\n"))
    assert "…" not in text


@pytest.mark.parametrize("width", [50, 60, 80, 200])
def test_a_terminal_gets_lines_of_its_width(width: int) -> None:
    long = "\n".join(f"{'x' * 300} = {number}" for number in range(20))
    found = finding(code=long, suggestion=suggestion(long), message="word " * 100)
    lines = terminal.render(*judged(review(findings=(found,))), width=width, is_cut=True).split("\n")
    assert max(map(len, lines)) == width
    assert sum("… 15 more lines" in line for line in lines) == 2


def test_no_terminal_is_too_narrow() -> None:
    text = terminal.render(*judged(review(findings=(finding(),))), width=1, is_cut=True)
    assert max(map(len, text.split("\n"))) <= 60
