"""Finds characters that make code read differently from what it is."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_test
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim, Severity

PLACES_NAMED = 5

# Embeddings, overrides and isolates: what reorders a line.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Zero-width spaces, joiners and marks, blank letters, variation selectors and the invisible tag block.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_JOINERS = "\u200c\u200d"
_MARKS = "\u061c\u200e\u200f"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# The flags of England, Scotland and Wales are a black flag and tags.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")


def find_invisible_characters(diff: Diff) -> Iterator[Claim]:
    """Yield at most one claim a file for each of the two rules, at the first added line concerned.

    Not claimed: a byte-order mark at the start of a file, joiners and selectors where emoji and scripts
    need them, direction marks in a line of right-to-left text, soft hyphens in prose.
    """
    return (found for file in diff.files for found in _in_file(file))


def _in_file(file: FileDiff) -> Iterator[Claim]:
    bidi: list[tuple[Line, str]] = []
    hidden: list[tuple[Line, str]] = []
    for hunk in file.hunks:
        if hunk.body.isascii():
            continue
        added = [line for line in hunk.lines() if line.kind == "+" and not line.text.isascii()]
        bidi += [(line, found) for line in added if (found := "".join(_BIDI.findall(line.text)))]
        hidden += [(line, found) for line in added if (found := _first_hidden(line, file.path))]
    if bidi:
        yield _claim(file.path, "security/bidirectional-text", bidi)
    if hidden:
        yield _claim(file.path, "security/invisible-character", hidden)


def _first_hidden(line: Line, path: str) -> str:
    """Return the first characters of a line that nobody can see, as many as are named."""
    return "".join(islice(_hidden(line, path), PLACES_NAMED))


def _hidden(line: Line, path: str) -> Iterator[str]:
    text = _FLAG.sub(lambda flag: "x" * len(flag.group()), line.text)
    # Once a line: a hostile one holds a million of them.
    has_marks = any(mark in text for mark in _MARKS)
    is_right_to_left = has_marks and any(unicodedata.bidirectional(each) in {"R", "AL"} for each in text)
    for match in _HIDDEN.finditer(text):
        place, character = match.start(), match.group()
        is_byte_order_mark = character == "\ufeff" and line.new_number == 1 and place == 0
        is_soft_hyphen = character == "\u00ad" and is_prose(path)
        is_mark_at_home = character in _MARKS and is_right_to_left
        if not (is_byte_order_mark or is_soft_hyphen or is_mark_at_home or _is_at_home(text, place)):
            yield character


def _is_at_home(text: str, place: int) -> bool:
    """Tell whether emoji or the script around need the character at `place`."""
    character, before = text[place], text[place - 1 : place]
    after = text[place + 1 : place + 2]
    if character in _JOINERS:
        # At the end of a word, too: in Malayalam and Kurdish the letter before it is what it is for.
        is_end = _is_joining_letter(before) and not after.isalnum()
        return is_end or (_needs_joiners(before) and _needs_joiners(after))
    if _SELECTORS.match(character):
        return bool(before) and (
            before in "#*0123456789\u2139\u3030" or unicodedata.category(before) in {"So", "Sm", "Lo", "Po"}
        )
    return "\u180b" <= character <= "\u180f" and "\u1800" <= before <= "\u18af"


def _needs_joiners(character: str) -> bool:
    """Tell whether joiners stand beside this: emoji, and letters of scripts from Arabic to Mongolian."""
    if not character:
        return False
    return (
        _is_joining_letter(character)
        or character == "\ufe0f"
        or unicodedata.category(character) in {"So", "Sk"}
        or character in "\u2640\u2642"
    )


def _is_joining_letter(character: str) -> bool:
    return "\u0600" <= character <= "\u1aff" and not _HIDDEN.match(character)


def _claim(path: str, rule: str, places: list[tuple[Line, str]]) -> Claim:
    first = places[0][0]
    names = ", ".join(
        dict.fromkeys(f"U+{ord(each):04X}" for _, found in places for each in found[:PLACES_NAMED])
    )
    others = [str(line.new_number) for line, _ in places[1:]]
    more = f" and {len(others) - PLACES_NAMED} more" if len(others) > PLACES_NAMED else ""
    also = f" Also on line {', '.join(others[:PLACES_NAMED])}{more}." if others else ""
    return claim(
        CHECK,
        path,
        first,
        f"The line holds {names}, which cannot be seen: it may not say what it shows.{also}",
        rule=rule,
        severity=Severity.LOW if is_prose(path) or is_test(path) else None,
    )


CHECK = Check(
    "invisible-characters",
    ("security/invisible-character", "security/bidirectional-text"),
    find_invisible_characters,
)
