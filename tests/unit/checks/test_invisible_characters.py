import pytest

from chargehand.checks.invisible_characters import find_invisible_characters
from chargehand.core.escaping import UNSAFE
from chargehand.core.finding import Severity
from chargehand.core.invisible import TABLE
from tests.unit.changes import added, changed, diff_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
RAINBOW_FLAG = "\U0001f3f3\ufe0f\u200d\U0001f308"
HEALTH_WORKER = "\U0001f9d1\U0001f3fd\u200d\u2695\ufe0f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def rules(path: str, *lines: str) -> list[str]:
    return [claim.rule for claim in find_invisible_characters(diff_of(added(path, *lines)))]


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_characters_that_reorder_a_line_are_claimed(character: str) -> None:
    assert rules("a.py", f"if role != 'user{character}': # check") == ["security/bidirectional-text"]


@pytest.mark.parametrize(
    "text",
    [
        "is_\u200badmin = True",
        "is_admin\u2060 = True",
        "a\u200db",
        "a\u200cb",
        "const \u3164 = 1",
        "const a\uffa0b",
        "x\u00ad = 1",
        "a\ufeffb",
        "say\ufe0f",
        "hi\U000e0041\U000e0042",
        "\U0001f600\ufe0f\ufe00\ufe01\ufe02",
        "abc\u200e",
        "user\u2800name = 1",
        "\u2800 = 1  # \u2801",
        "a\u034fb = 1",
        "const \u115f = 1",
        "a\u2065b",
        "allowed = False  # \rallowed = True",
        "echo safe \x1b[2K",
        "x = 1\x08\x08\x08\x08\x08y = 2",
        "x = 1 \x0c y = 2",
        "x = '\x85'",
        "// a comment\u2028run()",
        "a\ufff9b\ufffac\ufffb",
        "a\U0001d173b",
    ],
)
def test_characters_that_cannot_be_seen_are_claimed(text: str) -> None:
    assert rules("a.py", text) == ["security/invisible-character"]


@pytest.mark.parametrize(
    "text",
    [
        FAMILY,
        RAINBOW_FLAG,
        HEALTH_WORKER,
        ENGLAND,
        "press 1\ufe0f\u20e3",
        "\u2139\ufe0f note \u3030\ufe0f",
        "done \u2714\ufe0f and \u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0643\u0631\u062a\u0647\u200c \u0628",
        "\u0d28\u0d4d\u200d</string>",
        "\u0915\u094d\u200d\u0937",
        "\u05e9\u05dc\u05d5\u05dd\u200f (v2)",
        "caf\u00e9 \u2013 \u00bd \u65e5\u672c\u8a9e",
        "plain",
        "plain\r",
        "\x0c",
        "\x0cdef f():",
        "\u2800\u28ff\u2800\u2800\u287f",
        "\u2800\u2800 \u2800",
        "frames = '\u280b\u2819\u2800'",
        "\u203c\ufe0f \u2049\ufe0f \u3297\ufe0f \u2122\ufe0f \u2194\ufe0f",
    ],
)
def test_emoji_and_scripts_that_need_them_are_not_claimed(text: str) -> None:
    assert rules("a.py", text) == []


def test_a_byte_order_mark_is_only_claimed_behind_the_start_of_the_file() -> None:
    assert rules("a.cs", "\ufeffusing System;") == []
    assert rules("a.cs", "using System;", "\ufeffclass A {}") == ["security/invisible-character"]


def test_soft_hyphens_are_at_home_in_prose() -> None:
    assert rules("docs/index.html", "Donau\u00addampf") == []


def test_translators_may_write_what_their_languages_need_but_nothing_else() -> None:
    path = "app/src/main/res/values-fa/strings.xml"
    assert rules(path, "a\u200cb \u200b\u00ad\u2060", "\u202bc\u202c \u2068d\u2069 e\u200f") == []
    assert rules(path, "a\u202eb") == ["security/bidirectional-text"]
    assert rules(path, "a\u3164b") == ["security/invisible-character"]
    assert rules("app/src/main/res/values-fa/build.py", "a\u200bb") == ["security/invisible-character"]


def test_all_that_is_escaped_in_reports_is_claimed() -> None:
    for character in {each for first, last, _ in TABLE for each in (first, last)}:
        assert UNSAFE.match(character)
        assert rules("a.py", f"a{character}b")
        assert not rules("a.py", f"a{character}b".translate({ord(character): "b"}))


def test_a_line_with_a_million_of_them_is_looked_at_once() -> None:
    for text in (
        "\u2800" * 1_000_000 + "a",
        "\x0c" * 1_000_000,
        "\u2801\u2800" * 500_000,
        "\r" * 1_000_000 + "a",
    ):
        list(find_invisible_characters(diff_of(added("a.txt", text))))


def test_undecodable_bytes_are_not_taken_for_characters() -> None:
    assert rules("latin1.py", "x = '\udcad\udce9'") == []


def test_a_file_has_one_claim_a_rule_that_names_the_places() -> None:
    lines = ["a\u200bb", "plain", *["c\u202ed\u2066"] * 8]
    bidi, hidden = find_invisible_characters(diff_of(added("a.py", *lines)))
    assert (bidi.line, bidi.quote, bidi.severity) == (3, "c\u202ed\u2066", Severity.HIGH)
    assert bidi.message.endswith(
        "U+202E, U+2066, which cannot be seen: it may not say what it shows. "
        "Also on line 4, 5, 6, 7, 8 and 2 more."
    )
    assert (hidden.line, hidden.quote, hidden.severity) == (1, "a\u200bb", Severity.MEDIUM)
    assert "Also" not in hidden.message
    assert hidden.model == "check: invisible-characters"


@pytest.mark.parametrize("path", ["README.md", "tests/test_text.py", "res/values-fa/strings.xml"])
def test_prose_and_tests_are_graded_low(path: str) -> None:
    (claim,) = find_invisible_characters(diff_of(added(path, "a\u202eb")))
    assert claim.severity is Severity.LOW


def test_a_claim_shows_no_invisible_character_in_its_words() -> None:
    for claim in find_invisible_characters(diff_of(added("a.py", "a\u202eb\u200bc"))):
        assert (claim.title + claim.message).isascii()


def test_what_was_there_before_or_goes_away_is_not_claimed() -> None:
    file = changed("a.py", ["a\u202eb", "x = 1", "c\u200bd"], ["a\u202eb", "x = 2"])
    assert list(find_invisible_characters(diff_of(file))) == []
