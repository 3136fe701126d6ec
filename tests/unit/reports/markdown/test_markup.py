"""What stands in Markdown is read back here by a Markdown parser that others wrote."""

import re
from html import unescape

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from chargehand.core.escaping import has_command, one_line
from chargehand.reports.markdown.markup import (
    CODE_LINES,
    CODE_WIDTH,
    LINE_LENGTH,
    cell,
    code_span,
    fence,
    inline,
    prose,
)
from chargehand.reports.prose import PROSE_LENGTH
from tests.unit.reports.samples import HOSTILE

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {
    "paragraph_open",
    "paragraph_close",
    "bullet_list_open",
    "bullet_list_close",
    "list_item_open",
    "list_item_close",
    "inline",
    "text",
    "code_inline",
    "fence",
    "hardbreak",
    "softbreak",
    "strong_open",
    "strong_close",
}
MARKED_UP = st.text(
    st.one_of(st.sampled_from("`~*_[]()<>!#@$%&|\\/:.-+=1 \n\tab\"'{}^"), st.characters()), max_size=60
)


def tokens(markdown: str) -> list[Token]:
    return [each for block in PARSER.parse(markdown) for each in (block, *(block.children or ()))]


def text_of(markdown: str) -> str:
    """Return what a reader sees, without the zero-width spaces that break references."""
    shown = "".join(
        each.content for each in tokens(markdown) if each.type in ("text", "code_inline", "fence")
    )
    return shown.replace("\u200b", "")


@settings(deadline=None)
@given(MARKED_UP)
def test_prose_never_becomes_anything_but_paragraphs_bullets_code_and_bold(text: str) -> None:
    assume(not has_command(text))
    assert {each.type for each in tokens(prose(text))} <= HARMLESS


@settings(deadline=None)
@given(MARKED_UP)
def test_inline_text_is_one_paragraph(text: str) -> None:
    shown = tokens(inline(text))
    assert {each.type for each in shown} <= {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
    }
    assert "\n" not in inline(text)


@settings(deadline=None)
@given(MARKED_UP)
def test_inline_text_reads_as_it_was_written(text: str) -> None:
    plain = text.replace("`", "").replace("**", "*")
    assert text_of(inline(plain)) == one_line(plain)


@settings(deadline=None)
@given(MARKED_UP)
def test_inline_text_stays_in_its_heading_item_and_cell(text: str) -> None:
    markup = inline(text)
    for prefix, kind in (("#### x", "heading_open"), ("- x", "list_item_open"), ("> x", "blockquote_open")):
        shown = PARSER.parse(f"{prefix}{markup}\n\nafter")
        assert [each.type for each in shown if each.level == 0].count("paragraph_open") == 1
        assert sum(each.type == kind for each in shown) == 1
    row = PARSER.parse(f"| a | b |\n|---|---|\n| {cell(markup)} | end |\n")
    cells = [each.content for each in row if each.type == "inline"]
    assert len(cells) == 4
    assert cells[3] == "end"


@settings(deadline=None)
@given(MARKED_UP)
def test_a_code_span_is_one_and_shows_its_text(text: str) -> None:
    assume(not has_command(one_line(text)))
    (shown,) = (
        each
        for each in tokens(code_span(text))
        if each.type not in ("inline", "paragraph_open", "paragraph_close")
    )
    assert shown.type == "code_inline"
    assert shown.content.strip() == one_line(text)


COMMANDS = [
    "::error::x",
    "a ##[error]x",
    "###[group]",
    "##vso[task.complete]",
    "x\n  ::warning::y",
    "##teamcity[a]",
]


@pytest.mark.parametrize("text", COMMANDS)
def test_no_runner_finds_a_command_in_the_source_and_readers_see_it_as_it_was(text: str) -> None:
    for markup in (prose(text), inline(text), code_span(text), fence(text), prose(f"```\n{text}\n```")):
        assert not has_command(markup)
    assert text_of(code_span(text)) == one_line(text)
    assert PARSER.render(fence(text)).startswith("<pre><code>")
    assert unescape(PARSER.render(fence(text))) == f"<pre><code>{text}\n</code></pre>"
    assert fence("::x\n</code></pre><b>").count("<") == 4


@settings(deadline=None)
@given(MARKED_UP, st.sampled_from(["", "python"]))
def test_code_cannot_end_its_fence(code: str, language: str) -> None:
    assume(not has_command(code))
    (shown,) = PARSER.parse(fence(code, language))
    assert (shown.type, shown.info) == ("fence", language)


def test_the_hostile_sample_has_no_effect() -> None:
    markdown = prose(HOSTILE)
    assert {each.type for each in tokens(markdown)} <= HARMLESS
    assert "<" not in markdown
    rendered = PARSER.render(markdown)
    assert "<a" not in rendered
    assert "<img" not in rendered


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("ask @octocat", "@octocat"),
        ("me@example.com", "@example"),
        ("see #12", "#12"),
        ("owner/repo#3", "#3"),
        ("GH-7", "GH-7"),
        ("!45", "!45"),
        ("~bug", "~bug"),
        ('%"v1.0"', '%"v1'),
        ("&12", "&12"),
        ("$34", "$34"),
        ("^alert", "^alert"),
        ("https://evil.example", "://"),
        ("WWW.evil.example", "WWW."),
        (":tada:", ":tada:"),
        ("[issue:1]", "[issue:"),
    ],
)
def test_no_reference_is_left_after_rendering(text: str, reference: str) -> None:
    shown = "".join(each.content for each in tokens(inline(text)) if each.type == "text")
    assert reference not in shown
    assert shown.replace("\u200b", "") == text


def test_code_spans_of_a_model_stay_code() -> None:
    shown = [(each.type, each.content) for each in tokens(prose("use `x|y` or ``a`b``")) if each.content]
    assert ("code_inline", "x|y") in shown
    assert ("code_inline", "a`b") in shown


@pytest.mark.parametrize(
    ("words", "bold"),
    [
        ("**Never** do it", ["Never"]),
        ("so **this.** And (**that**)", ["this.", "that"]),
        ("**a [x](https://x.example) b**", ["a [x](https://x.example) b"]),
        ("**`code`**", []),
        ("a ** b ** c, 2**3**4, f(**kwargs, **more), src/**/a/**, **", []),
    ],
)
def test_what_a_model_makes_bold_is_bold_and_other_asterisks_stay(words: str, bold: list[str]) -> None:
    shown = tokens(prose(words))
    opened = [at for at, each in enumerate(shown) if each.type == "strong_open"]
    assert [shown[at + 1].content.replace("\u200b", "") for at in opened] == bold
    asterisks = words.count("*") - 4 * len(bold)
    assert text_of(prose(words)).count("*") == asterisks


def test_bullets_and_fenced_blocks_of_a_model_are_built_afresh() -> None:
    text = "Do:\n* one\n- two\nthen\n```py\nx = 1\n```\nafter"
    assert prose(text) == "Do:\n\n- one\n- two\n\nthen\n\n```python\nx = 1\n```\n\nafter"


@pytest.mark.parametrize("tag", ["suggestion", "mermaid", "math", "geojson", "stl", "PLANTUML", "x y"])
def test_a_fence_of_a_model_cannot_make_the_forge_act(tag: str) -> None:
    assert prose(f"```{tag}\nx\n```") == "```\nx\n```"


def test_a_fence_that_is_never_closed_ends_with_the_text() -> None:
    assert prose("a\n~~~~python\nx\n~~~\ny") == "a\n\n```python\nx\n~~~\ny\n```"


def test_lines_of_a_paragraph_stay_lines() -> None:
    assert PARSER.render(prose("one\r\ntwo")) == "<p>one<br />\ntwo</p>\n"


@pytest.mark.parametrize(
    "markup", [prose("/close"), inline("/close"), fence("/close"), prose("```\n/close\n```")]
)
def test_no_line_begins_like_a_quick_action(markup: str) -> None:
    assert not re.search(r"(?m)^/\w", markup)


def test_bars_do_not_end_a_cell_even_in_code() -> None:
    assert cell(code_span("a|b")) == r"`a\|b`"
    assert cell(inline("a|b")) == "a&#124;b"


def test_long_texts_are_cut() -> None:
    assert len(prose("x" * 9000)) == PROSE_LENGTH + 2
    assert len(inline("x" * 9000)) == LINE_LENGTH + 2
    code = fence("\n".join(["y" * 9000] * 99)).splitlines()
    assert len(code) == CODE_LINES + 3
    assert len(code[1]) == CODE_WIDTH + 2
    assert code[-2] == f"… {99 - CODE_LINES} more lines"
