import json
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from chargehand.core.errors import InputError
from chargehand.core.usage import Role
from chargehand.reports import json as json_report
from chargehand.reports.spend.runs import run_of
from tests.unit.reports.samples import HAIKU, LOCAL, SAMPLES, call, judged
from tests.unit.reports.spend.stored import calls, changed, report


@pytest.mark.parametrize("name", SAMPLES)
def test_every_report_that_is_written_can_be_read(name: str) -> None:
    content = json_report.render(*judged(SAMPLES[name])).encode()
    run = run_of(content, "x")
    assert run.calls == tuple(call for call in SAMPLES[name].calls if call.outcome != "cached")
    assert len(run.calls) + run.reused_calls == len(SAMPLES[name].calls)
    assert run.cost_usd == SAMPLES[name].bill.total_usd
    assert run.prices_from == SAMPLES[name].bill.prices_from


def test_times_are_in_utc_and_a_time_without_a_zone_is_taken_for_it() -> None:
    ten = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
    for at in ("2026-11-22T10:00:00Z", "2026-11-22T05:00:00-05:00", "2026-11-22T10:00:00"):
        assert run_of(report(calls("a"), at=at), "x").started_at == ten


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00", "yesterday", ""])
def test_a_time_that_no_review_can_have_is_refused(at: str) -> None:
    with pytest.raises(InputError, match=r"timing\.started_at"):
        run_of(report(calls("a"), at=at), "x")


def test_a_run_that_did_not_do_all_of_its_work_knows_no_saving_and_no_estimate() -> None:
    content = report(calls("a"), single="1", strong="2", estimate="3")
    whole = run_of(content, "x")
    assert (whole.single_pass_usd, whole.estimate_usd) == (Decimal(1), Decimal(3))
    verdict = json.loads(content)["verdict"] | {"complete": False}
    part = run_of(changed(content, verdict=verdict), "x")
    assert (part.single_pass_usd, part.all_orchestrator_usd, part.estimate_usd) == (None, None, None)


def test_only_lines_of_reviewed_files_count() -> None:
    content = report(calls("a"), lines=7)
    files = [*json.loads(content)["change"]["files"], {"path": "lock", "added": 4000, "removed": 9}]
    skipped = [{"path": "lock", "reason": "lock-file", "detail": ""}]
    change = json.loads(content)["change"] | {"files": files}
    assert run_of(changed(content, change=change, skipped_files=skipped), "x").lines == 7


def test_what_a_later_release_adds_is_passed_over() -> None:
    content = changed(report(calls("a")), novelty={"deep": [1]})
    assert run_of(content, "x") == run_of(report(calls("a")), "x")


def test_a_report_from_before_repositories_had_names_is_read() -> None:
    content = report(calls("a"), repository="owner/name")
    change = json.loads(content)["change"]
    del change["repository"]
    assert run_of(content, "x").repository == "owner/name"
    assert run_of(changed(content, change=change), "x").repository is None


def test_an_answer_from_a_cache_is_no_call() -> None:
    made = calls("a")
    content = report(made)
    cached = json.loads(content)["calls"][0] | {"outcome": "cached", "cost_usd": "0.5"}
    run = run_of(changed(content, calls=[*json.loads(content)["calls"], cached]), "x")
    assert (run.calls, run.reused_calls) == (made, 1)


def test_a_run_with_an_unpriced_call_is_not_priced() -> None:
    made = (call(Role.WORKER, "tests-1", LOCAL, None), call(Role.WORKER, "style-1", HAIKU, "0.25"))
    run = run_of(report(made), "x")
    assert (run.is_priced, run.cost_usd) == (False, Decimal("0.25"))
    assert run_of(report(calls("a")), "x").is_priced
    nothing_known = run_of(report((call(Role.WORKER, "tests-1", LOCAL, None),)), "x")
    assert not nothing_known.is_priced
    assert nothing_known.cost_usd == 0


def test_a_bill_that_is_not_the_sum_of_its_calls_is_refused() -> None:
    content = report(calls("a", worker="0.1", judge="0.2"))
    bill = json.loads(content)["bill"] | {"total_usd": "0.29"}
    with pytest.raises(InputError, match=r"its bill says \$0\.29, its calls add up to \$0\.3"):
        run_of(changed(content, bill=bill), "x")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it is not a JSON report of chargehand, version 1"),
        (b'{"name": "package"}', "it is not a JSON report of chargehand, version 1"),
        (changed(report(calls("a")), schema_version=2), "it is not a JSON report of chargehand, version 1"),
        (
            changed(report(calls("a")), tool={"name": "other"}),
            "it is not a JSON report of chargehand, version 1",
        ),
        (
            changed(report(calls("a")), calls="none"),
            "it is not a complete JSON report of chargehand: calls: ",
        ),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        run_of(content, "x")
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("amount", ["1E+999999", "NaN", "-1", "0x1", "9" * 30, 0.1, "1e3", " 1", "٣"])
def test_an_amount_is_plain_digits_in_a_string(amount: Any) -> None:  # Any: JSON
    content = report(calls("a"))
    broken = [json.loads(content)["calls"][0] | {"cost_usd": amount}]
    with pytest.raises(InputError, match=r"calls\.0\.cost_usd"):
        run_of(changed(content, calls=broken), "x")


def test_a_name_from_a_report_is_one_harmless_line_of_bounded_length() -> None:
    content = report(calls("a"))
    hostile = [each | {"model": "\x1b[31mred\n\u202e" + "x" * 9000} for each in json.loads(content)["calls"]]
    model = run_of(changed(content, calls=hostile), "x").calls[0].model
    assert model.startswith(r"\u{1b}[31mred \u{202e}xx")
    assert len(model) <= 200
