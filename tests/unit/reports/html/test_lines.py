from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Dismissed, Finding
from chargehand.core.review import Review
from chargehand.reports.html.lines import CITED_SHOWN, REMOVED_SHOWN, nearby, rows
from tests.unit.reports.samples import APP, finding, merged, review


def shown(found: Finding, *, among: Review | None = None) -> list[str]:
    """Return the lines beside a finding: number, kind, text, and a star if it is cited."""
    reviewed = among or review(findings=(found,))
    return [
        f"{row.number}{row.kind}{'*' if row.is_cited else ''} {row.text}"
        for row in rows(found, nearby(reviewed))
    ]


def numbered(path: str, *, removed: int = 0) -> FileDiff:
    """Return a file of 90 new lines, with removed ones before the line 50."""
    gone = [f"-gone {number}" for number in range(removed)]
    body = [f"+line {number}" for number in range(1, 91)]
    hunk = Hunk(
        old_start=1, old_count=removed, new_start=1, new_count=90, section="",
        body="\n".join((*body[:49], *gone, *body[49:])),
    )  # fmt: skip
    return FileDiff(path=path, status="modified", added=90, removed=removed, hunks=(hunk,))


def test_three_lines_stand_on_either_side_and_removed_ones_where_they_were() -> None:
    assert shown(finding(start_line=13, end_line=13, code="    row = cursor.fetchone()")) == [
        "10  def user(user_id):",
        "11      cursor = connection.cursor()",
        '-     cursor.execute("SELECT * FROM users WHERE id = ?", (user_id,))',
        '12+     cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")',
        "13+*     row = cursor.fetchone()",
        "14+     name = row[1]",
        '15+     return {"name": name}',
        "16  ",
    ]


def test_lines_that_the_diff_has_otherwise_stand_alone() -> None:
    """So it is with what is masked, and with a path that has two entries."""
    assert shown(finding(start_line=13, end_line=13, code="    row = MASKED_AT_app_py_13")) == [
        "13* row = MASKED_AT_app_py_13"
    ]


def test_nothing_round_a_finding_is_shown_where_a_model_calls_something_a_secret() -> None:
    plain = finding(start_line=13, end_line=13, code="    row = cursor.fetchone()")
    secret = finding(rule="security/secret", start_line=15, end_line=15, code='    return {"name": MASKED}')
    by_check = secret.evolve(model="check: secrets")
    taken_in = plain.evolve(merged=(merged(rule="security/secret"),))
    alone = ["13* row = cursor.fetchone()"]
    assert shown(plain, among=review(findings=(plain, secret))) == alone
    assert (
        shown(plain, among=review(findings=(plain,), dismissed=(Dismissed(finding=secret, reason=""),)))
        == alone
    )
    assert shown(taken_in) == alone
    assert len(shown(plain, among=review(findings=(plain, by_check)))) == 8


def test_a_removed_line_looks_removed_and_has_no_number() -> None:
    assert shown(finding(start_line=12, end_line=12, old_line=12, code="  a = 1\n  b = 2")) == [
        "-* a = 1",
        "-* b = 2",
    ]


def test_what_is_long_is_cut_with_a_count() -> None:
    file = numbered("a.py", removed=20)
    code = "\n".join(f"line {number}" for number in range(48, 88))
    found = finding(path="a.py", start_line=48, end_line=87, code=code)
    lines = shown(found, among=review(findings=(found,), diff=Diff(files=(file,))))
    assert sum("*" in line for line in lines) == CITED_SHOWN
    assert sum(line.startswith("- gone") for line in lines) == REMOVED_SHOWN
    assert "… … 14 more removed lines" in lines
    assert lines[-1] == "… … 10 more lines"


def test_the_hunk_with_the_very_lines_is_taken_if_a_path_has_two_entries() -> None:
    found = finding(start_line=13, end_line=13, code="    row = cursor.fetchone()")
    other = numbered(APP.path)
    assert len(shown(found, among=review(findings=(found,), diff=Diff(files=(other, APP))))) == 8


def test_a_finding_without_lines_shows_none() -> None:
    assert shown(finding(start_line=None, end_line=None, anchor="file", code="")) == []
