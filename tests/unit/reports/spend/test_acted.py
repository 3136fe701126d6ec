"""What became of findings, and what workers noticed of planted defects, over many runs."""

import json
from decimal import Decimal

from chargehand.reports.spend import document, page, table
from chargehand.reports.spend.acted import Acted, acted
from chargehand.reports.spend.runs import Noted, Run, Tried, run_of
from tests.contract.our_schemas import objections
from tests.unit.reports.spend.stored import calls, changed, report, run, spending


def test_a_finding_is_acted_on_if_a_later_commit_lacks_it_or_somebody_accepted_it() -> None:
    first = _run("a", "1", ("x", None), ("y", None), ("z", None), ("w", None))
    second = _run("b", "2", ("y", None), ("z", "code"), ("w", "request"))
    elsewhere = _run("c", "3", ("x", None), subject="branch other")
    (rule,) = acted([first, second, elsewhere])
    # x of the other branch is a finding of its own, and nobody looked there again.
    assert rule == Acted(rule="tests/missing", found=5, gone=1, suppressed=1, waived=1, left=2)
    assert rule.acted_on == 3


def test_nothing_is_gone_by_a_review_that_did_not_look_at_all_of_it_or_at_the_same_commit() -> None:
    first = _run("a", "1", ("x", None))
    partial = _run("b", "2").evolve(is_whole=False)
    again = _run("c", "1")
    replayed = _run("d", "2").evolve(mode="replayed")
    (rule,) = acted([first, partial, again, replayed])
    assert (rule.gone, rule.left) == (0, 1)
    assert acted([_run("a", "1", ("x", None), subject=None)]) == ()


def test_vigilance_is_added_up_by_month_and_lens() -> None:
    tried = (
        *(Tried(lens="correctness", noticed=True, cost_usd=Decimal("0.001")) for _ in range(3)),
        Tried(lens="security", noticed=False, cost_usd=Decimal("0.001")),
        Tried(lens="security", noticed=None, cost_usd=Decimal(0)),
    )
    added = spending(
        run("a").evolve(probes=tried),
        _run("c", "1", ("x", None)),
        run("b", at="2026-12-01T00:00:00+00:00").evolve(probes=tried[:1]),
    )
    text = table(added)
    by_lens = "correctness 3 of 3, security 0 of 1; 1 without an answer; $0.0040"
    assert f"Workers noticed 3 of 4 planted defects in 2026-11: {by_lens}" in text
    assert "Workers noticed 1 of 1 planted defects in 2026-12: correctness 1 of 1; $0.0010" in text
    assert "tests/missing" in text
    found = json.loads(document(added))
    assert objections("spend", found) == []
    security = found["vigilance"][0]["by_lens"][1]
    assert security == {"name": "security", "planted": 1, "noticed": 0, "unanswered": 1}
    assert "What became of findings" in page(added)


def test_what_counts_is_read_from_reports_and_older_reports_have_nothing_of_it() -> None:
    content = report(calls("a"))
    probe = {"lens": "security", "model": "m", "kind": "bound", "noticed": True, "cost_usd": None}
    finding = {"fingerprint": "f", "rule": "tests/missing", "suppressed_in": "code", "title": "more"}
    found = run_of(changed(content, probes=[probe], findings=[finding]), "a.json")
    assert found.probes == (Tried(lens="security", noticed=True, cost_usd=None),)
    assert found.findings == (Noted(fingerprint="f", rule="tests/missing", suppressed_in="code"),)
    new = ("probes", "findings", "verdict")
    older = {name: part for name, part in json.loads(content).items() if name not in new}
    assert run_of(json.dumps(older).encode(), "a.json").probes == ()


def _run(name: str, head: str, *findings: tuple[str, str | None], subject: str | None = "branch a") -> Run:
    noted = (
        Noted.model_validate({"fingerprint": fingerprint, "rule": "tests/missing", "suppressed_in": where})
        for fingerprint, where in findings
    )
    return run(name).evolve(subject=subject, head=head, is_whole=True, findings=tuple(noted))
