import json
from decimal import Decimal
from typing import Any

from chargehand.core.shape import written
from chargehand.core.usage import Role, Usage
from chargehand.reports import json as json_report
from tests.unit.reports.samples import LOCAL, OFFLINE, RICH, bill, call, finding, judged, review

Report = dict[str, Any]  # Any: what json.loads gives


def report_of(reviewed: Any) -> Report:  # Any: a review
    report: Report = json.loads(json_report.render(*judged(reviewed)))
    return report


def test_every_file_of_the_change_is_listed_reviewed_or_not() -> None:
    report = report_of(RICH)
    assert len(report["change"]["files"]) == len(RICH.diff.files)
    assert [file["path"] for file in report["skipped_files"]] == [
        "package-lock.json",
        "web/yarn.lock",
        "logo.png",
        "gone.py",
        r"../../etc/\u{1b}[2Jpasswd",
        "merge.py",
    ]
    renamed = [file for file in report["change"]["files"] if file["status"] == "renamed"]
    assert renamed == [
        {"path": "src/new_name.py", "old_path": "old.py", "status": "renamed", "added": 2, "removed": 0}
    ]


def test_money_is_plain_decimal_digits_without_rounding() -> None:
    calls = (call(Role.WORKER, "tests-1", "m", "1E-9"), call(Role.WORKER, "tests-2", "m", "0.1000"))
    report = report_of(review(calls=calls, bill=bill(calls)))
    assert [each["cost_usd"] for each in report["calls"]] == ["0.000000001", "0.1000"]
    assert report["bill"]["total_usd"] == "0.100000001"


def test_what_only_unpriced_calls_cost_is_unknown_and_not_zero() -> None:
    report = report_of(RICH)["bill"]
    assert report["by_model"][LOCAL] is None
    assert report["by_lens"]["tests"] is None
    assert report["by_role"]["worker"] == "0.00240031"
    assert report["unpriced"] == [LOCAL]


def test_a_review_of_unpriced_calls_only_has_no_known_sum() -> None:
    calls = (call(Role.PLAN, "plan", LOCAL, None), call(Role.WORKER, "tests-1", LOCAL, None))
    report = report_of(review(calls=calls, bill=bill(calls, unpriced=(LOCAL,))))["bill"]
    assert [report[name] for name in ("total_usd", "orchestrator_usd", "workers_usd")] == [None, None, None]
    assert set(report["by_role"].values()) == {None}


def test_a_review_without_calls_cost_nothing_and_that_is_known() -> None:
    report = report_of(OFFLINE)["bill"]
    assert report["total_usd"] == "0"
    assert report["counterfactuals"] == {"single_pass_usd": None, "all_orchestrator_usd": None}


def test_a_call_carries_what_its_price_depends_on() -> None:
    usage = Usage(
        input_tokens=1,
        cache_write_5m_tokens=2,
        cache_write_1h_tokens=3,
        cache_read_tokens=4,
        output_tokens=5,
        thinking_tokens=6,
        service_tier="batch",
        inference_geo="us",
        speed="fast",
    )
    calls = (call(Role.WORKER, "tests-1", "m", "0.1", usage=usage, is_assumed=True),)
    (told,) = report_of(review(calls=calls))["calls"]
    assert told["usage"] == written(usage)
    assert told["is_assumed"] is True
    assert told["lens"] == "tests"


def test_an_attempt_whose_usage_is_unknown_says_null() -> None:
    calls = (call(Role.WORKER, "tests-1", "m", "0.1", usage=None),)
    assert report_of(review(calls=calls))["calls"][0]["usage"] is None


def test_a_dismissed_finding_has_the_fields_of_a_finding_and_its_reason() -> None:
    report = report_of(RICH)
    assert set(report["dismissed"][0]) == {*report["findings"][0], "reason"}
    assert report["dismissed"][0]["reason"] == "row is checked above"


def test_suppressed_findings_stay_in_the_json_report() -> None:
    (told,) = report_of(review(findings=(finding(suppression="accepted"),)))["findings"]
    assert told["suppression"] == "accepted"


def test_the_report_ends_with_one_line_feed_and_is_not_ascii_only() -> None:
    text = json_report.render(*judged(review(summary="naïve")))
    assert text.endswith("}\n")
    assert '"naïve"' in text


def test_exact_amounts_survive_the_round_trip() -> None:
    assert Decimal(report_of(RICH)["bill"]["total_usd"]) == RICH.bill.total_usd
