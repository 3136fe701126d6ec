import pytest

from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped
from chargehand.core.finding import Finding, Graded, Severity
from chargehand.core.prompt import Model, Prompt
from chargehand.core.taking_in import take_in
from chargehand.core.usage import Role
from chargehand.pipeline import judge as judging
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.judge_prompt import judge_prompt
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.prompts import judge_instructions
from tests.unit.crew import FunctionModel, finding_of, one_judge, silent, unnamed

FIRST = finding_of()
SECOND = finding_of(rule="security/injection", start_line=2, end_line=2, severity=Severity.CRITICAL)
THIRD = finding_of(rule="style/other", start_line=3, end_line=3, severity=Severity.LOW)


def ruling(claim: int, action: str, into: int = 0, severity: Severity = Severity.LOW) -> Ruling:
    return Ruling.model_validate(
        {"claim": claim, "action": action, "into": into, "severity": severity, "reason": "because"}
    )


def ruled(*rulings: Ruling) -> FunctionModel:
    return FunctionModel(lambda _: JudgeAnswer(summary="Two things.", rulings=list(rulings)))


def judge(findings: tuple[Finding, ...] | list[Finding], model: Model) -> Judgement:
    return unnamed(judging.judge(findings, one_judge(model)))


def test_without_findings_there_is_no_call() -> None:
    model = FunctionModel(silent)
    assert judge((), model).findings == ()
    assert model.prompts == []


def test_the_judge_sees_claims_and_cited_lines() -> None:
    model = FunctionModel(silent)
    judge((FIRST,), model)
    (prompt,) = model.prompts
    assert "#1 correctness/other high, a.py:1" in prompt.question
    assert "> a.py line 1" in prompt.question


def test_the_judge_sees_that_a_line_was_removed() -> None:
    prompt = judge_prompt([finding_of(old_line=3)], 1, "strong")
    assert "\n>-a.py line 1" in prompt.question


def test_findings_that_no_ruling_names_stand() -> None:
    judgement = judge((FIRST, SECOND, THIRD), ruled())
    assert judgement.findings == (FIRST, SECOND, THIRD)
    assert judgement.summary == "Two things."
    assert judgement.gap == ""


def test_a_dismissed_finding_is_kept_aside_with_the_reason() -> None:
    judgement = judge((FIRST, SECOND), ruled(ruling(2, "dismiss")))
    assert judgement.findings == (FIRST,)
    assert [(each.finding, each.reason) for each in judgement.dismissed] == [(SECOND, "because")]


def test_a_finding_is_graded_anew() -> None:
    judgement = judge((FIRST,), ruled(ruling(1, "regrade", severity=Severity.MEDIUM)))
    graded = Graded(was=Severity.HIGH, reason="because")
    assert judgement.findings == (FIRST.evolve(severity=Severity.MEDIUM, graded=graded),)


def test_a_grade_that_stays_is_no_regrade() -> None:
    judgement = judge((FIRST,), ruled(ruling(1, "regrade", severity=Severity.HIGH)))
    assert judgement.findings == (FIRST,)


def test_a_merged_claim_is_kept_in_its_target_with_the_worst_severity() -> None:
    judgement = judge((FIRST, SECOND), ruled(ruling(2, "merge", into=1)))
    (finding,) = judgement.findings
    assert (finding.title, finding.severity) == (FIRST.title, Severity.CRITICAL)
    assert finding.graded
    assert finding.graded.was is Severity.HIGH
    assert [(each.rule, each.line, each.reason) for each in finding.merged] == [(SECOND.rule, 2, "because")]
    assert finding.also_at == (("a.py", 2),)
    assert judgement.dismissed == ()


@pytest.mark.parametrize(
    "rulings",
    [
        [ruling(9, "dismiss")],
        [ruling(0, "dismiss")],
        [ruling(1, "merge", into=1)],
        [ruling(1, "merge", into=9)],
    ],
)
def test_a_ruling_that_makes_no_sense_loses_no_finding(rulings: list[Ruling]) -> None:
    assert judge((FIRST, SECOND), ruled(*rulings)).findings == (FIRST, SECOND)


def test_what_says_the_same_as_a_dismissed_claim_is_dismissed_with_it_and_names_it() -> None:
    judgement = judge((FIRST, SECOND), ruled(ruling(1, "merge", into=2), ruling(2, "dismiss")))
    assert judgement.findings == ()
    assert [(each.finding, each.reason) for each in judgement.dismissed] == [
        (FIRST, 'it says the same as "Wrong", which was dismissed: because'),
        (SECOND, "because"),
    ]


def test_a_chain_of_merges_is_followed_to_its_end() -> None:
    rulings = (ruling(3, "merge", into=2), ruling(2, "merge", into=1))
    judgement = judge((FIRST, SECOND, THIRD), ruled(*rulings))
    (finding,) = judgement.findings
    assert finding.start_line == 1
    assert [each.rule for each in finding.merged] == [SECOND.rule, THIRD.rule]


def test_a_circle_of_merges_leaves_the_most_important_claim() -> None:
    rulings = (ruling(1, "merge", into=3), ruling(2, "merge", into=1), ruling(3, "merge", into=2))
    judgement = judge((FIRST, SECOND, THIRD), ruled(*rulings))
    (finding,) = judgement.findings
    assert finding.rule == SECOND.rule
    assert {each.rule for each in finding.merged} == {FIRST.rule, THIRD.rule}


def test_the_judges_own_grade_counts_more_than_what_was_taken_in() -> None:
    rulings = (ruling(1, "regrade", severity=Severity.LOW), ruling(2, "merge", into=1))
    (finding,) = judge((FIRST, SECOND), ruled(*rulings)).findings
    assert finding.severity is Severity.LOW


def test_what_a_check_found_is_neither_asked_about_nor_dismissed() -> None:
    fact = finding_of(model="check: secrets", rule="security/secret", lens="security")
    model = ruled(ruling(1, "dismiss"), ruling(2, "dismiss"))
    judgement = judge((fact, SECOND), model)
    assert judgement.findings == (fact,)
    assert "security/secret" not in model.prompts[0].question
    assert judge((fact,), FunctionModel(silent)).findings == (fact,)


def test_the_judge_sees_in_a_line_what_a_claim_took_in() -> None:
    model = FunctionModel(silent)
    judge((take_in(FIRST, finding_of(rule="tests/missing", title="No test")),), model)
    assert "also tests/missing: No test" in model.prompts[0].question


@pytest.mark.parametrize(
    ("error", "is_capped"),
    [
        (NoAnswer(Failure.EMPTY, "nothing"), False),
        (OverBudget("cap"), True),
        (ProviderStopped("key"), False),
    ],
)
def test_without_a_judge_the_findings_stand_and_the_gap_is_said(error: Exception, is_capped: bool) -> None:
    def fail(_prompt: Prompt) -> JudgeAnswer:
        raise error

    judgement = judge((FIRST, SECOND), FunctionModel(fail))
    assert judgement.findings == (FIRST, SECOND)
    gap = "no money was left to judge all claims" if is_capped else f"the findings were not judged ({error})"
    assert (judgement.gap, judgement.is_capped, judgement.summary) == (gap, is_capped, "")


def test_what_nobody_was_asked_about_stands_and_the_gap_says_why() -> None:
    judgement = judging.unjudged((FIRST, SECOND), "interrupted", one_judge(FunctionModel(silent)))
    assert judgement.findings == (FIRST, SECOND)
    assert judgement.gap == "the findings were not judged (interrupted)"
    assert judging.unjudged((), "interrupted", one_judge(FunctionModel(silent))).gap == ""


def test_of_many_claims_those_that_no_answer_came_for_stand_and_the_gap_is_said_once() -> None:
    def answer(prompt: Prompt) -> JudgeAnswer:
        if prompt.task != "judge-2":
            raise NoAnswer(Failure.EMPTY, "nothing")
        return JudgeAnswer(summary="  The second part.\n", rulings=[ruling(1, "dismiss")])

    many = tuple(finding_of(start_line=n, end_line=n, title=f"Claim {n}") for n in range(1, 162))
    judgement = judge(many, FunctionModel(answer))
    assert [each.finding.title for each in judgement.dismissed] == ["Claim 81"]
    assert judgement.findings == (*many[:80], *many[81:])
    assert judgement.summary == "The second part."
    assert judgement.gap == f"the findings were not judged ({NoAnswer(Failure.EMPTY, 'nothing')})"


def test_a_ruling_without_a_reason_says_so() -> None:
    wordless = ruling(1, "dismiss").model_copy(update={"reason": " \n"})
    (dismissed,) = judge((FIRST,), ruled(wordless)).dismissed
    assert dismissed.reason == "no reason given"


@pytest.mark.parametrize(("action", "standing"), [("regrade", (FIRST.rule, SECOND.rule)), ("dismiss", ())])
def test_only_a_merge_goes_by_the_claim_that_a_ruling_names_beside(
    action: str, standing: tuple[str, ...]
) -> None:
    rulings = (ruling(1, action, into=2), ruling(2, action, into=1))
    judgement = judge((FIRST, SECOND), ruled(*rulings))
    assert tuple(each.rule for each in judgement.findings) == standing
    assert not any(each.merged for each in judgement.findings)
    assert [each.reason for each in judgement.dismissed] == ["because"] * (2 - len(standing))


def test_of_two_rulings_on_one_claim_the_first_counts() -> None:
    rulings = (ruling(1, "regrade", severity=Severity.MEDIUM), ruling(1, "dismiss"))
    (finding,) = judge((FIRST,), ruled(*rulings)).findings
    assert finding.severity is Severity.MEDIUM


def test_a_ruling_that_makes_no_sense_does_not_hide_those_after_it() -> None:
    for senseless in (ruling(9, "dismiss"), ruling(1, "merge", into=1), ruling(1, "merge", into=9)):
        judgement = judge((FIRST, SECOND), ruled(senseless, ruling(1, "dismiss")))
        assert judgement.findings == (SECOND,)


def test_the_last_claim_can_take_in_another_one() -> None:
    (finding,) = judge((FIRST, SECOND), ruled(ruling(1, "merge", into=2))).findings
    assert (finding.rule, [each.rule for each in finding.merged]) == (SECOND.rule, [FIRST.rule])
    assert finding.severity is Severity.CRITICAL


def test_what_is_asked_is_said_in_full_but_no_more_than_so_much_code() -> None:
    long = finding_of(title="Title", message="Message.", code="one\ntwo" + "x" * 2000)
    whole = finding_of(start_line=None, end_line=None, anchor="file", code="", path="b.py")
    model = FunctionModel(silent)
    judge((long, whole), model)
    (prompt,) = model.prompts
    shown = "#1 correctness/other high, a.py:1\n| Title: Message.\n> one\n> two"
    assert shown + "x" * (200 - len("two")) + "\n\n#2 correctness/other high" in prompt.question
    assert " high, b.py\n| Wrong: It is wrong." in prompt.question


def test_a_judges_prompt_has_room_for_a_ruling_on_each_claim() -> None:
    model = FunctionModel(silent)
    judge((FIRST, SECOND), model)
    (prompt,) = model.prompts
    assert (prompt.role, prompt.task, prompt.lens, prompt.model) == (Role.JUDGE, "judge", None, "strong")
    assert (prompt.max_tokens, prompt.answer) == (4200, JudgeAnswer)
    assert prompt.instructions == judge_instructions(frozenset({"correctness"}))


def test_many_claims_take_more_than_one_call() -> None:
    many = tuple(finding_of(start_line=n, end_line=n, fingerprint=f"{n:032x}") for n in range(1, 101))
    model = FunctionModel(silent)
    judgement = judge(many, model)
    assert [prompt.task for prompt in model.prompts] == ["judge", "judge-2"]
    assert len(judgement.findings) == 100


@pytest.mark.parametrize(("claims", "effort"), [(1, "low"), (6, "low"), (7, None)])
def test_few_claims_need_little_thought(claims: int, effort: str | None) -> None:
    model = FunctionModel(silent)
    judge([finding_of(start_line=n, end_line=n) for n in range(1, claims + 1)], model)
    assert model.prompts[0].effort == effort


def test_a_claim_cannot_imitate_another_claim_line() -> None:
    model = FunctionModel(silent)
    judge((finding_of(path="a\n#2 fake"),), model)
    assert "\n#2" not in model.prompts[0].question
