"""Findings against an earlier report, which is written and read as a run does it, in both forms."""

from collections.abc import Sequence

import pytest

from chargehand.core.baseline import Earlier
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.finding import Claim, Finding, Severity
from chargehand.core.gate import Gate
from chargehand.core.identity import identify, with_scopes
from chargehand.core.recognition import recognise
from chargehand.core.verdict import decide
from chargehand.pipeline.locate import locate
from chargehand.reports import json, sarif
from chargehand.reports.earlier import baseline_of
from tests.unit.changes import added, changed, diff_of
from tests.unit.crew import claim_of
from tests.unit.reports.samples import review

FORMS = {"json": json.render, "sarif": sarif.render}
each_form = pytest.mark.parametrize("form", FORMS)


def claimed(quote: str, line: int, title: str = "Wrong", rule: str = "other", **more: object) -> Claim:
    return claim_of(
        quote=quote,
        line=line,
        end_line=line,
        title=title,
        message=f"{title}, since it is.",
        rule=f"correctness/{rule}",
        **more,
    )


def found(file: FileDiff, *claims: Claim) -> tuple[Finding, ...]:
    diff = diff_of(file)
    placed = [each.evolve(path=file.path) for each in claims]
    return identify(with_scopes(locate(placed, diff), diff))


def report_of(findings: Sequence[Finding], diff: Diff, form: str) -> tuple[Earlier, ...]:
    """Return what a report of these findings tells a later run."""
    said = review(findings=findings, diff=diff)
    return baseline_of(FORMS[form](said, decide(said, Gate())).encode(), "report").findings


def again(
    form: str,
    before: tuple[FileDiff, Sequence[Claim]],
    after: tuple[FileDiff, Sequence[Claim]],
    moved: str = "",
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the second fingerprints before and after, and the states after, by title."""
    first, then = found(before[0], *before[1]), found(after[0], *after[1])
    earlier = report_of(first, diff_of(before[0]), form)
    known, _ = recognise(then, earlier, {after[0].path: moved} if moved else {})
    prints = [each.fingerprint_v2 for each in known]
    assert len(set(prints)) == len(prints)
    by_title = [{each.title: each.fingerprint_v2 for each in group} for group in (first, known)]
    assert [each.fingerprint for each in known] == [each.fingerprint for each in then]
    return by_title[0], by_title[1], {each.title: each.state for each in known}


LINES = ["def one():", "    x()", "    y()", "def two():", "    x()"]
FILE = added("a.py", *LINES)


@each_form
@pytest.mark.parametrize(
    ("after", "claim", "title"),
    [
        (FILE, claimed("    x()", 2), "Wrong"),
        (added("a.py", *(f"n{n}()" for n in range(100)), *LINES), claimed("    x()", 102), "Wrong"),
        (added("b.py", *LINES), claimed("    x()", 2), "Wrong"),
        (FILE, claimed("    x()", 2, "In other words"), "In other words"),
        (FILE, claimed("    x()", 2, rule="arithmetic"), "Wrong"),
        (added("b.py", "import q", *LINES), claimed("    x()", 3, "In other words"), "In other words"),
        (added("a.py", "def renamed():", *LINES[1:]), claimed("    x()", 2), "Wrong"),
        (added("a.py", *LINES[:1], "    x ( )", *LINES[2:]), claimed("    x ( )", 2), "Wrong"),
    ],
    ids=[
        "same",
        "shifted",
        "renamed",
        "reworded",
        "other-rule",
        "renamed-and-reworded",
        "scope",
        "white-space",
    ],
)
def test_a_finding_keeps_its_identity(form: str, after: FileDiff, claim: Claim, title: str) -> None:
    moved = "a.py" if after.path == "b.py" else ""
    first, then, states = again(form, (FILE, [claimed("    x()", 2)]), (after, [claim]), moved)
    assert then[title] == first["Wrong"]
    assert states == {title: "existing"}


@each_form
def test_another_rule_in_other_words_is_another_finding(form: str) -> None:
    other = claimed("    x()", 2, "Something else", "arithmetic")
    first, then, states = again(form, (FILE, [claimed("    x()", 2)]), (FILE, [other]))
    assert then["Something else"] != first["Wrong"]
    assert states == {"Something else": "new"}


@each_form
def test_the_same_words_on_another_line_are_another_finding(form: str) -> None:
    _, _, states = again(form, (FILE, [claimed("    x()", 2)]), (FILE, [claimed("    y()", 3)]))
    assert states == {"Wrong": "new"}


@each_form
def test_a_file_of_another_name_is_another_place_unless_it_was_renamed(form: str) -> None:
    _, _, states = again(
        form, (FILE, [claimed("    x()", 2)]), (added("b.py", *LINES), [claimed("    x()", 2)])
    )
    assert states == {"Wrong": "new"}


@each_form
def test_two_on_one_line_that_swap_their_order_keep_their_own(form: str) -> None:
    one, two = claimed("    x()", 2, "One", "arithmetic"), claimed("    x()", 2, "Two", "other")
    worse = two.evolve(severity=Severity.CRITICAL)
    first, then, states = again(form, (FILE, [one, two]), (FILE, [one, worse]))
    assert then == first
    assert set(states.values()) == {"existing"}


@each_form
def test_two_on_one_line_of_which_one_takes_the_rule_and_one_the_words_of_the_other(form: str) -> None:
    before = [claimed("    x()", 2, "One", "arithmetic"), claimed("    x()", 2, "Two", "other")]
    after = [claimed("    x()", 2, "One", "other"), claimed("    x()", 2, "Three", "other")]
    first, then, states = again(form, (FILE, before), (FILE, after))
    assert then == {"One": first["One"], "Three": first["Two"]}
    assert set(states.values()) == {"existing"}


@each_form
def test_one_of_two_is_left_if_only_one_was_there(form: str) -> None:
    before = [claimed("    x()", 2, "One")]
    after = [claimed("    x()", 2, "One"), claimed("    x()", 2, "Two")]
    first, then, states = again(form, (FILE, before), (FILE, after))
    assert then["One"] == first["One"]
    assert then["Two"] not in first.values()
    assert states == {"One": "existing", "Two": "new"}


@each_form
def test_when_the_first_of_its_kind_is_gone_the_others_keep_their_own(form: str) -> None:
    before = [claimed("    x()", 2, "One"), claimed("    x()", 5, "Two")]
    left = added("a.py", *LINES[2:])
    first, then, _ = again(form, (FILE, before), (left, [claimed("    x()", 3, "Two")]))
    assert then == {"Two": first["Two"]}


@each_form
def test_in_equal_words_the_function_tells_which_of_equal_lines_is_left(form: str) -> None:
    """Both say the same; the one in `two` is left, and keeps what it had."""
    before = found(FILE, claimed("    x()", 2), claimed("    x()", 5))
    after = found(added("a.py", *LINES[2:]), claimed("    x()", 3))
    (known,), left = recognise(after, report_of(before, diff_of(FILE), form), {})
    assert known.fingerprint_v2 == before[1].fingerprint_v2
    assert known.fingerprint == before[0].fingerprint  # the first version counts, as it always did
    assert [each.fingerprint_v2 for each in left] == [before[0].fingerprint_v2]


@each_form
def test_one_more_of_equal_lines_is_new(form: str) -> None:
    one = found(added("a.py", "x()"), claimed("x()", 1))
    two = found(added("a.py", "x()", "x()"), claimed("x()", 1), claimed("x()", 2))
    known, _ = recognise(two, report_of(one, diff_of(added("a.py", "x()")), form), {})
    assert [each.state for each in known] == ["existing", "new"]


@each_form
def test_what_is_new_never_takes_a_fingerprint_that_the_report_knows(form: str) -> None:
    before = [claimed("    x()", 2, "One"), claimed("    x()", 2, "Two")]
    after = [claimed("    x()", 2, "Three", "arithmetic"), claimed("    x()", 2, "Four", "arithmetic")]
    first, then, states = again(form, (FILE, before), (FILE, after))
    assert not set(then.values()) & set(first.values())
    assert set(states.values()) == {"new"}


@each_form
def test_the_second_report_is_a_baseline_as_good_as_the_first(form: str) -> None:
    first = found(FILE, claimed("    x()", 2))
    reworded = found(FILE, claimed("    x()", 2, "In other words"))
    second, _ = recognise(reworded, report_of(first, diff_of(FILE), form), {})
    third = found(FILE, claimed("    x()", 2, "In other words", "arithmetic"))
    (known,), _ = recognise(third, report_of(second, diff_of(FILE), form), {})
    assert known.fingerprint_v2 == first[0].fingerprint_v2


def test_a_masked_secret_may_be_another_one_and_is_never_existing() -> None:
    (secret,) = found(
        added("a.py", 'password = "MASKED_SECRET_KEYWORD_AT_a_py_1"'),
        claimed('password = "MASKED_SECRET_KEYWORD_AT_a_py_1"', 1),
    )
    (known,), _ = recognise([secret], report_of([secret], diff_of(FILE), "json"), {})
    assert known.state == "new"
    assert known.fingerprint_v2 == secret.fingerprint_v2


@pytest.mark.parametrize("path", ["src/caf\udce9.py", "a b/ü%.py", "a\u202eb.py"])
@each_form
def test_any_path_is_recognised(form: str, path: str) -> None:
    file = added(path, "x()")
    (finding,) = found(file, claimed("x()", 1))
    (known,), _ = recognise([finding], report_of([finding], diff_of(file), form), {})
    assert known.state == "existing"


def test_a_finding_about_a_file_is_recognised_by_its_rule() -> None:
    def about(title: str) -> tuple[Finding, ...]:
        return found(FILE, claimed("no such line", 0, title))

    (known,), _ = recognise(about("Two"), report_of(about("One"), diff_of(FILE), "json"), {})
    assert known.anchor == "file"
    assert known.state == "existing"


@pytest.mark.parametrize(
    ("change", "is_changed"),
    [
        ({}, False),
        ({"severity": Severity.LOW}, True),
        ({"title": "Wrong!"}, False),
        ({"rule": "correctness/arithmetic"}, True),
    ],
)
def test_it_is_said_if_it_changed(change: dict[str, object], is_changed: bool) -> None:
    before, after = found(FILE, claimed("    x()", 2)), found(FILE, claimed("    x()", 2).evolve(**change))
    (known,), _ = recognise(after, report_of(before, diff_of(FILE), "json"), {})
    assert (known.state, known.is_changed) == ("existing", is_changed)


@each_form
def test_many_findings_on_equal_lines_are_paired_one_for_one(form: str) -> None:
    file = added("a.py", *["x()"] * 300)
    findings = found(file, *(claimed("x()", line) for line in range(1, 301)))
    known, left = recognise(findings, report_of(findings, diff_of(file), form), {})
    assert {each.state for each in known} == {"existing"}
    assert [each.fingerprint_v2 for each in known] == [each.fingerprint_v2 for each in findings]
    assert left == ()


def test_a_changed_line_is_another_place() -> None:
    before = found(FILE, claimed("    x()", 2))
    file = changed("a.py", LINES, [LINES[0], "    x(1)", *LINES[2:]])
    after = found(file, claimed("    x(1)", 2))
    (known,), left = recognise(after, report_of(before, diff_of(FILE), "json"), {})
    assert known.state == "new"
    assert len(left) == 1
