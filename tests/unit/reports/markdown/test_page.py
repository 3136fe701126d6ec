import re
from decimal import Decimal
from typing import get_args

import pytest
from markdown_it import MarkdownIt

from chargehand.core.finding import Dismissed, Severity
from chargehand.core.review import Review
from chargehand.core.usage import Counterfactuals
from chargehand.reports import headline, markdown
from chargehand.reports.markdown import LIMIT_BYTES, MARKS, SYMBOLS, coverage
from tests.unit.reports.samples import (
    CLEAN,
    HOSTILE,
    NOTHING,
    OFFLINE,
    RICH,
    finding,
    gap,
    judged,
    looked,
    review,
)

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
CODE = re.compile(r"<pre><code>[^<>]*</code></pre>")
OURS = {"<details>", "</details>", "<sub>", "</sub>"}


def page(reviewed: Review, **gate: object) -> str:
    return markdown.render(*judged(reviewed, **gate))


def html_lines(text: str) -> list[str]:
    """Return the lines that a Markdown parser takes for HTML, but those of code that is shown as HTML."""
    blocks = PARSER.parse(text)
    html = [
        each for block in blocks for each in (block, *(block.children or ())) if each.type.startswith("html")
    ]
    return [line for each in html for line in CODE.sub("", each.content).splitlines() if line]


def test_tables_are_total() -> None:
    assert list(MARKS) == list(Severity)
    assert len(set(MARKS.values())) == len(Severity)
    assert set(SYMBOLS) == set(get_args(headline.Conclusion))
    assert set(coverage.CELLS) == {cell.outcome for cell in RICH.coverage}


def test_the_page_holds_no_html_but_our_own() -> None:
    lines = html_lines(page(RICH))
    assert {line for line in lines if not line.startswith("<summary>")} == OURS
    assert all(line.endswith("</summary>") and line.count("<") == 2 for line in set(lines) - OURS)
    assert lines.count("<details>") == lines.count("</details>") == 5


def test_the_page_links_to_nothing_and_loads_nothing() -> None:
    blocks = PARSER.parse(page(RICH))
    kinds = {each.type for block in blocks for each in (block, *(block.children or ()))}
    assert not {"link_open", "image"} & kinds


@pytest.mark.parametrize(
    "reviewed", [OFFLINE, NOTHING, review(mode="scripted"), review(gaps=("not judged",))]
)
def test_nothing_is_green_that_models_did_not_look_at_in_full(reviewed: Review) -> None:
    assert page(CLEAN).startswith("## ✅")
    assert "✅" not in page(reviewed, on_incomplete="warn")


@pytest.mark.parametrize("mode", ["scripted", "replayed", "offline"])
def test_who_looked_is_said_before_anything_else(mode: str) -> None:
    lines = page(review(mode=mode)).split("\n")
    assert lines[2].startswith(f"> **{mode.capitalize()}:** ")


def test_findings_come_by_severity_with_code_place_rule_and_advice() -> None:
    found = finding(severity=Severity.LOW), finding(severity=Severity.CRITICAL, end_line=13)
    text = page(review(findings=found))
    assert text.index("### 🔴 Critical (1)") < text.index("### 🔵 Low (1)")
    assert "`src/app.py:12-13` · `security/injection` · confidence high · found by `claude-haiku-5-5`" in text
    assert '```python\ncursor.execute(f"SELECT * FROM users WHERE id = {user_id}")\n```' in text
    assert (
        "**Suggestion for line 12**\n\n"
        '```python\ncursor.execute("SELECT * FROM users WHERE id = ?", (user_id,))\n```' in text
    )
    assert "| 🔴&nbsp;1&nbsp;critical · 🔵&nbsp;1&nbsp;low |" in text


def test_a_removed_line_is_shown_as_a_diff_shows_it() -> None:
    text = page(review(findings=(finding(code="    gone()", old_line=3),)))
    assert "```diff\n- gone()\n```" in text


def test_a_finding_without_a_title_is_called_by_its_rule() -> None:
    assert "#### `security/injection`" in page(review(findings=(finding(title=" "),)))


def test_what_was_put_aside_is_folded_with_its_reason() -> None:
    aside = (Dismissed(finding=finding(title="Not so"), reason="it is checked"),) * 60
    text = page(review(dismissed=aside))
    assert "<summary>60 claims dismissed by the judge</summary>" in text
    assert "- **Not so** (critical, `security/injection`, `src/app.py:12`): it is checked\n" in text
    assert "- … and 10 more, which the JSON report has" in text


def test_files_that_fared_alike_share_a_row_and_gaps_come_first() -> None:
    cells = (
        *(looked(f"ok{number}.py", "tests") for number in range(500)),
        *(gap(f"bad{number}.py", "tests", "failed", "timeout") for number in range(5)),
        looked("ok0.py", "style"),
    )
    text = page(review(coverage=cells))
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `bad0.py`, `bad1.py`, `bad2.py` and 2 more files | **failed** | – |",
        "| `ok0.py` | ✓ | ✓ |",
        "| `ok1.py`, `ok2.py`, `ok3.py` and 496 more files | ✓ | – |",
    ]
    assert "- **failed**: `tests` on `bad0.py`, `bad1.py`, `bad2.py` and 2 more files: timeout" in text


def test_a_cost_above_the_single_pass_is_said_as_more() -> None:
    dear = CLEAN.bill.evolve(
        counterfactuals=Counterfactuals(single_pass_usd=Decimal("0.01"), all_orchestrator_usd=None)
    )
    text = page(review(bill=dear))
    assert "**$0.0172** · 72 % more than one strong pass" in text
    assert "| Instead: one plain pass of the strong model | $0.0100 | this review: 72 % more |" in text
    assert "| Instead: every call on the strong model | unknown | this review: unknown |" in text


def large(number: int) -> Review:
    low, high = (
        finding(severity=Severity.LOW, message=HOSTILE * 4),
        finding(severity=Severity.HIGH, message="word " * 90),
    )
    return RICH.evolve(findings=(low,) * number + (high,) * number)


@pytest.mark.parametrize("limit", [3_000, 60_000, LIMIT_BYTES])
def test_a_page_stays_under_its_limit_and_keeps_verdict_and_bill(limit: int) -> None:
    reviewed, verdict = judged(large(500), max_spend="0.05")
    text = markdown.render(reviewed, verdict, limit=limit)
    assert len(text.encode()) <= limit
    assert text.startswith("## ⛔ chargehand · Blocked (live): 500 findings")
    assert "### Cost: at least $0.0214" in text
    assert "are left out here**" in text
    assert html_lines(text).count("<details>") == html_lines(text).count("</details>")


def test_the_least_severe_findings_give_way_first_and_are_counted() -> None:
    text = markdown.render(*judged(large(100)), limit=LIMIT_BYTES // 6)
    shown = text.count("found by")
    assert 100 < shown < 200
    assert "### 🔵 Low (100)" in text
    assert f"> **{200 - shown} findings and perhaps other parts are left out here**" in text
    assert "### Coverage" in text


def test_a_page_that_fits_leaves_nothing_out() -> None:
    assert "left out here" not in page(RICH)
    assert len(page(RICH).encode()) < 60_000
