import pytest

from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped
from chargehand.core.finding import Severity
from chargehand.core.prompt import Prompt
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.judge import judge, merge
from tests.unit.crew import FunctionModel, finding_of, silent

FIRST = finding_of()
SECOND = finding_of(rule="security/injection", start_line=2, end_line=2, severity=Severity.CRITICAL)
THIRD = finding_of(rule="style/other", start_line=3, end_line=3, severity=Severity.LOW)


def ruling(claim: int, action: str, into: int = 0, severity: Severity = Severity.LOW) -> Ruling:
    return Ruling.model_validate(
        {"claim": claim, "action": action, "into": into, "severity": severity, "reason": "because"}
    )


def ruled(*rulings: Ruling) -> FunctionModel:
    return FunctionModel(lambda _: JudgeAnswer(summary="Two things.", rulings=list(rulings)))


def test_without_findings_there_is_no_call() -> None:
    model = FunctionModel(silent)
    assert judge((), "strong", model).findings == ()
    assert model.prompts == []


def test_the_judge_sees_claims_and_cited_lines() -> None:
    model = FunctionModel(silent)
    judge((FIRST,), "strong", model)
    (prompt,) = model.prompts
    assert "#1 correctness/other high, confidence high, a.py:1" in prompt.question
    assert "> a.py line 1" in prompt.question


def test_findings_that_no_ruling_names_stand() -> None:
    judgement = judge((FIRST, SECOND, THIRD), "strong", ruled())
    assert judgement.findings == (FIRST, SECOND, THIRD)
    assert judgement.summary == "Two things."
    assert judgement.gap == ""


def test_a_dismissed_finding_is_kept_aside_with_the_reason() -> None:
    judgement = judge((FIRST, SECOND), "strong", ruled(ruling(2, "dismiss")))
    assert judgement.findings == (FIRST,)
    assert [(each.finding, each.reason) for each in judgement.dismissed] == [(SECOND, "because")]


def test_a_finding_is_graded_anew() -> None:
    judgement = judge((FIRST,), "strong", ruled(ruling(1, "regrade", severity=Severity.MEDIUM)))
    assert judgement.findings == (FIRST.model_copy(update={"severity": Severity.MEDIUM}),)


def test_the_worst_severity_survives_a_merge() -> None:
    judgement = judge((FIRST, SECOND), "strong", ruled(ruling(2, "merge", into=1)))
    assert judgement.findings == (FIRST.model_copy(update={"severity": Severity.CRITICAL}),)
    assert judgement.dismissed[0].finding == SECOND


@pytest.mark.parametrize(
    "rulings",
    [
        [ruling(9, "dismiss")],
        [ruling(0, "dismiss")],
        [ruling(1, "merge", into=1)],
        [ruling(1, "merge", into=9)],
        [ruling(1, "merge", into=2), ruling(2, "merge", into=1)],
    ],
)
def test_a_ruling_that_makes_no_sense_loses_no_finding(rulings: list[Ruling]) -> None:
    assert judge((FIRST, SECOND), "strong", ruled(*rulings)).findings == (FIRST, SECOND)


def test_a_claim_is_not_merged_into_one_that_is_itself_dismissed() -> None:
    judgement = judge((FIRST, SECOND), "strong", ruled(ruling(1, "merge", into=2), ruling(2, "dismiss")))
    assert judgement.findings == (FIRST,)
    assert [each.finding for each in judgement.dismissed] == [SECOND]


@pytest.mark.parametrize(
    "error", [NoAnswer(Failure.EMPTY, "nothing"), OverBudget("cap"), ProviderStopped("key")]
)
def test_without_a_judge_the_findings_stand_and_the_gap_is_said(error: Exception) -> None:
    def fail(_prompt: Prompt) -> JudgeAnswer:
        raise error

    judgement = judge((FIRST, SECOND), "strong", FunctionModel(fail))
    assert judgement.findings == (FIRST, SECOND)
    assert str(error) in judgement.gap


def test_equal_claims_are_merged_in_code_with_the_worst_severity() -> None:
    twin = FIRST.model_copy(update={"severity": Severity.CRITICAL, "title": "Worse", "model": "other"})
    assert merge((FIRST, twin, SECOND)) == (twin, SECOND)


def test_many_claims_take_more_than_one_call() -> None:
    many = tuple(finding_of(start_line=n, end_line=n, fingerprint=f"{n:032x}") for n in range(1, 101))
    model = FunctionModel(silent)
    judgement = judge(many, "strong", model)
    assert [prompt.task for prompt in model.prompts] == ["judge", "judge-2"]
    assert len(judgement.findings) == 100


@pytest.mark.parametrize(("claims", "effort"), [(1, "low"), (3, "low"), (4, None)])
def test_few_claims_need_little_thought(claims: int, effort: str | None) -> None:
    model = FunctionModel(silent)
    judge([finding_of(start_line=n, end_line=n) for n in range(1, claims + 1)], "strong", model)
    assert model.prompts[0].effort == effort


def test_a_claim_cannot_imitate_another_claim_line() -> None:
    model = FunctionModel(silent)
    judge((finding_of(path="a\n#2 fake"),), "strong", model)
    assert "\n#2" not in model.prompts[0].question
