"""Which findings somebody accepts for good: in the configuration, or in a comment beside the code."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

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


def is_in(lines: Sequence[str], line: int, comment: Comment, theirs: Sequence[str]) -> bool:
    """Tell whether a file of others has the comment beside the same code, and as often as these lines do.

    A copy of both stands for other code than was meant. White space does not count.
    """
    wanted = [_folded(each) for each in lines[comment.number - 1 : line]]
    return 0 < _times(wanted, lines) <= _times(wanted, theirs)


def _times(wanted: Sequence[str], lines: Sequence[str]) -> int:
    known = [_folded(each) for each in lines]
    return sum(known[start : start + len(wanted)] == wanted for start in range(len(known)))


def _folded(text: str) -> str:
    return "".join(text.split())
