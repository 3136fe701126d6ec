"""For which lines a suggestion was written, and whether it can stand there as it is.

Only a quote leads to lines: a suggestion is kept if the lines that it replaces are quoted and stand in one
place, and if nothing in it would be lost or changed on the way. Otherwise it is dropped, with the reason.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from chargehand.core.diff import FileDiff, Hunk
from chargehand.core.escaping import UNSAFE, printable
from chargehand.core.finding import Claim, Suggestion
from chargehand.core.markers import holds_marker
from chargehand.pipeline.places import Match
from chargehand.pipeline.quotes import folded

LONGEST = 4000
# Of longer lines a model may see no more than the beginning.
_LONGEST_LINE = 1000

# Models fence code by habit, although they are asked for the bare lines.
_FENCED = re.compile(r"\s*(`{3,}|~{3,})[^\n`]*\n(.*?)\n?[ \t]*\1[ \t]*\s*", re.DOTALL)
# What `printable` shows in place of a character.
_ESCAPE = re.compile(r"\\u\{(10[0-9a-f]{4}|[0-9a-f]{1,5})\}|\\x([0-9a-f]{2})")


class _Lines(NamedTuple):
    """Neighbouring lines of the new side: the number of the first, and their texts."""

    first: int
    texts: Sequence[str]

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.texts))


def place_suggestion(claim: Claim, place: Match, files: Sequence[FileDiff]) -> Suggestion | str:
    """Return the suggestion with its lines, or why there is none, empty if none was made.

    `files` are all entries of the diff for the path at which the claim was placed.
    """
    quoted = _replaced(claim) or claim.quote.strip("\n").split("\n")
    code = _bare(claim.suggestion, quoted)
    if not code.strip():
        return ""
    if reason := _unfit(code, files) or _unknown(claim, quoted, place):
        return reason
    lines = _standing(quoted, place, files)
    if isinstance(lines, str):
        return lines
    indented = _indented(code.split("\n"), quoted, lines.texts)
    if indented is None:
        return "its white space is not that of the file"
    if indented == list(lines.texts):
        return "it changes nothing"
    return Suggestion(start_line=lines.first, end_line=lines.numbers[-1], code="\n".join(indented))


def holds_replaced(claim: Claim, files: Sequence[FileDiff]) -> bool:
    """Tell whether the lines that a suggestion replaces are quoted, and stand in `files`."""
    return bool(_replaced(claim)) and any(_runs(_replaced(claim), files))


def _replaced(claim: Claim) -> list[str]:
    return claim.replaces.removesuffix("\n").split("\n") if claim.replaces.strip() else []


def _bare(suggestion: str, quoted: Sequence[str]) -> str:
    """Return the suggested lines without a fence, unless they take the place of one."""
    text = suggestion.replace("\r\n", "\n")
    fenced = None if quoted[0].lstrip().startswith(("```", "~~~")) else _FENCED.fullmatch(text)
    return fenced[2] if fenced else text.removesuffix("\n")


def _unfit(code: str, files: Sequence[FileDiff]) -> str:
    """Say why `code` cannot be shown as it is, empty if it can."""
    if len(code) > LONGEST:
        return f"it is longer than {LONGEST:,} characters"
    if holds_marker(code):
        return "it holds a marker in place of a secret"
    if UNSAFE.search(code):
        return "it holds characters that cannot be seen"
    meant = {_character(escape) for escape in _ESCAPE.finditer(code)}
    if meant and any(character in hunk.body for character in meant for file in files for hunk in file.hunks):
        return "it holds an escape that stands for a character of the file"
    return ""


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16) if escape[1] else 0xDC00 + int(escape[2], 16))


def _unknown(claim: Claim, quoted: Sequence[str], place: Match) -> str:
    """Say why it is not known which lines are replaced, empty if it is.

    If they are not quoted, they are those of the claim, which must then be exactly the quoted ones.
    """
    if place.start is None or place.end is None:
        return "its place was not found"
    if claim.replaces.strip():
        return ""
    if place.old_line is not None:
        return "the quoted line was removed"
    if place.is_part or len(quoted) != max(claim.end_line - claim.line, 0) + 1:
        return "the lines that it replaces are not quoted"
    return (
        "" if (claim.line, len(quoted)) == (place.start, place.end - place.start + 1) else "its place moved"
    )


def _standing(quoted: Sequence[str], place: Match, files: Sequence[FileDiff]) -> _Lines | str:
    """Return the only lines that the quoted ones can be, or why there are none.

    Those with their white space win, unless others that read alike stand nearer: a model may have changed it.
    """
    alike = list(_runs(quoted, files))
    wanted = [text.rstrip() for text in quoted]
    runs = [run for run in alike if [text.rstrip() for text in run.texts] == wanted] or alike
    around = [run for run in runs if place.line in run.numbers]
    if not runs:
        return "the lines that it replaces are not in the diff of this file"
    if len(runs) > 1 and (place.is_approximate or len(around) != 1):
        return "the lines that it replaces stand in several places"
    found = runs[0] if len(runs) == 1 else around[0]
    if min(alike, key=partial(_distance, place)) is not found and _distance(place, found):
        return "the lines that it replaces stand in several places"
    return found if _is_whole(found, files) else "the lines that it replaces are not shown whole"


def _is_whole(run: _Lines, files: Sequence[FileDiff]) -> bool:
    """Tell whether each line is shown once: one that is too long stands in several hunks, in parts."""
    hunks = [hunk for file in files for hunk in file.hunks]
    times = [sum(number in _numbers(hunk) for hunk in hunks) for number in run.numbers]
    return max(times) == 1 and all(len(text) <= _LONGEST_LINE for text in run.texts)


def _numbers(hunk: Hunk) -> range:
    return range(hunk.new_start, hunk.new_start + hunk.new_count)


def _runs(quoted: Sequence[str], files: Sequence[FileDiff]) -> Iterator[_Lines]:
    """Yield each run of new-side lines that reads like the quoted ones, whatever their white space."""
    word = max((word for text in quoted for word in text.split()), key=len, default="")
    hunks = (hunk for file in files for hunk in file.hunks if word in hunk.body or "\\" in word)
    return (run for hunk in hunks for run in _alike(quoted, hunk))


def _distance(place: Match, run: _Lines) -> int:
    """Return how many lines lie between the claim's line and the run; 0 if it is one of them."""
    return min(abs(number - (place.line or number)) for number in run.numbers)


def _alike(quoted: Sequence[str], hunk: Hunk) -> Iterator[_Lines]:
    texts = [printable(line.text.removesuffix("\r")) for line in hunk.lines() if line.kind != "-"]
    found, wanted = [folded(text) for text in texts], [folded(text) for text in quoted]
    for at in range(len(found) - len(wanted) + 1):
        if found[at : at + len(wanted)] == wanted:
            yield _Lines(hunk.new_start + at, texts[at : at + len(wanted)])


def _indented(code: list[str], quoted: Sequence[str], lines: Sequence[str]) -> list[str] | None:
    """Return the suggested lines indented as in the file; None if what was quoted does not tell how.

    Who quotes lines without the indentation that they have in common mostly suggests them so too.
    """
    pairs = [(text, line) for text, line in zip(quoted, lines, strict=True) if line.strip()]
    if not pairs or any(text.lstrip() not in {line.lstrip(), line.strip()} for text, line in pairs):
        return None
    is_same = all(_indent(text) == _indent(line) for text, line in pairs)
    has_kept = _indent(code[0]) == _indent(lines[0]) != _indent(quoted[0])
    if is_same or has_kept:
        return code
    lost = _indent(lines[0]).removesuffix(_indent(quoted[0]))
    is_common = all(_indent(line) == lost + _indent(text) for text, line in pairs)
    is_telling = len(code) == 1 or len(pairs) > 1
    if not is_common or not is_telling or _indent(code[0]) != _indent(quoted[0]):
        return None
    return [lost + line if line.strip() else line for line in code]


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
