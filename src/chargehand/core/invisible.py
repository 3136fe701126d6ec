"""Which characters act, reorder a line or cannot be seen: what is escaped and what is claimed."""

import re
from enum import Enum


class Kind(Enum):
    """What a character does to its reader."""

    CONTROL = "acts on a terminal, or ends a line for some programs"
    REORDERS = "changes the order in which a line is shown"
    HIDDEN = "takes no room, or looks like a blank"


# First and last character of each range. Beside what Unicode calls default-ignorable: controls but tab and
# line feed, line and paragraph separators, annotations, and what is blank without being white space.
TABLE = (
    ("\x00", "\x08", Kind.CONTROL),
    ("\x0b", "\x1f", Kind.CONTROL),
    ("\x7f", "\x9f", Kind.CONTROL),
    ("\u00ad", "\u00ad", Kind.HIDDEN),  # soft hyphen
    ("\u034f", "\u034f", Kind.HIDDEN),  # combining grapheme joiner
    ("\u061c", "\u061c", Kind.HIDDEN),  # Arabic letter mark
    ("\u115f", "\u1160", Kind.HIDDEN),  # Hangul fillers
    ("\u17b4", "\u17b5", Kind.HIDDEN),  # Khmer inherent vowels
    ("\u180b", "\u180f", Kind.HIDDEN),  # Mongolian variation selectors
    ("\u200b", "\u200f", Kind.HIDDEN),  # zero-width space, joiners and direction marks
    ("\u2028", "\u2029", Kind.CONTROL),
    ("\u202a", "\u202e", Kind.REORDERS),
    ("\u2060", "\u2065", Kind.HIDDEN),  # word joiner, invisible operators
    ("\u2066", "\u2069", Kind.REORDERS),
    ("\u206a", "\u206f", Kind.HIDDEN),  # deprecated format characters
    ("\u2800", "\u2800", Kind.HIDDEN),  # Braille pattern without a dot
    ("\u3164", "\u3164", Kind.HIDDEN),  # Hangul filler
    ("\ufe00", "\ufe0f", Kind.HIDDEN),  # variation selectors
    ("\ufeff", "\ufeff", Kind.HIDDEN),  # byte-order mark
    ("\uffa0", "\uffa0", Kind.HIDDEN),  # half-width Hangul filler
    ("\ufff0", "\ufffb", Kind.HIDDEN),  # unassigned, and annotations
    ("\U0001bca0", "\U0001bca3", Kind.HIDDEN),  # shorthand format controls
    ("\U0001d159", "\U0001d159", Kind.HIDDEN),  # musical null notehead
    ("\U0001d173", "\U0001d17a", Kind.HIDDEN),  # musical format controls
    ("\U000e0000", "\U000e0fff", Kind.HIDDEN),  # tags, more variation selectors
)


def any_of(*kinds: Kind, more: str = "") -> re.Pattern[str]:
    """Return a pattern for one character of these kinds, or of the ranges `more` of a character class."""
    ranges = (f"{first}-{last}" for first, last, kind in TABLE if kind in kinds)
    return re.compile(f"[{''.join(ranges)}{more}]")
