"""Finds characters that make code read differently from what it is."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_test, is_translation_data
from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.finding import Claim, Severity
from chargehand.core.invisible import Kind, any_of

PLACES_NAMED = 5

_REORDERING = any_of(Kind.REORDERS)
_HIDDEN = any_of(Kind.HIDDEN, Kind.CONTROL)
# All that a plain text has of ASCII: nothing is to be found if nothing is left without these.
_PLAIN = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_JOINERS = "\u200c\u200d"
_MARKS = "\u061c\u200e\u200f"
# What writers and translators of many languages need, and what only orders the words of a translation.
_OF_TRANSLATIONS = frozenset(
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
)
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# The flags of England, Scotland and Wales are a black flag and tags.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_BLANK_CELL = "\u2800"
# A form feed before anything else on its line separates pages.
_NEW_PAGE = re.compile("^[ \t\f]+")
_BRAILLE = re.compile("[\u2800-\u28ff]+")


def find_invisible_characters(diff: Diff) -> Iterator[Claim]:
    """Yield at most one claim a file for each of the two rules, at the first added line concerned.

    Not claimed: a byte-order mark at the start of a file, line ends with a carriage return, form feeds
    between pages, joiners and selectors where emoji and scripts need them, direction marks in a line of
    right-to-left text, Braille, soft hyphens in prose, what translators write in files of translations.
    """
    return (found for file in diff.files for found in _in_file(file))


def paths_that_hide(diff: Diff) -> Iterator[str]:
    """Yield the files of which a name or any line holds such characters, a kept or a removed line too."""
    for file in diff.files:
        free = _free(file.path)
        names = (Line(" ", None, None, name) for name in (file.path, file.old_path or ""))
        lines = chain(names, (line for hunk in file.hunks for line in _telling(hunk)))
        if any(_reordering(line, free) or _first_hidden(line, file.path, free) for line in lines):
            yield file.path


def _in_file(file: FileDiff) -> Iterator[Claim]:
    reordered: list[tuple[Line, str]] = []
    hidden: list[tuple[Line, str]] = []
    free = _free(file.path)
    for hunk in file.hunks:
        for line in _telling(hunk):
            if line.kind == "+" and (found := _reordering(line, free)):
                reordered.append((line, found))
            if line.kind == "+" and (found := _first_hidden(line, file.path, free)):
                hidden.append((line, found))
    if reordered:
        yield _claim(file.path, "security/bidirectional-text", reordered)
    if hidden:
        yield _claim(file.path, "security/invisible-character", hidden)


def _free(path: str) -> frozenset[str]:
    return _OF_TRANSLATIONS if is_translation_data(path) else frozenset()


def _telling(hunk: Hunk) -> Iterator[Line]:
    """Yield the lines in which there may be something to find, and what the hunk says that they stand in."""
    if not _is_plain(hunk.section):
        yield Line(" ", None, None, hunk.section)
    if not _is_plain(hunk.body):
        yield from (line for line in hunk.lines() if not _is_plain(line.text))


def _is_plain(text: str) -> bool:
    """Tell, without looking at each character, that there is nothing to be found."""
    return text.isascii() and not text.replace("\r\n", "\n").rstrip("\r").encode().translate(None, _PLAIN)


def _reordering(line: Line, free: frozenset[str]) -> str:
    return "".join(each for each in _REORDERING.findall(line.text) if each not in free)


def _first_hidden(line: Line, path: str, free: frozenset[str]) -> str:
    """Return the first characters of a line that nobody can see, as many as are named."""
    return "".join(islice((each for each in _hidden(line, path) if each not in free), PLACES_NAMED))


def _hidden(line: Line, path: str) -> Iterator[str]:
    text = _without_what_is_at_home(line.text.rstrip("\r"))
    # Once a line: a hostile one holds a million of them.
    has_marks = any(mark in text for mark in _MARKS)
    is_right_to_left = has_marks and any(_is_right_to_left(each) for each in text)
    for match in _HIDDEN.finditer(text):
        place, character = match.start(), match.group()
        is_byte_order_mark = character == "\ufeff" and line.new_number == 1 and place == 0
        is_soft_hyphen = character == "\u00ad" and is_prose(path)
        is_mark_at_home = character in _MARKS and is_right_to_left
        if not (is_byte_order_mark or is_soft_hyphen or is_mark_at_home or _is_at_home(text, place)):
            yield character


def _is_right_to_left(character: str) -> bool:
    return character not in _MARKS and unicodedata.bidirectional(character) in {"R", "AL"}


def _without_what_is_at_home(text: str) -> str:
    """Return `text`, as long as it was, without what is told from its neighbours alone."""
    if not text.strip(f"{_BLANK_CELL} \t"):
        return " " * len(text)  # a row of a picture in which no dot is set
    for pattern in (_FLAG, _NEW_PAGE):
        text = pattern.sub(lambda found: "x" * len(found.group()), text)
    return _BRAILLE.sub(_without_drawing, text)


def _without_drawing(cells: re.Match[str]) -> str:
    return "x" * len(cells.group()) if cells.group().strip(_BLANK_CELL) else cells.group()


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
