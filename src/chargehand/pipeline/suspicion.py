"""Which requests hold text that speaks to their reader: such text may have dictated the answer."""

import re
from collections.abc import Iterable, Sequence

from chargehand.checks.invisible_characters import paths_that_hide
from chargehand.checks.prompt_injection.wording import may_speak, orders_in, words_of
from chargehand.core.diff import Diff
from chargehand.core.finding import Finding, Merged
from chargehand.core.plan import Excerpt
from chargehand.core.prompt import Prompt
from chargehand.pipeline.answers import ClaimAnswer
from chargehand.pipeline.prompts import framed_in

INJECTION = "security/prompt-injection"

# What stands in front of a line of the change, and what stands for a character that cannot be shown.
_MARK = re.compile(r"\A(\[\d+\]|@@|\d+[ +<>]|-|[>:][ +-]|=|\||#\d+) ?")
_OLD = ("-", ">-", ":-")
# A line with the name of a file, whose words may stand apart by anything: of a chunk, or of a manifest.
_NAMED = re.compile(r"\[\d+\] |.*\) \+\d+ -\d+$")
_NO_WORD = re.compile(r"[^\w']|_")
_ESCAPE = re.compile(r"\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}")


def is_steered(prompt: Prompt) -> bool:
    """Tell whether a line of foreign text in the prompt, or several together, tell a reader what to do."""
    return any(map(speaks, framed_in(prompt.material, prompt.question)))


def speaks(text: str) -> bool:
    """Tell whether the lines of a text, new and old ones each by themselves, tell a reader what to do."""
    if not may_speak(_ESCAPE.sub("", text)):
        return False
    lines = text.split("\n")
    old = [line for line in lines if line.startswith(_OLD)]
    new = [line for line in lines if not line.startswith(_OLD)]
    names = [_NO_WORD.sub(" ", line) for line in lines if _NAMED.match(line)]
    return any(_orders(each) for each in (old, new, names))


def hiding_paths(diff: Diff) -> frozenset[str]:
    """Return the files of which models are shown characters that nobody sees, in new lines or in old ones."""
    return frozenset(paths_that_hide(diff))


def flagged_parts(claims: Iterable[ClaimAnswer], parts: Sequence[Excerpt]) -> frozenset[Excerpt]:
    """Return the parts that hold such text, as a model says; all, if it names a file that is not there."""
    numbers = {claim.file for claim in claims if INJECTION.partition("/")[2] in _plain(claim.rule)}
    if any(not 1 <= number <= len(parts) for number in numbers):
        return frozenset(parts)
    return frozenset(parts[number - 1] for number in numbers)


def is_doubtful(finding: Finding, paths: frozenset[str]) -> bool:
    """Tell whether what the judge says of a claim may have been dictated; `paths` are of steered requests."""
    told: tuple[Finding | Merged, ...] = (finding, *finding.merged)
    is_from_there = finding.path in paths or (bool(paths) and finding.anchor == "summary")
    is_named = any(each.rule == INJECTION for each in told)
    said = (finding.path, finding.code, *(f"{each.title}\n{each.message}" for each in told))
    return is_from_there or is_named or any(map(speaks, said))


def _orders(lines: Iterable[str]) -> bool:
    words = " ".join(words_of(_ESCAPE.sub("", _MARK.sub("", line, count=1))) for line in lines)
    return next(orders_in(words), None) is not None


def _plain(rule: str) -> str:
    return re.sub(r"[\s_]+", "-", rule.strip().lower())
