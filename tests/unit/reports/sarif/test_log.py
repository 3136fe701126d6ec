import base64
import hashlib
import json
from typing import Any

import pytest

from chargehand.core.diff import SkipReason
from chargehand.core.finding import Severity
from chargehand.lenses import BUILT_IN_LENSES, rules_of
from chargehand.lenses.rule import Rule
from chargehand.reports import sarif
from chargehand.reports.places import place_of
from chargehand.reports.sarif import rules
from chargehand.reports.sarif.artifacts import artifact
from chargehand.reports.sarif.results import RANKS
from tests.unit.reports.samples import (
    APP,
    CLEAN,
    OFFLINE,
    RICH,
    SAMPLES,
    SPACED,
    UNDECODABLE,
    finding,
    gap,
    judged,
    review,
    skip,
    suggestion,
)

Log = dict[str, Any]  # Any: what json.loads gives

ALL_RULES = tuple(rule for lens in BUILT_IN_LENSES for rule in rules_of(lens))


def run_of(reviewed: Any, **gate: Any) -> Log:  # Any: a review, and fields of a gate
    log: Log = json.loads(sarif.render(*judged(reviewed, **gate)))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    run: Log = log["runs"][0]
    return run


def only_result(**changes: Any) -> Log:  # Any: fields of a finding
    (result,) = run_of(review(findings=(finding(**changes),)))["results"]
    found: Log = result
    return found


def notified(run: Log) -> list[Log]:
    notifications: list[Log] = run["invocations"][0]["toolExecutionNotifications"]
    return notifications


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_every_result_names_a_rule_of_the_run_exactly(sample: Any) -> None:
    run = run_of(sample)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_rules_are_those_of_the_results_and_none_is_still_a_list() -> None:
    assert run_of(CLEAN)["tool"]["driver"]["rules"] == []
    found = finding(), finding(start_line=13), finding(suppression="accepted", rule="security/secret")
    rules = run_of(review(findings=found))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["security/injection", "security/secret"]


def test_the_run_has_a_category_and_counts_columns_in_code_points() -> None:
    run = run_of(CLEAN)
    assert run["automationDetails"]["id"] == "chargehand/"
    assert run["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_a_rule_has_all_that_code_scanning_requires(rule: Rule) -> None:
    described: Any = rules.descriptor(rule)
    for name in ("shortDescription", "fullDescription"):
        assert 0 < len(described[name]["text"]) <= 1024
    assert described["help"]["text"]
    assert 0 < len(described["name"]) <= 255
    assert described["name"].isalnum()
    assert len(described["properties"]["tags"]) <= 10
    assert described["properties"]["tags"][0] == rule.lens


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_only_rules_of_the_security_lens_have_a_security_severity_and_it_is_a_string(rule: Rule) -> None:
    properties: Any = rules.descriptor(rule)["properties"]
    assert ("security-severity" in properties) == (rule.lens == "security")
    if rule.lens == "security":
        assert isinstance(properties["security-severity"], str)
        assert 0.1 <= float(properties["security-severity"]) <= 10.0


def test_cwe_numbers_become_tags_of_three_digits() -> None:
    rule = ALL_RULES[0].evolve(cwe=(79, 1321))
    properties: Any = rules.descriptor(rule)["properties"]
    assert properties["tags"][1:] == ["external/cwe/cwe-079", "external/cwe/cwe-1321"]


def test_a_lens_with_a_long_name_stays_within_the_limits_of_code_scanning() -> None:
    name = "long" * 400
    found = finding(lens=name, rule=f"{name}/other")
    rules = run_of(review(findings=(found,)))["tool"]["driver"]["rules"]
    assert len(rules[0]["name"]) <= 255
    assert len(rules[0]["shortDescription"]["text"]) <= 1024


@pytest.mark.parametrize("severity", Severity)
def test_level_and_rank_follow_the_severity(severity: Severity) -> None:
    result = only_result(severity=severity)
    assert (
        result["level"]
        == {"critical": "error", "high": "error", "medium": "warning", "low": "note"}[severity.value]
    )
    bands = {"critical": (90, 100), "high": (70, 89), "medium": (40, 69), "low": (1, 39)}
    lowest, highest = bands[severity.value]
    assert lowest <= result["rank"] <= highest


def test_every_severity_has_its_place_in_the_tables() -> None:
    for table in (RANKS, rules.LEVELS, rules.PROBLEM_SEVERITIES):
        assert list(table) == list(Severity)


def test_a_region_ends_behind_the_last_character_of_its_last_line() -> None:
    region = only_result(start_line=13, end_line=15)["locations"][0]["physicalLocation"]["region"]
    last = next(line.text for line in APP.lines() if line.new_number == 15)
    assert (region["startLine"], region["startColumn"], region["endLine"]) == (13, 1, 15)
    assert last.endswith("\r")
    assert region["endColumn"] == len(last.rstrip("\r")) + 1


def test_the_snippet_is_the_findings_own_copy_of_the_lines() -> None:
    region = only_result(code="password = x")["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"] == "password = x"
    assert "user_id" not in json.dumps(region)


def only_fix(**changes: Any) -> Any:  # Any: fields of a finding, and JSON
    ((fix,),) = [only_result(**changes)["fixes"]]
    assert fix["description"]["text"].startswith("Suggestion for ")
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "src/app.py"}
    (replacement,) = change["replacements"]
    return replacement


@pytest.mark.parametrize(("start", "end"), [(12, 12), (12, 14), (13, 13), (15, 15)])
def test_a_fix_changes_exactly_the_lines_that_the_suggestion_was_written_for(start: int, end: int) -> None:
    code = "new()" if end == 15 else "new()\n  newer()"
    fix = only_fix(suggestion=suggestion(code, start, end))
    region = fix["deletedRegion"]
    lines = {line.new_number: line.text for line in APP.lines() if line.new_number}
    assert (region["startLine"], region["startColumn"], region["endLine"]) == (start, 1, end)
    assert lines[end][region["endColumn"] - 1 :] in {"", "\r"}
    assert fix["insertedContent"] == {"text": code}


def test_several_lines_are_no_fix_if_the_file_ends_lines_with_what_a_log_cannot_hold() -> None:
    assert "fixes" not in only_result(suggestion=suggestion("a\nb", 15, 15))
    assert "fixes" not in only_result(suggestion=None)


def test_a_removed_line_is_in_the_message_and_not_in_the_region_that_it_is_not_in() -> None:
    result = only_result(code="    gone()", old_line=3)
    assert "snippet" not in result["locations"][0]["physicalLocation"]["region"]
    assert "Removed:\n- gone()" in result["message"]["text"]


def test_a_finding_about_a_file_stands_at_its_first_line_and_says_so() -> None:
    result = only_result(start_line=None, end_line=None, anchor="file", code="")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    assert result["message"]["text"].endswith("This is about the file as a whole.")


@pytest.mark.parametrize(
    "changes",
    [
        {"anchor": "summary", "path": "src/other.py"},
        {"anchor": "file", "path": "../../etc/passwd"},
        {"anchor": "file", "path": "/etc/passwd"},
        {"anchor": "file", "path": "a\\..\\..\\b"},
        {"anchor": "file", "path": ""},
        {"anchor": "file", "path": "lone\ud800surrogate"},
    ],
)
def test_a_finding_without_a_place_is_notified_and_not_located(changes: Log) -> None:
    run = run_of(review(findings=(finding(start_line=None, end_line=None, **changes),)))
    assert run["results"] == []
    (said,) = notified(run)
    assert said["descriptor"]["id"] == "finding-without-place"
    assert said["level"] == "error"
    assert said["associatedRule"]["id"] == "security/injection"
    assert "User input becomes SQL" in said["message"]["text"]
    assert "locations" not in said


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (SPACED, "src/a%20b%20%C3%BC%25.py"),
        (UNDECODABLE, "src/caf%E9.py"),
        ("src/routes/+page.svelte", "src/routes/+page.svelte"),
        ("app/(shop)/@cart/$id,a=b;c!d*e&f'g.tsx", "app/(shop)/@cart/$id,a=b;c!d*e&f'g.tsx"),
        ("+(a)@$/x", "+(a)@$/x"),
        ("app/[id]/a?b#c", "app/%5Bid%5D/a%3Fb%23c"),
        ("src/a:b.py", "src/a:b.py"),
        ("a:b.py", "a%3Ab.py"),
        ("http://evil.example/x?y#z", "http%3A//evil.example/x%3Fy%23z"),
        ("C:\\x.py", "C%3A%5Cx.py"),
    ],
)
def test_uris_are_percent_encoded_and_relative(path: str, uri: str) -> None:
    result = only_result(path=path, start_line=None, end_line=None, anchor="file")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_our_own_fingerprints_are_the_only_ones() -> None:
    assert only_result()["partialFingerprints"] == {
        "chargehand/finding/v1": finding().fingerprint,
        "chargehand/finding/v2": finding().fingerprint_v2,
    }


def test_suppressed_findings_are_notes_that_say_why() -> None:
    found = finding(suppression="accepted"), finding(anchor="summary", suppression="")
    run = run_of(review(findings=found))
    (result,), (beside,) = run["results"], notified(run)
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "accepted"}]
    assert (result["level"], beside["level"]) == ("note", "note")


def test_a_model_cannot_put_a_link_into_a_message() -> None:
    text = only_result(title="[a](1)", message="[x](https://evil.example)", suggestion=suggestion("[y](2)"))[
        "message"
    ]["text"]
    assert "](" not in text


def test_a_finding_without_words_takes_those_of_its_rule() -> None:
    text = only_result(title="", message="", suggestion=None)["message"]["text"]
    assert text == rules_of("security")[0].title


def test_a_complete_review_says_that_it_was_executed() -> None:
    invocation = run_of(CLEAN)["invocations"][0]
    assert invocation["executionSuccessful"] is True
    assert invocation["exitCode"] == 0
    assert invocation["toolExecutionNotifications"] == []


@pytest.mark.parametrize("on_incomplete", ["fail", "warn"])
def test_every_gap_is_notified_and_the_run_was_not_executed(on_incomplete: str) -> None:
    run = run_of(RICH, on_incomplete=on_incomplete)
    assert run["invocations"][0]["executionSuccessful"] is False
    errors = {
        (said["descriptor"]["id"], location["physicalLocation"]["artifactLocation"]["uri"])
        for said in notified(run)
        for location in said.get("locations", ())
        if said["level"] == "error"
    }
    wanted = {("not-reviewed", artifact(cell.path)["uri"]) for cell in RICH.coverage if cell.is_gap}
    assert errors == wanted | {("unreadable", "merge.py")}
    texts = " ".join(said["message"]["text"] for said in notified(run))
    assert "security: 4 files refused: the model declined, twice" in texts
    assert "not judged" in texts


def test_a_path_outside_the_repository_is_named_and_not_located() -> None:
    hostile = skip("../../etc/passwd", SkipReason.UNSAFE_PATH, "It leads out of the repository.")
    (said,) = notified(run_of(review(diff=RICH.diff.evolve(files=(APP, hostile), notices=()))))
    assert "../../etc/passwd" in said["message"]["text"]
    assert "locations" not in said


def test_an_offline_run_was_executed_and_warns_that_no_model_looked() -> None:
    run = run_of(OFFLINE)
    assert run["invocations"][0]["executionSuccessful"] is True
    assert [(said["descriptor"]["id"], said["level"]) for said in notified(run)] == [
        ("mode", "warning"),
        ("not-reviewed", "warning"),
    ]


def test_equal_gaps_of_many_files_are_one_notification() -> None:
    cells = tuple(gap(f"f{number}.py", "tests", "failed", "timeout") for number in range(500))
    (said,) = notified(run_of(review(coverage=cells)))
    assert len(said["locations"]) == 500


def test_more_results_than_code_scanning_shows_are_said() -> None:
    # Copies of one: to validate thousands takes longer than to render them.
    run = run_of(review().evolve(findings=(finding(),) * 5_001))
    assert len(run["results"]) == 5_001
    assert notified(run)[-1]["message"]["text"] == "GitHub shows the worst 5,000 of these 5,001 results."


def test_more_results_than_a_run_may_hold_are_cut_to_the_worst() -> None:
    low, worst = finding(severity=Severity.LOW), finding(severity=Severity.CRITICAL)
    placed = [(each, place) for each in (low, worst) if (place := place_of(each))]
    kept, said = sarif._within_limits([placed[0]] * 25_001 + [placed[1]])
    assert len(kept) == 25_000
    assert kept[0] == placed[1]
    assert said[-1] == "2 results are left out: a run holds 25,000."


def test_a_file_that_github_would_refuse_for_its_size_says_so() -> None:
    noise = base64.b64encode(hashlib.shake_256(b"noise").digest(10_100_000)).decode()
    run = run_of(review(findings=(finding(message=noise),)))
    assert notified(run)[-1]["message"]["text"].startswith("GitHub refuses this file")


def test_each_notification_is_of_a_declared_kind() -> None:
    run = run_of(RICH)
    declared = {each["id"] for each in run["tool"]["driver"]["notifications"]}
    said = {each["descriptor"]["id"] for each in run["invocations"][0]["toolExecutionNotifications"]}
    assert said
    assert said <= declared


def test_the_category_is_what_the_settings_say() -> None:
    reviewed, verdict = judged(SAMPLES["clean"].evolve(category="chargehand/backend"))
    log = json.loads(sarif.render(reviewed, verdict))
    assert log["runs"][0]["automationDetails"] == {"id": "chargehand/backend/"}
