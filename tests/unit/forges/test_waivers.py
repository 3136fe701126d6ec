"""Who may let a finding through, and what the check says then."""

from decimal import Decimal

import pytest

from chargehand.core.finding import Severity
from chargehand.core.verdict import Status, Verdict
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.comment import Said
from chargehand.forges.conclusion import conclude
from chargehand.forges.fates import by_finding
from chargehand.forges.report import report_of
from chargehand.forges.request import Request
from chargehand.forges.waivers import waived
from chargehand.reports import json
from tests.unit.forges.reports import LENS, at, report
from tests.unit.reports.samples import gap, review

REQUEST = Request(number=7, head="f" * 40, author="Author")
ONE, TWO = at("added = 3", 21), at("more = 4", 22)


def say(*texts: str, author: str = "reviewer") -> list[Said]:
    return [Said(author=author, text=text, order=number) for number, text in enumerate(texts)]


def heard(*said: Said) -> Waived:
    return waived(REQUEST, said, lambda login: login == "reviewer")


def test_who_may_write_and_is_not_the_author_waives_with_a_reason() -> None:
    counted = heard(*say(f"/chargehand waive {'a' * 32} The list\nis never empty"))
    assert counted == Waived(waivers=(Waiver(fingerprint="a" * 32, by="reviewer", reason="The list"),))


@pytest.mark.parametrize(
    ("text", "author", "why"),
    [
        (f"/chargehand waive {'a' * 32} why", "author", "they opened this request"),
        (f"/chargehand waive {'a' * 32} why", "stranger", "they may not write here"),
        (f"/chargehand waive {'a' * 32}", "reviewer", "gives no reason"),
        (f"/chargehand waive {'a' * 31} why", "reviewer", "no command that is known"),
        (f"/chargehand waive {'a' * 33} why", "reviewer", "no command that is known"),
        ("/chargehand please", "reviewer", "no command that is known"),
        (f"/chargehand\nwaive {'a' * 32} why", "reviewer", "no command that is known"),
    ],
)
def test_what_does_not_count_says_why(text: str, author: str, why: str) -> None:
    counted = heard(*say(text, author=author))
    assert counted.waivers == ()
    assert why in counted.refused[0]


def test_a_comment_that_somebody_edited_says_why_it_does_not_count() -> None:
    [said] = say(f"/chargehand waive {'a' * 32} why")
    counted = heard(said.evolve(is_edited=True))
    assert counted.waivers == ()
    assert "A comment of reviewer was edited, maybe not by them" in counted.refused[0]


def test_two_findings_are_waived_by_two_comments_and_blank_lines_ahead_do_not_count() -> None:
    counted = heard(*say(f"\n  /chargehand waive {'a' * 32} one", f"/chargehand waive {'b' * 32} two"))
    assert [each.reason for each in counted.waivers] == ["one", "two"]


def test_each_writer_is_looked_up_once_and_no_more_than_fifty_of_them() -> None:
    asked: list[str] = []

    def may_write(login: str) -> bool:
        asked.append(login)
        return False

    said = [Said(author=f"a{n % 2}", text=f"/chargehand waive {n:032x} why", order=n) for n in range(60)]
    counted = waived(REQUEST, said, may_write)
    assert (counted.waivers, len(counted.refused), asked) == ((), 2, ["a0", "a1"])
    many = [each.model_copy(update={"author": f"a{each.order}"}) for each in said]
    assert len(waived(REQUEST, many, may_write).refused) == 60
    assert len(asked) == 52


def test_the_first_of_two_waivers_of_a_finding_counts_and_long_reasons_are_cut() -> None:
    first, second = say(f"/chargehand waive {'a' * 32} {'x' * 900}", f"/chargehand waive {'a' * 32} y")
    [waiver] = heard(second, first).waivers
    assert waiver.reason == "x" * 300


def test_a_waiver_counts_by_either_fingerprint() -> None:
    stored = report(ONE, TWO)
    for name in (ONE.fingerprint, ONE.fingerprint_v2):
        waiver = Waiver(fingerprint=name, by="b", reason="r")
        assert by_finding(stored, [waiver]) == {ONE.fingerprint: waiver}


def test_the_check_passes_once_everything_that_blocks_is_waived() -> None:
    stored = report(ONE, TWO)
    blocked, one_left, none_left = (
        conclude(stored, names) for names in ([], [ONE.fingerprint], [ONE.fingerprint, TWO.fingerprint])
    )
    assert (blocked.status, blocked.title) == ("blocked", "Blocked (live): 2 findings at or above high")
    assert (one_left.status, one_left.title) == (
        "blocked",
        "Blocked (live): 1 blocking finding left; 1 finding waived",
    )
    assert (none_left.status, none_left.title) == ("passed", "Passed (live): 2 findings waived")


def test_a_waiver_waves_through_no_gap_and_no_overspending() -> None:
    names = [ONE.fingerprint]
    gaps = report(ONE, coverage=(gap("src/app.py", LENS, "failed", "no answer"),))
    said = conclude(gaps, names)
    assert said.status == "incomplete"
    assert said.title == f"Incomplete (live): {gaps.verdict.reasons[1]}; 1 finding waived"
    assert conclude(gaps, []).status == "blocked"
    assert Decimal(str(gaps.bill.total_usd)) > 0


def test_a_waiver_that_only_the_report_knows_lets_nothing_pass() -> None:
    stored = report(ONE.evolve(suppression="waived by reviewer: why", suppressed_in="request"))
    said = conclude(stored, [])
    assert said.status == "incomplete"
    assert said.title == "Incomplete (live): 1 waiver taken back since, so review again"
    assert conclude(stored, [ONE.fingerprint]).status == "passed"


def test_a_report_that_contradicts_itself_does_not_pass() -> None:
    stored = report(ONE)
    for changed in ({"failing": ()}, {"blocking": ()}, {"failing": (), "blocking": ()}):
        odd = stored.model_copy(update={"verdict": stored.verdict.model_copy(update=changed)})
        assert conclude(odd, []).status == "blocked"


def test_an_error_is_no_review_that_passed() -> None:
    error = Verdict(status=Status.ERROR, exit_code=2, reasons=("It is no diff.",))
    said = conclude(report_of(json.render(review(), error).encode(), "report.json"), [])
    assert (said.status, said.title) == ("error", "Error (live): It is no diff.")


def test_the_check_never_passes_unless_a_model_looked() -> None:
    for mode in ("offline", "scripted"):
        said = conclude(report(mode=mode), [])
        assert (said.status, said.title) == (
            "incomplete",
            f"Incomplete ({mode}): no model looked, only the free checks",
        )
    assert conclude(report(fail_on=Severity.LOW), []).status == "passed"
