from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.finding import Finding, Severity
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.judge import CARRIED_LENGTH, judge, unjudged
from chargehand.pipeline.judgement import Judgement
from tests.unit.crew import FunctionModel, finding_of, one_judge, silent


def finding(number: int, **changes: object) -> Finding:
    """Return the finding of this number, each on its own line and with its own words."""
    fields: dict[str, object] = {
        "rule": f"correctness/rule-{number}",
        "start_line": number,
        "end_line": number,
        "title": f"Claim {number}",
        "code": f"line {number}",
    }
    return finding_of(**(fields | changes))


ONE, TWO, THREE = finding(1), finding(2), finding(3)


def ruling(claim: int, action: str, into: int = 0, severity: Severity = Severity.LOW) -> Ruling:
    return Ruling.model_validate(
        {"claim": claim, "action": action, "into": into, "severity": severity, "reason": "because"}
    )


def judged(
    store: CacheStore, findings: Sequence[Finding], *rulings: Ruling, summary: str = "As it is."
) -> tuple[Judgement, FunctionModel]:
    """Judge as one run does; the judge, where it is asked, answers with the rulings."""
    model = FunctionModel(lambda _: JudgeAnswer(summary=summary, rulings=list(rulings)))
    return judge(findings, one_judge(model, store)), model


def standing(judgement: Judgement) -> list[str]:
    return [each.title for each in judgement.findings]


def aside(judgement: Judgement) -> list[str]:
    return [each.finding.title for each in judgement.dismissed]


@pytest.mark.parametrize(
    "rulings",
    [
        (),
        (ruling(1, "dismiss"),),
        (ruling(2, "regrade", severity=Severity.CRITICAL),),
        (ruling(1, "merge", into=3),),
        (ruling(1, "merge", into=3), ruling(2, "dismiss"), ruling(3, "regrade", severity=Severity.LOW)),
    ],
    ids=["all stand", "dismissed", "regraded", "merged", "all of it"],
)
def test_the_same_claims_get_the_same_judgement_without_a_call(
    store: CacheStore, rulings: tuple[Ruling, ...]
) -> None:
    first, _ = judged(store, (ONE, TWO, THREE), *rulings)
    again, model = judged(store, (ONE, TWO, THREE))
    assert model.prompts == []
    assert again == first.evolve(reused=(Role.JUDGE,))
    assert not first.reused


def test_the_first_judge_of_a_run_with_a_shelf_is_asked_as_one_without(store: CacheStore) -> None:
    _, with_shelf = judged(store, (ONE, TWO))
    without = FunctionModel(lambda _: JudgeAnswer(summary="", rulings=[]))
    judge((ONE, TWO), one_judge(without))
    assert with_shelf.prompts == without.prompts


def test_only_a_new_claim_is_asked_about_beside_the_titles_of_what_stands(store: CacheStore) -> None:
    judged(store, (ONE, TWO), ruling(1, "dismiss"))
    judgement, model = judged(store, (ONE, TWO, THREE), ruling(1, "dismiss"), summary="Now this.")
    (prompt,) = model.prompts
    assert "#1 correctness/rule-3" in prompt.question
    assert "#2 correctness/rule-2 high, a.py:2: Claim 2" in prompt.question
    assert "Claim 1" not in prompt.question
    assert TWO.message not in prompt.question.split("Others that stand")[1]
    assert (standing(judgement), aside(judgement)) == (["Claim 2"], ["Claim 1", "Claim 3"])
    assert judgement.summary == "As it is. Now this."


def test_a_summary_is_carried_on_by_a_sentence(store: CacheStore) -> None:
    judged(store, (ONE,), summary="One thing.")
    two, model = judged(store, (ONE, TWO), summary="And another.")
    assert "`summary`: one sentence to add" in model.prompts[0].question
    assert two.summary == "One thing. And another."
    judged(store, (ONE, TWO, THREE), ruling(1, "dismiss"), summary="")
    again, model = judged(store, (ONE, TWO, THREE))
    assert (model.prompts, again.summary) == ([], "One thing. And another.")


@pytest.mark.parametrize("first", [(ONE, THREE), (ONE,)], ids=["what it told of is gone", "it is too long"])
def test_a_summary_that_cannot_be_carried_on_is_written_anew(
    store: CacheStore, first: tuple[Finding]
) -> None:
    judged(store, first, summary="One thing." + "." * CARRIED_LENGTH * (first == (ONE,)))
    judgement, model = judged(store, (ONE, TWO), summary="Two things.")
    assert "`summary`: one or two sentences on all that stands" in model.prompts[0].question
    assert judgement.summary == "Two things."


def test_a_summary_is_carried_on_up_to_its_longest_and_not_beyond(store: CacheStore) -> None:
    longest = "." * CARRIED_LENGTH
    judged(store, (ONE,), summary=longest)
    assert judged(store, (ONE, TWO), summary="Two.")[0].summary == f"{longest} Two."
    judged(store, (THREE,), summary=f"{longest}.")
    assert judged(store, (THREE, finding(4)), summary="Four.")[0].summary == "Four."


def test_a_summary_of_nothing_is_not_carried_on(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"), summary="Nothing stands.")
    judgement, _ = judged(store, (ONE, TWO), summary="Two.")
    assert judgement.summary == "Two."


def test_a_dismissed_claim_stays_dismissed_when_others_come_and_go(store: CacheStore) -> None:
    judged(store, (ONE, TWO), ruling(1, "dismiss"))
    for others in ((), (THREE,), (TWO, THREE)):
        judgement, _ = judged(store, (ONE, *others))
        assert aside(judgement) == ["Claim 1"]


def test_a_claim_that_only_moved_down_is_the_same_claim(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"))
    judgement, model = judged(store, (finding(1, start_line=40, end_line=40),))
    assert (model.prompts, aside(judgement)) == ([], ["Claim 1"])


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "In other words"},
        {"message": "It is wrong where nobody checks."},
        {"code": "line 1 changed"},
        {"severity": Severity.CRITICAL},
        {"path": "b.py"},
        {"rule": "security/injection"},
    ],
    ids=lambda changes: next(iter(changes)),
)
@pytest.mark.parametrize("action", ["dismiss", "regrade"])
def test_a_claim_in_other_words_or_on_other_code_is_not_put_aside_or_regraded_unasked(
    store: CacheStore, changes: dict[str, object], action: str
) -> None:
    judged(store, (ONE,), ruling(1, action))
    _, model = judged(store, (ONE.evolve(**changes),))
    assert len(model.prompts) == 1


def test_new_words_for_what_was_found_to_stand_need_no_call(store: CacheStore) -> None:
    judged(store, (ONE, TWO), summary="Two things.")
    reworded = ONE.evolve(title="In other words", message="Truly.")
    judgement, model = judged(store, (reworded, TWO))
    assert model.prompts == []
    assert standing(judgement) == ["In other words", "Claim 2"]
    assert judgement.summary == "Two things."


def test_worse_words_for_what_was_found_to_stand_are_judged(store: CacheStore) -> None:
    judged(store, (ONE,))
    _, model = judged(store, (ONE.evolve(title="Worse", severity=Severity.CRITICAL),))
    assert len(model.prompts) == 1


def test_what_has_no_line_is_known_by_its_words_only(store: CacheStore) -> None:
    whole = finding(1, anchor="file", start_line=None, end_line=None, code="")
    judged(store, (whole,))
    _, model = judged(store, (whole.evolve(title="Something else is missing"),))
    assert len(model.prompts) == 1


def test_a_merged_claim_stands_again_when_its_target_is_gone(store: CacheStore) -> None:
    judged(store, (ONE, TWO), ruling(2, "merge", into=1))
    judgement, model = judged(store, (TWO, THREE))
    assert standing(judgement) == ["Claim 2", "Claim 3"]
    assert all("#1 correctness/rule-2" not in prompt.question for prompt in model.prompts)


def test_a_merged_claim_stands_again_when_its_target_changed(store: CacheStore) -> None:
    judged(store, (ONE, TWO), ruling(2, "merge", into=1))
    changed = finding(1, code="line 1 changed")
    judgement, _ = judged(store, (changed, TWO), ruling(1, "dismiss"))
    assert standing(judgement) == ["Claim 2"]


def test_a_merge_keeps_the_worst_severity_in_every_run(store: CacheStore) -> None:
    worse = TWO.evolve(severity=Severity.CRITICAL)
    first, _ = judged(store, (ONE, worse), ruling(2, "merge", into=1))
    again, _ = judged(store, (ONE, worse))
    alone, _ = judged(store, (ONE,))
    assert [each.severity for each in first.findings] == [Severity.CRITICAL]
    assert again.findings == first.findings
    assert [each.severity for each in alone.findings] == [Severity.HIGH]


def test_a_new_claim_may_be_merged_into_what_stands_and_that_is_remembered(store: CacheStore) -> None:
    judged(store, (ONE,))
    critical = TWO.evolve(severity=Severity.CRITICAL)
    first, _ = judged(store, (ONE, critical), ruling(1, "merge", into=2))
    again, model = judged(store, (ONE, critical))
    assert model.prompts == []
    for judgement in (first, again):
        assert (standing(judgement), aside(judgement)) == (["Claim 1"], [])
        assert [each.title for each in judgement.findings[0].merged] == ["Claim 2"]
        assert judgement.findings[0].severity is Severity.CRITICAL


@pytest.mark.parametrize("rule", [ruling(2, "dismiss"), ruling(3, "dismiss"), ruling(1, "merge", into=3)])
def test_the_judge_cannot_rule_on_what_stands_or_does_not_exist(store: CacheStore, rule: Ruling) -> None:
    judged(store, (ONE,))
    judgement, _ = judged(store, (ONE, TWO), rule)
    assert standing(judgement) == ["Claim 1", "Claim 2"]


def test_of_claims_that_read_the_same_one_stays_dismissed_as_long_as_all_stay_where_they_are(
    store: CacheStore,
) -> None:
    twin = finding(1, nth=1, start_line=9, end_line=9)
    judged(store, (ONE, twin), ruling(1, "dismiss"))
    judgement, model = judged(store, (ONE, twin))
    assert model.prompts == []
    assert [each.start_line for each in judgement.findings] == [9]


def test_of_claims_that_read_the_same_the_dismissed_one_is_judged_again_once_it_moved(
    store: CacheStore,
) -> None:
    twin = finding(1, nth=1, start_line=9, end_line=9)
    judged(store, (ONE, twin), ruling(1, "dismiss"))
    moved = ONE.evolve(start_line=3, end_line=3, line=3)
    judgement, model = judged(store, (moved, twin))
    assert "#1 correctness/rule-1 high, a.py:3" in model.prompts[0].question
    assert [each.start_line for each in judgement.findings] == [3, 9]


def test_a_second_claim_that_reads_like_a_dismissed_one_is_judged(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"))
    twin = finding(1, nth=1, start_line=9, end_line=9)
    _, model = judged(store, (ONE, twin))
    assert "#1 correctness/rule-1" in model.prompts[0].question
    assert "#2 correctness/rule-1" in model.prompts[0].question


def test_claims_that_read_the_same_and_were_all_dismissed_stay_so_when_one_goes(
    store: CacheStore,
) -> None:
    twin = finding(1, nth=1, start_line=9, end_line=9)
    judged(store, (ONE, twin), ruling(1, "dismiss"), ruling(2, "dismiss"))
    judgement, model = judged(store, (twin,))
    assert (model.prompts, aside(judgement)) == ([], ["Claim 1"])


def test_claims_that_read_the_same_and_were_dismissed_in_two_calls_stay_so(store: CacheStore) -> None:
    twin = finding(1, start_line=99, end_line=99)
    many = (ONE, *(finding(n) for n in range(2, 82)), twin)
    answers = {"judge": ruling(1, "dismiss"), "judge-2": ruling(2, "dismiss")}

    def answer(prompt: Prompt) -> BaseModel:
        return JudgeAnswer(summary="", rulings=[answers[prompt.task]])

    judge(many, one_judge(FunctionModel(answer), store))
    judgement, model = judged(store, many)
    assert (model.prompts, aside(judgement)) == ([], ["Claim 1", "Claim 1"])


def test_there_is_no_summary_of_findings_that_never_stood_alone(store: CacheStore) -> None:
    judged(store, (ONE, TWO), summary="One and two.")
    judgement, model = judged(store, (TWO,))
    assert (model.prompts, judgement.summary, judgement.is_unwritten) == ([], "", True)


def test_a_dismissed_claim_that_goes_does_not_cost_the_summary(store: CacheStore) -> None:
    judged(store, (ONE, TWO), ruling(1, "dismiss"), summary="Only two.")
    judgement, _ = judged(store, (TWO,))
    assert judgement.summary == "Only two."


def test_without_claims_there_is_nothing_to_remember(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"), summary="Nothing stands.")
    judgement, _ = judged(store, ())
    assert judgement == Judgement(findings=())


def test_another_judge_rules_anew(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"))
    model = FunctionModel(lambda _: JudgeAnswer(summary="", rulings=[]))
    judgement = judge((ONE,), one_judge(model, store, "stronger"))
    assert (len(model.prompts), standing(judgement)) == (1, ["Claim 1"])


def test_without_an_answer_only_the_new_claims_are_unjudged_and_nothing_is_remembered(
    store: CacheStore,
) -> None:
    def fail(_prompt: Prompt) -> BaseModel:
        raise NoAnswer(Failure.OVERLOADED, "busy")

    judged(store, (ONE,), ruling(1, "dismiss"))
    bench = one_judge(FunctionModel(fail), store)
    for judgement in (judge((ONE, TWO), bench), unjudged((ONE, TWO), "interrupted", bench)):
        assert (standing(judgement), aside(judgement)) == (["Claim 2"], ["Claim 1"])
        assert "not judged" in judgement.gap
    _, model = judged(store, (ONE, TWO))
    assert len(model.prompts) == 1


def test_where_all_is_known_an_interrupt_leaves_no_gap(store: CacheStore) -> None:
    judged(store, (ONE,), ruling(1, "dismiss"))
    judgement = unjudged((ONE,), "interrupted", one_judge(FunctionModel(silent), store))
    assert (judgement.gap, aside(judgement)) == ("", ["Claim 1"])


def test_of_many_claims_the_batches_that_were_answered_are_remembered(store: CacheStore) -> None:
    many = tuple(finding(n) for n in range(1, 101))

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == "judge-2":
            raise NoAnswer(Failure.OVERLOADED, "busy")
        return JudgeAnswer(summary="", rulings=[ruling(1, "dismiss")])

    judge(many, one_judge(FunctionModel(answer), store))
    judgement, model = judged(store, many)
    (prompt,) = model.prompts
    assert prompt.question.count("\n#") == 20 + 79
    assert aside(judgement) == ["Claim 1"]


def test_a_title_of_what_stands_cannot_imitate_a_claim(store: CacheStore) -> None:
    odd = finding(1, path="a\n#9 fake")
    judged(store, (odd,))
    _, model = judged(store, (odd, TWO))
    assert "\n#9" not in model.prompts[0].question
