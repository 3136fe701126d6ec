import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargehand.core.escaping import UNSAFE, for_log, has_command, json_for_log, one_line, printable


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[2J", "\\u{1b}[2J"),
        ("a\u202eb", "a\\u{202e}b"),
        ("\u200b", "\\u{200b}"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\u{d800}"),
        ("a\rb", "a\\u{d}b"),
        ("\U000e0041", "\\u{e0041}"),
        ("naïve — ✓ 漢字", "naïve — ✓ 漢字"),
    ],
)
def test_what_could_act_or_hide_is_shown_as_an_escape(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(alphabet=st.characters()))
@settings(derandomize=True, max_examples=300)
def test_printable_text_holds_nothing_unsafe_and_stays_as_it_is(text: str) -> None:
    once = printable(text)
    assert not UNSAFE.search(once)
    assert printable(once) == once
    once.encode("utf-8")


def test_one_line_is_one_line() -> None:
    assert one_line(" a\n\tb\x0bc ") == "a b\\u{b}c"


@pytest.mark.parametrize(
    "text",
    [
        "::error::x",
        "  ::set-output name=a::b",
        "a ##[error]x",
        "##[group]",
        "x\n::warning::y",
        "##vso[task]",
        "##teamcity[a]",
    ],
)
def test_no_runner_finds_a_command_in_a_log_line(text: str) -> None:
    shown = for_log(text)
    assert not re.search(r"##\[|##vso\[|##teamcity\[", shown)
    assert not re.search(r"(?m)^\s*::", shown)
    assert has_command(text)
    assert not has_command(shown)


def test_json_without_commands_says_the_same() -> None:
    document = {"::a::": ["##[b]", "x##vso[c] ###teamcity[d]", ":::", "C++ std::vector", "## a heading"]}
    text = json_for_log(json.dumps(document))
    assert json.loads(text) == document
    assert "::" not in text
    assert "##[" not in text
    assert not has_command(text)
