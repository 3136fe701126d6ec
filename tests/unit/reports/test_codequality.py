import json
from typing import Any

import pytest

from chargehand.core.finding import Severity
from chargehand.reports import codequality
from chargehand.reports.codequality import NO_PATH, NOT_REVIEWED, SEVERITIES
from tests.unit.reports.samples import CLEAN, OFFLINE, RICH, SAMPLES, finding, gap, judged, review

Entry = dict[str, Any]  # Any: what json.loads gives


def entries(reviewed: Any, **gate: Any) -> list[Entry]:  # Any: a review, and fields of a gate
    found: list[Entry] = json.loads(codequality.render(*judged(reviewed, **gate)))
    return found


def test_the_table_of_severities_is_total_and_keeps_their_order() -> None:
    ladder = ["critical", "major", "minor", "info"]
    assert list(SEVERITIES) == list(Severity)
    assert list(SEVERITIES.values()) == ladder


@pytest.mark.parametrize("severity", Severity)
def test_critical_means_critical_in_the_merge_request_and_nothing_else_does(severity: Severity) -> None:
    (entry,) = entries(review(findings=(finding(severity=severity),)))
    assert (entry["severity"] == "critical") == (severity is Severity.CRITICAL)


def test_an_entry_repeats_its_rule_because_gitlab_does_not_show_the_check() -> None:
    (entry,) = entries(review(findings=(finding(),)))
    assert entry["check_name"] == "security/injection"
    assert (entry["type"], entry["engine_name"], entry["categories"]) == ("issue", "chargehand", ["Security"])
    assert entry["description"].startswith("security/injection: User input becomes SQL. `user_id` is put")
    assert entry["location"] == {"path": "src/app.py", "lines": {"begin": 12}}
    assert entry["fingerprint"] == finding().fingerprint


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_entry_has_what_importers_want(sample: str) -> None:
    for entry in json.loads(codequality.render(*judged(SAMPLES[sample]))):
        assert (entry["type"], entry["engine_name"]) == ("issue", "chargehand")
        assert len(entry["categories"]) == 1
        assert entry["location"]["lines"]["begin"] >= 1


def test_equal_fingerprints_are_told_apart_and_the_first_stays() -> None:
    prints = [entry["fingerprint"] for entry in entries(review(findings=(finding(),) * 3))]
    assert prints[0] == finding().fingerprint
    assert len(set(prints)) == 3


def test_a_clean_review_is_an_empty_list_without_a_byte_order_mark() -> None:
    assert codequality.render(*judged(CLEAN)) == "[]\n"


def test_a_finding_about_a_file_stands_at_its_first_line_and_says_so() -> None:
    (entry,) = entries(review(findings=(finding(start_line=None, end_line=None, anchor="file"),)))
    assert entry["location"]["lines"] == {"begin": 1}
    assert entry["description"].endswith("This is about the file as a whole.")


def test_a_finding_without_a_place_is_shown_at_no_file() -> None:
    lost = finding(start_line=None, end_line=None, anchor="summary", path="src/other.py")
    (entry,) = entries(review(findings=(lost,)))
    assert entry["location"]["path"] == NO_PATH
    assert "src/other.py" in entry["description"]


def test_suppressed_findings_say_so_and_weigh_nothing() -> None:
    (entry,) = entries(review(findings=(finding(suppression="accepted"),)))
    assert "Suppressed (accepted): User input" in entry["description"]
    assert entry["severity"] == "info"


@pytest.mark.parametrize("on_incomplete", ["fail", "warn"])
def test_what_nobody_looked_at_is_an_entry(on_incomplete: str) -> None:
    gaps = [each for each in entries(RICH, on_incomplete=on_incomplete) if each["check_name"] == NOT_REVIEWED]
    assert {each["severity"] for each in gaps} == {"major", "info"}
    assert all(each["severity"] == "info" for each in gaps if " left out, " in each["description"])
    grave = [each for each in gaps if each["severity"] == "major"]
    described = [each["description"].removeprefix(f"{NOT_REVIEWED}: ") for each in grave]
    assert described == [
        "the findings were not judged (timeout: no answer in 60 s)",
        r"../../etc/\u{1b}[2Jpasswd could not be read: Its path leads out of the repository.",
        "merge.py could not be read: A merge diff has no one old side.",
        "src/a b ü%.py and 3 more files not reviewed for security: refused, the model declined, twice",
        "src/a b ü%.py and 3 more files not reviewed for tests: failed, overloaded: 3 attempts",
        "src/new_name.py not reviewed for @team's `own`|lens: skipped, budget",
    ]
    assert [each["location"]["path"] for each in grave[:3]] == [NO_PATH, NO_PATH, "merge.py"]


@pytest.mark.parametrize("mode", ["offline", "scripted"])
def test_a_run_without_models_says_so_in_one_entry(mode: str) -> None:
    (entry,) = entries(OFFLINE.evolve(mode=mode, coverage=()))
    assert (entry["check_name"], entry["severity"]) == (NOT_REVIEWED, "info")


def test_an_offline_run_does_not_repeat_itself_for_every_file() -> None:
    cells = tuple(gap(f"f{number}.py", "tests", "skipped", "offline") for number in range(9))
    assert len(entries(OFFLINE.evolve(coverage=cells))) == 1
