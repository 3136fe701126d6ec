"""Which findings somebody accepts for good: in the configuration, or in a comment beside the code."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, names_rule
from chargehand.core.patterns import matcher
from chargehand.core.plain_value import PlainValue

# `# chargehand: ignore[rule] reason`, in the comments of most languages; the reason ends with the comment.
_COMMENT = re.compile(
    r"(?:#|//|/\*|--|;|%|<!--|\{#|\(\*|^\s*\*|^\s*\"|\bREM\b)\s*chargehand:\s*ignore\[([^\]]*)\]"
    r"\s*(.*?)\s*(?:\*/|-->|#\}|\*\))?\s*$"
)
_LONGEST_LINE = 2_000


class Suppression(PlainValue):
    """What the configuration accepts: findings with this fingerprint, rule and path; what is empty, any has.

    `path` is a pattern as in `.gitignore`, `until` the last day on which it counts, empty if it has none.
    `guidance`: models are told of it, by rule and path.
    """

    fingerprint: str = ""
    rule: str = ""
    path: str = ""
    reason: str
    until: str = ""
    guidance: bool = False

    def is_over(self, today: str) -> bool:
        """Tell whether its last day is before `today` (`2026-11-30`)."""
        return self.until != "" and self.until < today

    def concerns(self, lens: str, paths: Sequence[str]) -> bool:
        """Tell whether a finding under a lens in one of these files may be named."""
        is_of_lens = not self.rule or self.rule.partition("/")[0] == lens
        return is_of_lens and (not self.path or any(map(matcher((self.path,)), paths)))

    def names(self, finding: Finding) -> bool:
        """Tell whether the finding is one of those."""
        prints = (finding.fingerprint, finding.fingerprint_v2)
        return (
            (not self.fingerprint or self.fingerprint in prints)
            and (not self.rule or names_rule(self.rule, finding.rule))
            and (not self.path or matcher((self.path,))(finding.path))
        )

    @property
    def told(self) -> str:
        """What a model is told of it."""
        where = f" in `{self.path}`" if self.path else ""
        return one_line(f"{self.rule.partition('/')[2] or 'any claim'}{where}: {self.reason}")

    @property
    def shown(self) -> str:
        """What it names, in a few words."""
        of = " ".join(filter(None, (self.rule, self.fingerprint)))
        return one_line(f"{of or 'everything'} in {self.path}" if self.path else of)


class Comment(NamedTuple):
    """A suppression on line `number`; `is_alone`: that line has no code, so it is for the next one."""

    number: int
    rules: tuple[str, ...]
    reason: str
    is_alone: bool


def comment_in(number: int, text: str) -> Comment | None:
    """Return the suppression that a line of code holds, None if it holds none."""
    if "chargehand:" not in text or len(text) > _LONGEST_LINE:
        return None
    found = _COMMENT.search(text)
    if found is None:
        return None
    rules = tuple(rule.strip() for rule in found[1].split(",") if rule.strip())
    return Comment(number, rules, one_line(found[2]), is_alone=not text[: found.start()].strip())


def comment_beside(line: int, lines: Sequence[str], rule: str) -> Comment | None:
    """Return the suppression of `rule` on a line, from 1, or alone on the line before it."""
    for number in (line, line - 1):
        comment = comment_in(number, lines[number - 1]) if 0 < number <= len(lines) else None
        if comment and rule in comment.rules and comment.is_alone is (number < line):
            return comment
    return None


def comments_in(lines: Sequence[str]) -> Iterator[Comment]:
    """Yield every suppression in a file."""
    found = (comment_in(number, text) for number, text in enumerate(lines, 1))
    return (each for each in found if each)


# How often a line stands in a file, and each two lines one after the other; white space does not count.
Counts: TypeAlias = Mapping[tuple[str, ...], int]


def counted(lines: Sequence[str]) -> Counts:
    """Return how often each line, and each pair of lines, stands in a file."""
    known = [_folded(each) for each in lines]
    return Counter([*((each,) for each in known), *pairwise(known)])


def is_in(theirs: Counts, ours: Counts, lines: Sequence[str]) -> bool:
    """Tell whether a file of others has a comment beside the same code, and as often as ours does.

    `lines` are the one or two lines that hold both. A copy of them stands for other code than was meant.
    """
    wanted = tuple(_folded(each) for each in lines)
    return 0 < ours.get(wanted, 0) <= theirs.get(wanted, 0)


def _folded(text: str) -> str:
    return "".join(text.split())
