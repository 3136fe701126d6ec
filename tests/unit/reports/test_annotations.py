import re
from collections import Counter

import pytest

from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.reports import annotations
from chargehand.reports.annotations import CONCLUSION_LEVELS, LEVELS
from tests.unit.reports.samples import CLEAN, OFFLINE, RICH, finding, judged, review


def lines(reviewed: Review, **gate: object) -> list[str]:
    return annotations.render(*judged(reviewed, **gate)).splitlines()


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does."""
    found = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert found, line
    level, properties, message = found.groups()
    named = dict(each.split("=", 1) for each in properties.split(","))
    return level, {name: unescaped(value) for name, value in named.items()}, unescaped(message)


def unescaped(text: str) -> str:
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def test_the_table_of_levels_is_total() -> None:
    assert list(LEVELS) == list(Severity)
    assert list(LEVELS.values()) == ["error", "error", "warning", "notice"]


def test_an_annotation_stands_at_its_lines_with_its_rule_as_title() -> None:
    level, properties, message = parsed(lines(review(findings=(finding(end_line=14),)))[1])
    assert level == "error"
    assert properties == {
        "file": "src/app.py",
        "line": "12",
        "endLine": "14",
        "title": "critical: User input becomes SQL (security/injection)",
    }
    assert message.startswith("`user_id` is put into")
    assert "\nSuggestion for line 12:\ncursor.execute(" in message


def test_what_would_end_a_property_or_a_line_is_escaped_and_read_back() -> None:
    hostile = "a,b::error::x%0A y%2C%25"
    found = finding(path=hostile, title=hostile, message=f"{hostile}\n{hostile}", suggestion=None)
    shown = lines(review(findings=(found,)))
    assert len(shown) == 2
    level, properties, message = parsed(shown[1])
    assert level == "error"
    assert properties["file"] == hostile
    assert properties["title"] == f"critical: {hostile} (security/injection)"
    assert message == f"{hostile}\n{hostile}"


def test_a_finding_about_a_file_names_no_line() -> None:
    found = finding(start_line=None, end_line=None, anchor="file")
    _, properties, message = parsed(lines(review(findings=(found,)))[1])
    assert set(properties) == {"file", "title"}
    assert message.endswith("This is about the file as a whole.")


def test_a_finding_without_a_place_names_no_file() -> None:
    found = finding(start_line=None, end_line=None, anchor="summary", path="src/other.py")
    _, properties, message = parsed(lines(review(findings=(found,)))[1])
    assert set(properties) == {"title"}
    assert message.endswith("No place in the diff was found for this: src/other.py.")


def test_suppressed_findings_are_left_out() -> None:
    assert len(lines(review(findings=(finding(suppression="accepted"),)))) == 1


def many(number: int, severity: Severity) -> tuple[Finding, ...]:
    return (finding(severity=severity),) * number


@pytest.mark.parametrize("number", [0, 1, 8, 9, 10, 11, 50])
def test_no_level_passes_the_ten_that_github_shows_and_the_rest_is_counted(number: int) -> None:
    findings = tuple(each for severity in Severity for each in many(number, severity))
    shown = [parsed(line) for line in lines(review(findings=findings))]
    assert max(Counter(level for level, _, _ in shown).values()) <= 10
    told = sum(int(message.split()[0]) for _, _, message in shown if "more finding" in message)
    seen = sum("security/injection" in properties["title"] for _, properties, _ in shown)
    assert seen + told == 4 * number
    assert all(
        sum(level == each and "security/injection" in properties["title"] for level, properties, _ in shown)
        <= 9
        for each in ("error", "warning", "notice")
    )


def test_the_worst_findings_come_first_and_are_those_that_are_shown() -> None:
    findings = (*many(12, Severity.HIGH), *many(3, Severity.CRITICAL))
    titles = [parsed(line)[1]["title"] for line in lines(review(findings=findings))[1:]]
    assert [title.split(":")[0] for title in titles] == ["critical"] * 3 + ["high"] * 5 + ["chargehand"]


def test_long_texts_stay_under_what_github_takes() -> None:
    found = finding(title="t" * 5000, message="%" * 9000)
    _, properties, message = parsed(lines(review(findings=(found,)))[1])
    assert len(properties["title"]) <= 200
    assert len(message) <= 4096


def test_the_first_annotation_is_the_verdict_with_every_reason_and_the_cost() -> None:
    level, properties, message = parsed(lines(RICH)[0])
    assert level == "error"
    assert properties["title"].startswith(
        "Blocked (live): 3 findings at or above high; left out: package-lock.json"
    )
    assert "8 of 16 readings of a file under a lens got no answer" in message
    assert message.endswith("Cost: at least $0.0214")


def test_a_verdict_is_a_notice_only_where_models_looked_at_everything() -> None:
    assert parsed(lines(CLEAN)[0])[0] == CONCLUSION_LEVELS["good"] == "notice"
    assert parsed(lines(OFFLINE)[0])[0] == CONCLUSION_LEVELS["unclear"] == "warning"
    gaps = review(gaps=("the findings were not judged",))
    assert parsed(lines(gaps, on_incomplete="warn")[0])[0] == "warning"
    assert parsed(lines(gaps)[0])[0] == CONCLUSION_LEVELS["bad"] == "error"
