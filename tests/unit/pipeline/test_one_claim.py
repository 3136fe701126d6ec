"""What a judge is asked, and what is left unasked, where one answer made all claims or one claim is new."""

from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from chargehand.core.finding import Finding, Severity, Suggestion
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.bench import Bench, Judge
from chargehand.pipeline.judge import judge
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.prompts import judge_instructions
from chargehand.pipeline.ruling_cache import RulingCache
from tests.unit.crew import FunctionModel
from tests.unit.pipeline.test_stakes import GRAVE, HIGH, LOW, MEDIUM, MILD, MILDER, claim, ruling

ONE, OTHER = "correctness+4-1", "tests-2"


class Bar:
    """Both judges, with the lines round a claim at hand; the orchestrator answers with its rulings."""

    def __init__(self, *rulings: Ruling, store: CacheStore | None = None) -> None:
        self.model = FunctionModel(self._answer)
        self._rulings, self._store = rulings, store

    def _answer(self, prompt: Prompt) -> BaseModel:
        rulings = list(self._rulings) if prompt.model == "strong" else []
        return JudgeAnswer(summary=f"By {prompt.model}.", rulings=rulings)

    def __call__(self, *findings: Finding) -> Judgement:
        strong = Judge(
            "strong", self.model, RulingCache(self._store, "strong"), region=lambda _: "> a line\n: another"
        )
        cheap = Judge("cheap", self.model, RulingCache(self._store, "cheap"), Role.TRIAGE)
        return judge(findings, Bench(strong, cheap, unasked=RulingCache(self._store, "")))

    @property
    def asked(self) -> list[str]:
        return [prompt.model for prompt in self.model.prompts]


def read_by(reader: str, *claims: Finding) -> tuple[Finding, ...]:
    return tuple(each.evolve(reader=reader) for each in claims)


def test_mild_claims_of_the_answer_that_made_the_grave_one_are_not_judged() -> None:
    bar = Bar(ruling(1, "dismiss"))
    judgement = bar(*read_by(ONE, GRAVE, MILD, MILDER))
    (prompt,) = bar.model.prompts
    assert (prompt.model, prompt.question.count("\n#")) == ("strong", 1)
    assert "Claim 2" not in prompt.question
    assert [each.finding.title for each in judgement.dismissed] == ["Claim 1"]
    assert {each.title: each.judged_by for each in judgement.findings} == {"Claim 2": "", "Claim 3": ""}
    assert (judgement.aside, judgement.lone, judgement.gap) == (2, 0, "")


@pytest.mark.parametrize(
    "findings",
    [
        (*read_by(ONE, GRAVE, MILD), *read_by(OTHER, MILDER)),
        (*read_by(ONE, GRAVE), *read_by(OTHER, MILD, MILDER)),
        (GRAVE, MILD, MILDER),  # nobody knows who made them, as with other tools
    ],
)
def test_those_of_another_answer_are(findings: Sequence[Finding]) -> None:
    bar = Bar()
    judgement = bar(*findings)
    assert all(each.judged_by for each in judgement.findings)
    assert judgement.aside == 0


@pytest.mark.parametrize(("mild", "is_brief"), [(5, True), (6, False)])
def test_beside_few_of_them_some_words_are_summary_enough(mild: int, *, is_brief: bool) -> None:
    bar = Bar()
    judgement = bar(*read_by(ONE, GRAVE, *(claim(n, MEDIUM) for n in range(2, 2 + mild))))
    assert (bar.asked, judgement.aside) == (["strong"], mild)
    assert judgement.summary == "By strong."
    assert ("at most 12 words" in bar.model.prompts[0].question) is is_brief
    assert ("Claim 3" in bar.model.prompts[0].question) is not is_brief


def test_mild_claims_of_one_answer_have_a_judge_if_none_is_grave() -> None:
    bar = Bar()
    assert bar(*read_by(ONE, MILD, MILDER)).aside == 0
    assert bar.asked == ["cheap"]


def test_the_same_claims_again_ask_nobody_whoever_read_them_now(store: CacheStore) -> None:
    first = Bar(store=store)(*read_by(ONE, GRAVE, MILD, MILDER))
    again = Bar(store=store)
    second = again(*read_by("a", GRAVE), *read_by("b", MILD), *read_by("c", MILDER))
    assert again.asked == []
    assert (second.aside, second.summary, second.is_unwritten) == (2, first.summary, False)


def test_what_was_not_judged_is_where_it_could_fail_the_build(store: CacheStore) -> None:
    Bar(store=store)(*read_by(ONE, GRAVE, MILD))
    again = Bar(store=store)
    again(*read_by(ONE, GRAVE, MILD.evolve(severity=HIGH)))
    assert again.asked == ["strong"]


def test_one_claim_is_asked_about_in_fewer_words() -> None:
    bar = Bar()
    judgement = bar(GRAVE)
    (prompt,) = bar.model.prompts
    assert prompt.instructions == judge_instructions(frozenset({"correctness"}), is_about_one=True)
    assert len(prompt.instructions) < 0.8 * len(judge_instructions(frozenset({"correctness"})))
    assert "merge" not in prompt.instructions + prompt.question
    assert "> a line\n: another" in prompt.question
    assert "at most 12 words" in prompt.question
    assert judgement.summary == "By strong."


def test_marks_are_told_where_they_stand() -> None:
    bar = Bar()
    suggestion = Suggestion(start_line=1, end_line=1, code="mended()")
    bar(GRAVE.evolve(suggestion=suggestion))
    bar(GRAVE)
    assert ["`=`" in each.question for each in bar.model.prompts] == [True, False]


def test_a_new_claim_may_be_merged_into_what_others_found_in_its_file(store: CacheStore) -> None:
    elsewhere = claim(4, LOW, path="b.py")
    old = (*read_by(ONE, MILD), *read_by(OTHER, elsewhere))
    Bar(store=store)(*old)
    again = Bar(ruling(1, "merge", into=2), store=store)
    (first, second) = again(*old, *read_by("new", GRAVE)).findings
    (prompt,) = again.model.prompts
    assert "#2 correctness/rule-2 medium, a.py:2: Claim 2" in prompt.question
    assert "b.py" not in prompt.question
    assert ([each.title for each in first.merged], second.path) == (["Claim 1"], "b.py")


def test_the_summary_that_stands_gets_some_words_more(store: CacheStore) -> None:
    old = (*read_by(ONE, MILD), *read_by(OTHER, MILDER))
    Bar(store=store)(*old)
    again = Bar(store=store)
    assert again(*old, *read_by("new", GRAVE)).summary == "By cheap. By strong."
    assert again.asked == ["strong"]


def test_where_more_could_fail_the_build_the_orchestrator_writes_of_all(store: CacheStore) -> None:
    old = read_by(ONE, claim(7, HIGH), claim(8, Severity.CRITICAL))
    Bar(store=store)(*old)
    again = Bar(store=store)
    judgement = again(*old, *read_by("new", GRAVE))
    assert "#2 correctness/rule-7 high" in again.model.prompts[0].question
    assert judgement.summary == "By strong. By strong."
