"""Who judges what: the orchestrator what could fail the build, a cheaper model the rest."""

import pytest
from pydantic import BaseModel

from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped
from chargehand.core.finding import Confidence, Finding, Severity, ToolRule
from chargehand.core.gate import Gate
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.bench import Bench, Judge
from chargehand.pipeline.judge import judge
from chargehand.pipeline.judge_prompt import rides_along
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.stakes import Stakes
from tests.unit.crew import FunctionModel, finding_of

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW


def claim(number: int, severity: Severity, **changes: object) -> Finding:
    fields: dict[str, object] = {
        "start_line": number,
        "end_line": number,
        "title": f"Claim {number}",
        "code": f"line {number}",
        "severity": severity,
        "rule": f"correctness/rule-{number}",
    }
    return finding_of(**(fields | changes))


GRAVE, MILD, MILDER = claim(1, HIGH), claim(2, MEDIUM), claim(3, LOW)


def ruling(claim: int, action: str, into: int = 0, severity: Severity = LOW) -> Ruling:
    return Ruling.model_validate(
        {"claim": claim, "action": action, "into": into, "severity": severity, "reason": "because"}
    )


class Court:
    """Both judges; each answers with its rulings, or raises, and what they were asked is kept."""

    def __init__(
        self,
        strong: object = (),
        cheap: object = (),
        *,
        gate: Gate | None = None,
        store: CacheStore | None = None,
    ) -> None:
        self.model = FunctionModel(self._answer)
        self._answers = {"strong": strong, "cheap": cheap}
        self._gate, self._store = gate or Gate(), store

    def _answer(self, prompt: Prompt) -> BaseModel:
        said = self._answers[prompt.model]
        if isinstance(said, Exception):
            raise said
        rulings = [said] if isinstance(said, Ruling) else list(said)  # type: ignore[call-overload]  # as given
        return JudgeAnswer(summary=f"By {prompt.model}.", rulings=rulings)

    def __call__(self, *findings: Finding) -> Judgement:
        def one(name: str, role: Role) -> Judge:
            return Judge(name, self.model, RulingCache(self._store, name), role)

        stakes = Stakes(gate=self._gate)
        return judge(
            findings, Bench(one("strong", Role.JUDGE), one("cheap", Role.TRIAGE), stakes, most_riding=1)
        )

    @property
    def asked(self) -> list[str]:
        return [prompt.model for prompt in self.model.prompts]


def by(judgement: Judgement) -> dict[str, str]:
    return {each.title: each.judged_by for each in judgement.findings}


def test_what_could_fail_the_build_is_the_orchestrators_and_the_rest_is_not() -> None:
    court = Court()
    judgement = court(GRAVE, MILD, MILDER)
    assert court.asked == ["cheap", "strong"]
    assert by(judgement) == {"Claim 1": "strong", "Claim 2": "cheap", "Claim 3": "cheap"}
    triage, strong = court.model.prompts
    assert (triage.role, triage.task, strong.role, strong.task) == (
        Role.TRIAGE,
        "triage",
        Role.JUDGE,
        "judge",
    )
    assert "#1 correctness/rule-2" in triage.question
    assert "#3 correctness/rule-1 high, a.py:1: Claim 1" in triage.question
    assert 'Leave the summary ""' in triage.question
    assert judgement.summary == "By strong."


def test_where_nothing_can_fail_the_build_the_cheaper_judge_does_all_of_it() -> None:
    court = Court(gate=Gate(fail_on=None))
    judgement = court(GRAVE, MILD)
    assert (court.asked, judgement.summary) == (["cheap"], "By cheap.")


def test_where_the_build_is_blocked_already_the_orchestrator_judges_and_writes_the_summary(
    store: CacheStore,
) -> None:
    Court(store=store)(GRAVE)
    for blocking, court in ((GRAVE, Court(store=store)), (claim(9, HIGH, model="check: secrets"), Court())):
        judgement = court(blocking, MILD, MILDER)
        assert (court.asked, by(judgement)["Claim 2"]) == (["strong"], "strong")
        assert judgement.summary.endswith("By strong.")


@pytest.mark.parametrize(
    ("finding", "gate", "is_grave"),
    [
        (MILD, Gate(by_lens={"correctness": MEDIUM}), True),
        (GRAVE, Gate(by_path={"a.py": None}), False),
        (claim(1, HIGH, confidence=Confidence.LOW), Gate(), False),
        (claim(1, HIGH, confidence=Confidence.MEDIUM), Gate(confidence=Confidence.HIGH), False),
        (claim(1, Severity.CRITICAL, confidence=Confidence.LOW), Gate(), True),
    ],
)
def test_the_gate_says_what_could_block(finding: Finding, gate: Gate, is_grave: bool) -> None:
    assert Stakes(gate=gate).could_block(finding) is is_grave


def test_a_grade_of_the_configuration_counts_before_that_of_the_worker() -> None:
    graded = Stakes(grades={MILD.rule: HIGH, GRAVE.rule: LOW})
    assert [graded.could_block(each) for each in (MILD, GRAVE)] == [True, False]


def test_a_lone_claim_that_cannot_fail_the_build_needs_no_judge() -> None:
    court = Court()
    judgement = court(MILD)
    assert (court.asked, judgement.findings, judgement.lone, judgement.gap) == ([], (MILD,), 1, "")
    assert not judgement.is_unwritten


def test_a_lone_mild_claim_goes_with_the_grave_ones() -> None:
    court = Court(strong=ruling(2, "merge", into=1))
    (finding,) = court(GRAVE, MILD).findings
    assert (court.asked, finding.title, len(finding.merged)) == (["strong"], "Claim 1", 1)


@pytest.mark.parametrize(
    ("grave", "mild", "orchestrator", "rides"),
    [
        (1, 1, "claude-opus-5-5", True),
        (1, 2, "claude-opus-5-5", True),
        (1, 5, "claude-opus-5-5", True),
        (2, 5, "claude-opus-5-5", False),  # it would think harder about seven
        (2, 5, "claude-opus-4-7", True),
        (7, 6, "claude-opus-5-5", True),
        (7, 7, "claude-opus-5-5", False),
        (0, 2, "claude-opus-5-5", False),
    ],
)
def test_few_mild_claims_go_with_the_grave_ones_if_that_costs_less(
    grave: int, mild: int, orchestrator: str, rides: bool
) -> None:
    assert rides_along(grave, mild, orchestrator) is rides


def test_a_mild_claim_may_be_merged_into_a_grave_one() -> None:
    court = Court(cheap=ruling(1, "merge", into=3))
    judgement = court(GRAVE, MILD, MILDER)
    assert by(judgement) == {"Claim 1": "strong", "Claim 3": "cheap"}
    assert "also correctness/rule-2: Claim 2" in court.model.prompts[1].question


def test_a_regrade_into_failing_the_build_is_asked_of_the_orchestrator() -> None:
    court = Court(cheap=ruling(1, "regrade", severity=HIGH))
    judgement = court(MILD, MILDER)
    assert court.asked == ["cheap", "strong"]
    assert "#1 correctness/rule-2 medium" in court.model.prompts[1].question
    assert {each.title: each.severity for each in judgement.findings} == {"Claim 2": MEDIUM, "Claim 3": LOW}
    assert by(judgement) == {"Claim 2": "strong", "Claim 3": "cheap"}
    agreed = Court(cheap=ruling(1, "regrade", severity=HIGH), strong=ruling(1, "regrade", severity=HIGH))
    assert {each.title: each.severity for each in agreed(MILD, MILDER).findings} == {
        "Claim 2": HIGH,
        "Claim 3": LOW,
    }


def test_so_is_a_merge_that_makes_a_claim_sure_enough() -> None:
    unsure = claim(4, HIGH, confidence=Confidence.LOW)
    court = Court(cheap=ruling(1, "merge", into=2))
    judgement = court(MILD.evolve(lens="security"), unsure)
    assert court.asked == ["cheap", "strong"]
    assert by(judgement) == {"Claim 2": "strong", "Claim 4": "strong"}


def test_if_the_orchestrator_cannot_be_asked_nothing_is_raised_by_the_cheaper_judge() -> None:
    court = Court(cheap=ruling(1, "regrade", severity=HIGH), strong=OverBudget("cap"))
    judgement = court(MILD, MILDER)
    assert [each.severity for each in judgement.findings] == [MEDIUM, LOW]
    assert judgement.is_capped


@pytest.mark.parametrize("action", ["dismiss", "regrade"])
def test_the_cheaper_judge_does_not_decide_about_what_the_orchestrator_merged(action: str) -> None:
    # The orchestrator merges the grave claim into a mild one that the cheaper judge put aside or lowered.
    court = Court(cheap=ruling(1, action), strong=ruling(1, "merge", into=2))
    judgement = court(GRAVE, MILD, MILDER)
    grave = [each for each in judgement.findings if each.severity is HIGH]
    if action == "dismiss":  # it was not shown any more, so the number is no claim's that stands
        assert [each.title for each in grave] in (["Claim 1"], ["Claim 3"])
    else:
        assert [each.title for each in grave] == ["Claim 2"]


def test_what_the_triage_does_not_answer_the_orchestrator_judges_too() -> None:
    court = Court(cheap=NoAnswer(Failure.REFUSED, "declined"))
    judgement = court(MILD, MILDER)
    assert (court.asked, set(by(judgement).values()), judgement.gap) == (["cheap", "strong"], {"strong"}, "")


@pytest.mark.parametrize("error", [OverBudget("cap"), ProviderStopped("key")])
def test_it_does_not_if_there_is_no_money_or_no_key(error: Exception) -> None:
    court = Court(cheap=error)
    judgement = court(MILD, MILDER)
    assert (court.asked, by(judgement)) == (["cheap"], {"Claim 2": "", "Claim 3": ""})
    assert judgement.gap
    court(GRAVE, MILD, MILDER)
    assert court.asked[1:] == ["cheap", "strong"]


def test_the_same_claims_get_the_same_judgement_and_nobody_is_asked(store: CacheStore) -> None:
    findings = (GRAVE, MILD, MILDER, claim(4, MEDIUM))
    rulings = (ruling(1, "regrade", severity=HIGH), ruling(2, "merge", into=4), ruling(3, "dismiss"))
    first = Court(cheap=rulings, strong=ruling(2, "regrade", severity=HIGH), store=store)
    again = Court(store=store)
    one, two = first(*findings), again(*findings)
    assert again.asked == []
    assert two == one.evolve(reused=(Role.JUDGE, Role.TRIAGE))


def test_a_ruling_of_the_cheaper_judge_does_not_count_where_the_claim_could_fail_the_build(
    store: CacheStore,
) -> None:
    assert Court(cheap=ruling(1, "dismiss"), store=store)(MILD, MILDER).dismissed
    strict = Court(gate=Gate(fail_on=MEDIUM), store=store)
    judgement = strict(MILD, MILDER)
    assert (strict.asked, by(judgement)) == (["strong"], {"Claim 2": "strong", "Claim 3": "cheap"})


def test_what_the_orchestrator_ruled_counts_where_the_claim_cannot_fail_the_build(store: CacheStore) -> None:
    Court(strong=ruling(1, "dismiss"), gate=Gate(fail_on=LOW), store=store)(MILD, MILDER)
    lenient = Court(store=store)
    assert [each.finding.title for each in lenient(MILD, MILDER).dismissed] == ["Claim 2"]
    assert lenient.asked == []


def test_a_judge_that_is_cut_short_keeps_what_it_ruled(store: CacheStore) -> None:
    whole = JudgeAnswer(summary="It is bad.", rulings=[ruling(1, "dismiss"), ruling(2, "dismiss")])
    cut = NoAnswer(Failure.TRUNCATED, "the answer was cut off")
    cut.said = whole.model_dump_json()[:-20]
    judgement = Court(strong=cut, store=store)(GRAVE, claim(2, HIGH))
    assert [each.finding.title for each in judgement.dismissed] == ["Claim 1"]
    assert (by(judgement), judgement.summary) == ({"Claim 2": ""}, "It is bad.")
    assert "cut off" in judgement.gap
    again = Court(store=store)
    again(GRAVE, claim(2, HIGH))
    assert again.model.prompts[0].question.count("\n#") == 1


def test_a_tool_that_the_configuration_grades_or_lets_pass_has_nothing_at_stake() -> None:
    said = claim(1, HIGH, rule="tool/ruff/F401", lens="tool", tool=ToolRule(tool="ruff", id="F401"))
    assert Stakes().could_block(said)
    assert not Stakes(grades={"tool/ruff": LOW}).could_block(said)
    assert Stakes(grades={"tool/ruff": LOW, "tool/ruff/F401": HIGH}).could_block(said)
    assert not Stakes(gate=Gate(by_lens={"tool/ruff": None})).could_block(said)
