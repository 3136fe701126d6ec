from chargehand.core.finding import Finding
from chargehand.core.identity import fingerprint, identify
from chargehand.pipeline.locate import locate
from tests.unit.changes import added, changed, diff_of
from tests.unit.crew import claim_of


def found(lines: list[str], *quoted: tuple[str, int], **changes: object) -> tuple[Finding, ...]:
    """Return the findings on quoted lines of a new file, named."""
    claims = [claim_of(quote=quote, line=line, end_line=line, **changes) for quote, line in quoted]
    return identify(locate(claims, diff_of(added("a.py", *lines))))


def test_the_first_version_holds_rule_file_line_and_number() -> None:
    (finding,) = found(["x()"], ("x()", 1))
    assert finding.fingerprint == fingerprint("correctness/other", "a.py", "x()", 0)
    assert finding.fingerprint == "ff66e346598f8f822c5fcdef13170a2e"


def test_equal_lines_are_told_apart_in_the_order_of_the_file() -> None:
    findings = found(["x()", "y()", "x()"], ("x()", 3), ("x()", 1))
    prints = [fingerprint("correctness/other", "a.py", "x()", n) for n in (0, 1)]
    assert [each.fingerprint for each in findings] == prints
    assert [each.start_line for each in findings] == [1, 3]


def test_other_rules_do_not_count_among_equal_lines() -> None:
    (one,) = found(["x()", "x()"], ("x()", 1), rule="correctness/arithmetic")
    (two,) = found(["x()", "x()"], ("x()", 2))
    prints = {each.fingerprint for each in identify((one, two))}
    assert prints == {
        fingerprint(f"correctness/{rule}", "a.py", "x()", 0) for rule in ("arithmetic", "other")
    }


def test_identity_survives_a_shift_and_another_end() -> None:
    (before,) = found(["x()", "y()"], ("x()", 1))
    claim = claim_of(quote="x()", line=2, end_line=3)
    (after,) = identify(locate([claim], diff_of(changed("a.py", ["new"], ["new", "x()", "y()"]))))
    assert (before.start_line, after.start_line) == (1, 2)
    assert before.fingerprint == after.fingerprint


def test_findings_are_counted_without_those_that_were_merged() -> None:
    findings = locate(
        [claim_of(quote="x()", line=line, end_line=line) for line in (1, 2, 3)],
        diff_of(added("a.py", "x()", "x()", "x()")),
    )
    first, last = identify((findings[2], findings[0]))
    assert (first.start_line, last.start_line) == (1, 3)
    prints = [fingerprint("correctness/other", "a.py", "x()", n) for n in (0, 1)]
    assert [first.fingerprint, last.fingerprint] == prints


def test_two_defects_on_one_line_have_two_identities() -> None:
    claims = [claim_of(quote="x()", title=title) for title in ("One", "Another")]
    prints = {each.fingerprint for each in identify(locate(claims, diff_of(added("a.py", "x()"))))}
    assert len(prints) == 2


def test_another_rule_and_other_words_change_nothing_in_the_second_version() -> None:
    (before,) = found(["x()"], ("x()", 1))
    (after,) = found(["x()"], ("x()", 1), rule="correctness/arithmetic", title="In other words")
    assert before.fingerprint_v2 == after.fingerprint_v2
    assert before.fingerprint != after.fingerprint


def test_the_second_version_tells_two_rules_on_one_line_and_equal_lines_apart() -> None:
    claims = [
        claim_of(quote="x()", rule=f"correctness/{rule}", line=line, end_line=line)
        for rule in ("arithmetic", "other")
        for line in (1, 2)
    ]
    findings = identify(locate(claims, diff_of(added("a.py", "x()", "x()"))))
    assert len({each.fingerprint_v2 for each in findings}) == 4
