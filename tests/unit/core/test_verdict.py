from decimal import Decimal

import pytest

from chargehand.core.change import Change
from chargehand.core.coverage import Coverage
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason
from chargehand.core.finding import Confidence, Severity
from chargehand.core.gate import Gate
from chargehand.core.limit import Limit
from chargehand.core.review import Review, Timing
from chargehand.core.taking_in import take_in
from chargehand.core.usage import Bill, Counterfactuals, Usage
from chargehand.core.verdict import EXIT_CODES, Status, decide
from tests.unit.crew import LENSES, diff_of, finding_of

BILL = Bill(
    total_usd=Decimal("0.10"),
    orchestrator_usd=Decimal("0.06"),
    workers_usd=Decimal("0.04"),
    by_role={},
    by_model={},
    by_lens={},
    calls=0,
    usage=Usage(),
    counterfactuals=Counterfactuals(single_pass_usd=None, all_orchestrator_usd=None),
    prices_from="test",
)
CLEAN = Review(
    change=Change(source="file", diff=b""),
    diff=diff_of("a.py"),
    mode="live",
    lenses=LENSES,
    findings=(),
    coverage=(Coverage(path="a.py", lens="correctness", outcome="reviewed", model="m"),),
    summary="",
    bill=BILL,
    timing=Timing(started_at="", total_s=0, plan_s=0, work_s=0, judge_s=0),
)
GAP = Coverage(path="a.py", lens="security", outcome="refused", model="m", reason="cyber")
UNPAID = Coverage(path="a.py", lens="security", outcome="skipped", reason="budget")


def changed(**changes: object) -> Review:
    return CLEAN.evolve(**changes)


def test_a_clean_review_passes() -> None:
    verdict = decide(CLEAN, Gate())
    assert (verdict.status, verdict.exit_code) == (Status.PASSED, 0)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("fail_on", [*Severity, None])
def test_a_finding_blocks_at_or_above_the_threshold(severity: Severity, fail_on: Severity | None) -> None:
    verdict = decide(changed(findings=(finding_of(severity=severity),)), Gate(fail_on=fail_on))
    blocks = fail_on is not None and list(Severity).index(severity) <= list(Severity).index(fail_on)
    assert (verdict.status is Status.BLOCKED) == blocks
    assert verdict.exit_code == (1 if blocks else 0)


def test_a_gap_is_incomplete_and_blocks_unless_told_otherwise() -> None:
    review = changed(coverage=(*CLEAN.coverage, GAP))
    assert decide(review, Gate()).exit_code == 3
    warned = decide(review, Gate(on_incomplete="warn"))
    assert warned.exit_code == 0
    assert f"1 of 2 readings of a file under a lens got no answer: {GAP.reason}" in warned.reasons


def test_an_outage_has_a_policy_of_its_own_and_any_other_gap_the_usual_one() -> None:
    down = GAP.evolve(outcome="failed", reason="overloaded: Overloaded", is_outage=True)
    unjudged = "the findings were not judged (timeout)"
    outage = (changed(coverage=(down,)), changed(gaps=(unjudged,), outages=(unjudged,)))
    other = (changed(coverage=(down, GAP)), changed(coverage=(down,), gaps=("the plan is lost",)))
    for gate, in_outage, otherwise in (
        (Gate(), 3, 3),
        (Gate(on_outage="warn"), 0, 3),
        (Gate(on_incomplete="warn"), 0, 0),
        (Gate(on_incomplete="warn", on_outage="fail"), 3, 3),
    ):
        assert {decide(each, gate).exit_code for each in outage} == {in_outage}
        assert {decide(each, gate).exit_code for each in other} == {otherwise}


def test_a_reason_that_all_gaps_share_is_told() -> None:
    other = GAP.evolve(reason="deadline")
    alike = decide(changed(coverage=(other, other)), Gate())
    assert alike.reasons == ("2 of 2 readings of a file under a lens got no answer: deadline",)
    mixed = decide(changed(coverage=(GAP, other)), Gate())
    assert mixed.reasons == ("2 of 2 readings of a file under a lens got no answer",)


def test_a_file_that_nobody_wanted_left_out_is_a_gap() -> None:
    def with_skip(by: Authority) -> Review:
        skip = Skip(reason=SkipReason.BINARY, by=by, detail="")
        skipped = FileDiff(path="b", status="modified", skip=skip)
        return changed(diff=Diff(files=(*CLEAN.diff.files, skipped)))

    codes = {by: decide(with_skip(by), Gate()).exit_code for by in Authority}
    assert codes == {by: 3 if by is Authority.NOBODY else 0 for by in Authority}


def test_a_missing_judgement_is_incomplete() -> None:
    assert decide(changed(gaps=("the findings were not judged",)), Gate()).status is Status.INCOMPLETE


def test_work_that_the_cap_stopped_is_over_budget_and_not_incomplete() -> None:
    review = changed(coverage=(*CLEAN.coverage, UNPAID))
    verdict = decide(review, Gate(max_spend=Decimal("0.10")))
    assert (verdict.status, verdict.exit_code) == (Status.OVER_BUDGET, 4)


def test_a_bill_above_the_threshold_is_over_budget_and_one_on_it_is_not() -> None:
    assert decide(CLEAN, Gate(fail_spend=Decimal("0.09"))).exit_code == 4
    assert decide(CLEAN, Gate(fail_spend=Decimal("0.10"))).exit_code == 0


def test_where_several_hold_findings_come_first_then_money_then_gaps_and_all_are_said() -> None:
    review = changed(findings=(finding_of(),), coverage=(GAP, UNPAID))
    verdict = decide(review, Gate(max_spend=Decimal(1)))
    assert (verdict.status, verdict.exit_code) == (Status.BLOCKED, 1)
    assert len(verdict.reasons) == 3
    without_findings = decide(changed(coverage=(GAP, UNPAID)), Gate(max_spend=Decimal(1)))
    assert without_findings.status is Status.OVER_BUDGET


def test_offline_passes_with_the_words_that_no_model_looked() -> None:
    cells = (Coverage(path="a.py", lens="security", outcome="skipped", reason="offline"),)
    verdict = decide(changed(mode="offline", coverage=cells), Gate())
    assert verdict.status is Status.PASSED
    assert verdict.reasons == ("no model looked: only the free checks ran",)


def test_nothing_to_review_passes_and_says_so() -> None:
    verdict = decide(changed(diff=Diff(), coverage=()), Gate())
    assert (verdict.exit_code, verdict.reasons) == (0, ("nothing to review",))


def test_every_status_has_its_exit_code() -> None:
    codes = {status.value: EXIT_CODES[status] for status in Status}
    assert codes == {"passed": 0, "blocked": 1, "error": 2, "incomplete": 3, "over_budget": 4}


def test_each_reason_says_what_how_much_and_against_which_limit() -> None:
    two, one = (finding_of(), finding_of()), (finding_of(severity=Severity.LOW),)
    assert decide(changed(findings=two), Gate()).reasons == ("2 findings at or above high",)
    assert decide(changed(findings=one), Gate(fail_on=Severity.LOW)).reasons == ("1 finding at or above low",)
    assert decide(CLEAN, Gate()).reasons == ("no finding at or above high",)
    assert decide(CLEAN, Gate(fail_on=None)).reasons == ("findings never fail this build",)
    assert decide(CLEAN, Gate(fail_spend=Decimal("0.09"))).reasons == (
        "the bill of $0.1000 passed the threshold of $0.09",
    )


def test_the_reasons_of_the_status_come_first_and_the_others_in_the_order_of_the_statuses() -> None:
    review = changed(findings=(finding_of(),), coverage=(GAP, UNPAID), gaps=("nobody judged",))
    assert decide(review, Gate(max_spend=Decimal("0.10"))).reasons == (
        "1 finding at or above high",
        "the cap of $0.10 left 1 reading of a file under a lens undone",
        "1 of 2 readings of a file under a lens got no answer: cyber",
        "nobody judged",
    )


def test_files_that_could_not_be_read_are_counted_after_the_answers_that_are_missing() -> None:
    skip = Skip(reason=SkipReason.DAMAGED, by=Authority.NOBODY, detail="")
    files = tuple(FileDiff(path=path, status="modified", skip=skip) for path in ("b", "c"))
    one, two = (changed(diff=Diff(files=(*CLEAN.diff.files, *files[:count]))) for count in (1, 2))
    assert decide(one, Gate()).reasons == ("1 file of the change could not be read",)
    both = two.evolve(coverage=(GAP,), gaps=("nobody judged",))
    assert decide(both, Gate()).reasons == (
        "1 of 1 reading of a file under a lens got no answer: cyber",
        "2 files of the change could not be read",
        "nobody judged",
    )


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit(usd=Decimal("0.25"), source="max_spend"), "the cap of $0.25 (max_spend)"),
        (
            Limit(usd=Decimal("0.30"), source="pr_budget", budget_usd=Decimal("1.00")),
            "the rest of the pr_budget of $1.00",
        ),
        (None, "the cap of $0.31"),
    ],
)
def test_whichever_left_less_is_said_to_have_stopped_the_work(limit: Limit | None, said: str) -> None:
    review = changed(coverage=(UNPAID,), bill=BILL.evolve(limit=limit))
    verdict = decide(review, Gate(max_spend=Decimal("0.31")))
    assert verdict.reasons == (f"{said} left 1 reading of a file under a lens undone",)


def test_an_interrupted_review_keeps_its_status_and_exits_as_interrupted() -> None:
    verdict = decide(changed(is_interrupted=True), Gate())
    assert (verdict.status, verdict.exit_code) == (Status.PASSED, 130)


def test_a_lone_guess_does_not_block_unless_it_is_critical_and_the_reason_says_so() -> None:
    guess = finding_of(confidence=Confidence.LOW)
    verdict = decide(changed(findings=(guess,)), Gate())
    assert verdict.status is Status.PASSED
    assert verdict.reasons == ("1 finding at or above high, of low confidence and made by one reader",)
    for blocking in (
        guess.evolve(severity=Severity.CRITICAL),
        guess.evolve(model="check: secrets"),
        take_in(guess, finding_of(rule="tests/missing", lens="tests")),
    ):
        assert decide(changed(findings=(blocking,)), Gate()).reasons == ("1 finding at or above high",)
        [reason] = decide(changed(findings=(guess, blocking)), Gate()).reasons
        assert reason == ("1 finding at or above high, and 1 too unsure to block")


def test_a_guess_that_one_lens_makes_twice_is_as_unsure() -> None:
    guess = finding_of(confidence=Confidence.LOW)
    twice = take_in(guess, finding_of(rule="correctness/other", lens=guess.lens, confidence=Confidence.LOW))
    assert twice.merged
    assert decide(changed(findings=(twice,)), Gate()).status is Status.PASSED
