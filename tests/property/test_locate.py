import re

from hypothesis import assume, given
from hypothesis import strategies as st

from chargehand.core.diff import Diff
from chargehand.core.escaping import printable
from chargehand.core.finding import Claim, Finding
from chargehand.core.identity import identify
from chargehand.pipeline.locate import locate
from tests.property.strategies import DIFFS, LINES, PATHS
from tests.unit.crew import claim_of

NUMBERS = st.integers(-3, 60) | st.integers()


def claim(path: str, quote: str, line: int, end_line: int) -> Claim:
    return claim_of(path=path, line=line, end_line=end_line, quote=quote)


def folded(text: str) -> str:
    return " ".join(printable(text).removesuffix("\\u{d}").split())


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def at_line(diff: Diff, path: str, number: int) -> list[str]:
    return [
        folded(line.text)
        for file in diff.files
        if file.path == path
        for line in file.lines()
        if line.new_number == number
    ]


def assert_shown_only_where_it_is(finding: Finding, asked: Claim, diff: Diff) -> None:
    """Check that a line is given only if the quote, or what was removed beside it, is really there."""
    if finding.anchor != "line":
        assert finding.start_line is None
        assert finding.end_line is None
        return
    assert finding.start_line is not None
    assert finding.end_line is not None
    assert finding.start_line <= finding.end_line
    assert finding.line is not None
    assert finding.start_line <= finding.line <= finding.end_line
    first, *_ = filter(None, map(folded, asked.quote.split("\n")))
    cited = folded(finding.quote)
    if "only a part" in finding.note:
        bare = re.sub(r"^(…|\.\.\.)|(…|\.\.\.)$|\s", "", re.sub(r"^([0-9]+ ?[:|]? ?)?[-+]?", "", first))
        assert any(part in squeezed(cited) for part in (bare, squeezed(first)))
    else:
        assert re.fullmatch(rf"([0-9]+ ?[:|]? ?)?[-+]?{re.escape(squeezed(cited))}", squeezed(first))
    if finding.old_line is None:
        assert cited in at_line(diff, finding.path, finding.line)
    else:
        assert "removed" in finding.note
    for number in range(finding.start_line, finding.end_line + 1):
        assert at_line(diff, finding.path, number)


@given(DIFFS, st.data())
def test_a_line_that_is_quoted_with_its_number_is_found_there(diff: Diff, data: st.DataObject) -> None:
    quotable = [
        (file.path, line)
        for file in diff.files
        for line in file.lines()
        if line.new_number is not None and folded(line.text)
    ]
    assume(quotable)
    path, line = data.draw(st.sampled_from(quotable))
    assert line.new_number is not None
    for quote in (line.text, printable(line.text), f"  {line.text}"):
        asked = claim(path, quote, line.new_number, 0)
        (finding,) = locate([asked], diff)
        assert (finding.path, finding.start_line) == (path, line.new_number)
        assert_shown_only_where_it_is(finding, asked, diff)


@given(DIFFS, st.data(), NUMBERS, NUMBERS)
def test_a_line_that_is_quoted_with_any_number_is_found_where_it_reads_so(
    diff: Diff, data: st.DataObject, number: int, end: int
) -> None:
    lines = [(file.path, line) for file in diff.files for line in file.lines() if folded(line.text)]
    assume(lines)
    path, line = data.draw(st.sampled_from(lines))
    asked = claim(path, line.text, number, end)
    (finding,) = locate([asked], diff)
    assert finding.anchor == "line" or line.kind == "-"
    assert_shown_only_where_it_is(finding, asked, diff)


@given(DIFFS, PATHS, st.lists(LINES, max_size=3).map("\n".join), NUMBERS, NUMBERS)
def test_any_quote_is_placed_truly_or_not_at_all(
    diff: Diff, path: str, quote: str, line: int, end: int
) -> None:
    asked = claim(path, quote, line, end)
    (finding,) = locate([asked], diff)
    assert_shown_only_where_it_is(finding, asked, diff)
    assert (finding.anchor == "summary") is (path not in {file.path for file in diff.files})


@given(DIFFS, st.lists(st.tuples(PATHS, LINES, NUMBERS), max_size=8))
def test_every_claim_is_one_finding_with_an_identity_of_its_own(
    diff: Diff, said: list[tuple[str, str, int]]
) -> None:
    asked = [claim(path, quote, line, 0) for path, quote, line in said]
    found = identify(locate(asked, diff))
    assert len({finding.fingerprint for finding in found}) == len(asked)
    assert found == identify(locate(asked, diff))
