import pytest

from chargehand.core.finding import Finding, Severity, Suggestion, dropped
from chargehand.core.taking_in import take_in
from chargehand.pipeline.twins import merge_twins
from tests.twins import LEFT_TO_THE_JUDGE, Part, Score, load_sets, score
from tests.unit.crew import finding_of

PARTS: tuple[Part, ...] = ("seen", "aside", "later")
SETS = [each for part in PARTS for each in load_sets(part)]

BUG = finding_of(title="Page 0 gives a negative offset", message="With page=0 the offset is below zero.")
NO_TEST = finding_of(
    rule="tests/missing",
    lens="tests",
    severity=Severity.LOW,
    title="No test asks for page 0",
    message="A negative offset for page=0 would go unnoticed.",
)


def scores() -> list[Score]:
    return [score(each) for each in SETS]


def test_code_merges_seven_in_eight_twins_and_leaves_the_others_to_the_judge() -> None:
    assert sum(each.merged for each in scores()) >= 0.875 * sum(each.twins for each in scores())


def test_no_distinct_defect_is_lost() -> None:
    assert [each.name for each in scores() if each.lost] == []


def test_the_corpus_has_forty_sets_half_of_them_of_distinct_defects_on_one_line() -> None:
    assert len(SETS) >= 40
    assert 2 * sum(each.is_distinct_on_one_line for each in SETS) >= len(SETS)


def test_the_missing_test_of_a_bug_belongs_to_the_bug() -> None:
    (finding,) = merge_twins((NO_TEST, BUG))
    assert (finding.rule, finding.severity, finding.graded) == (BUG.rule, Severity.HIGH, None)
    assert [(each.rule, each.title, each.message) for each in finding.merged] == [
        (NO_TEST.rule, NO_TEST.title, NO_TEST.message)
    ]


def test_a_bug_takes_over_a_worse_grade_and_says_why() -> None:
    (finding,) = merge_twins((BUG.evolve(severity=Severity.LOW), NO_TEST.evolve(severity=Severity.MEDIUM)))
    assert finding.severity is Severity.MEDIUM
    assert finding.graded
    assert finding.graded.was is Severity.LOW
    assert finding.graded.reason == "tests/missing says the same, and was graded medium"


def test_a_missing_test_that_is_like_two_causes_does_not_join_them() -> None:
    access = finding_of(
        rule="security/access-control",
        lens="security",
        title="Anyone can set the roles of a user",
        message='Whoever sends the request sets roles to ["admin"].',
    )
    value = finding_of(title="A value is not validated", message='update_field(user, "age", -5) stores it.')
    test = NO_TEST.evolve(
        title="No test calls update_field",
        message='update_field(user, "roles", ["admin"]) should be refused.',
    )
    found = merge_twins((access, value, test))
    assert [(each.rule, [said.rule for said in each.merged]) for each in found] == [
        (value.rule, [test.rule]),
        (access.rule, []),
    ]


def test_what_suggests_nothing_takes_over_the_suggestion_of_its_twin_for_the_same_lines() -> None:
    code = Suggestion(start_line=4, end_line=6, code="offset = (page - 1) * size")
    (finding,) = merge_twins((NO_TEST.evolve(suggestion=code), BUG))
    assert (finding.rule, finding.suggestion, finding.note) == (BUG.rule, code, "")


@pytest.mark.parametrize(
    ("finding", "other", "said"),
    [
        (BUG.evolve(suggestion=Suggestion(start_line=1, end_line=1, code="y")), NO_TEST, "line 1"),
        (BUG.evolve(model="check: pages"), NO_TEST, "line 1"),
        (BUG, NO_TEST.evolve(path="b.py"), "b.py:1"),
    ],
    ids=["it has its own", "a check found it", "it is in another file"],
)
def test_a_suggestion_of_a_twin_that_cannot_be_taken_over_is_not_lost_without_a_word(
    finding: Finding, other: Finding, said: str
) -> None:
    suggested = other.evolve(suggestion=Suggestion(start_line=1, end_line=1, code="x"))
    whole = take_in(finding, suggested)
    assert whole.suggestion == finding.suggestion
    assert whole.note == f"a suggestion for {said} by tests/missing is not shown"


def test_what_is_noted_of_a_twin_stands_at_the_finding_that_took_it_in() -> None:
    whole = take_in(BUG, dropped(NO_TEST, "it changes nothing"))
    assert whole.note == "tests/missing: the suggestion was dropped: it changes nothing"


def test_claims_of_one_reader_are_never_merged_however_alike() -> None:
    other = BUG.evolve(title="Page 0 gives a negative offset again")
    assert len(merge_twins((BUG, other))) == 2
    assert len(merge_twins(each.evolve(reader="correctness-1") for each in (BUG, other))) == 2


def test_two_tasks_of_one_lens_that_say_the_same_of_one_line_say_it_once() -> None:
    again = BUG.evolve(reader="correctness-2", title="The offset is below zero for page 0")
    first = BUG.evolve(reader="correctness-1")
    (finding,) = merge_twins((first, again))
    assert [each.title for each in finding.merged] == [again.title]
    assert len(merge_twins((first, again.evolve(line=2, start_line=2, end_line=2)))) == 2


def test_a_claim_that_is_repeated_word_for_word_stands_once_with_the_worst_grade() -> None:
    (finding,) = merge_twins((BUG, BUG.evolve(severity=Severity.CRITICAL), BUG))
    assert (finding.severity, finding.merged) == (Severity.CRITICAL, ())


def test_one_claim_takes_in_only_one_of_another_lens() -> None:
    other = NO_TEST.evolve(title="No test of page 0 at all")
    findings = merge_twins((BUG, NO_TEST, other))
    assert [len(each.merged) for each in findings] == [1, 0]


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "b.py"},
        {"start_line": 3, "end_line": 3, "line": 3},
        {"start_line": None, "end_line": None, "line": None, "anchor": "file"},
    ],
    ids=["another file", "two lines off", "no line"],
)
def test_what_stands_elsewhere_is_left_to_the_judge(changes: dict[str, object]) -> None:
    assert len(merge_twins((BUG, NO_TEST.evolve(**changes)))) == 2


def test_what_a_check_found_takes_in_the_models_claim_of_the_same_rule() -> None:
    fact = finding_of(rule="security/secret", lens="security", model="check: secrets", title="A key")
    said = finding_of(rule="security/secret", lens="security", title="Committed", severity=Severity.CRITICAL)
    (finding,) = merge_twins((said, fact))
    assert (finding.model, finding.severity) == ("check: secrets", Severity.CRITICAL)
    assert [each.title for each in finding.merged] == ["Committed"]


def test_the_order_in_which_claims_arrive_does_not_matter() -> None:
    def titles(findings: tuple[Finding, ...]) -> list[str]:
        return [each.title for each in findings]

    for each in (BUG, NO_TEST), (NO_TEST, BUG):
        assert titles(merge_twins(each)) == [BUG.title]


def test_what_is_left_to_the_judge_is_a_kind_of_the_corpus() -> None:
    assert any(each.kind == LEFT_TO_THE_JUDGE for each in SETS)
