"""What a free check is, and the form in which it makes its claims."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from chargehand.core.change import RuleFault
from chargehand.core.diff import Diff, Line
from chargehand.core.finding import BY_CHECK, Claim, Confidence, Severity
from chargehand.core.masking import Mask
from chargehand.core.plain_value import PlainValue
from chargehand.lenses import rule_with_id


class Tree(PlainValue):
    """What is in the repository before the change: the paths of its files."""

    paths: frozenset[str]


class Check(NamedTuple):
    """A check that needs the diff alone, and of it one file at a time.

    `rules` are those that it claims, the usual one first. `find_around` claims what stands around a change:
    it gets the change, and the same files with what encloses it.
    """

    name: str
    rules: tuple[str, ...]
    find: Callable[[Diff], Iterable[Claim]]
    find_around: Callable[[Diff, Diff], Iterable[Claim]] | None = None


class TreeCheck(NamedTuple):
    """A check that needs to know which files were there before; without a repository it claims nothing.

    `may_find` tells from the diff alone whether it is worth asking git for them.
    """

    name: str
    rules: tuple[str, ...]
    may_find: Callable[[Diff], bool]
    find: Callable[[Diff, Tree], Iterable[Claim]]


class RulesCheck(NamedTuple):
    """A check of the rules that the change itself brings; what is wrong with them was found with them."""

    name: str
    rules: tuple[str, ...]
    find: Callable[[Diff, Sequence[RuleFault]], Iterable[Claim]]


class Searched(NamedTuple):
    """What a change holds of secrets: the claims about them, and the mask that hides them.

    Only the first `reach` files were searched, if the time was up before the others. `unshown` lines of files
    that models read are masked whole, because there are too many to search each. `told` are the kinds of the
    values of which claims tell, `untold` those of others, each value once.
    """

    claims: tuple[Claim, ...]
    mask: Mask
    reach: int
    unshown: int = 0
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


class SecretsCheck(NamedTuple):
    """The check for secrets; what it claims was found when the change was searched for what to mask."""

    name: str
    rules: tuple[str, ...]


AnyCheck = Check | TreeCheck | RulesCheck | SecretsCheck


def claim(
    check: AnyCheck,
    path: str,
    line: Line | None,
    message: str,
    *,
    rule: str = "",
    title: str = "",
    severity: Severity | None = None,
    confidence: Confidence = Confidence.HIGH,
    end_line: int = 0,
) -> Claim:
    """Return a claim on one added line, or on the whole file; what is not said comes from the rule."""
    known = rule_with_id(rule or check.rules[0])
    number = (line.new_number if line else None) or 0
    return Claim(
        rule=known.id,
        lens=known.lens,
        severity=severity or known.severity,
        confidence=confidence,
        title=title or known.title,
        message=message,
        path=path,
        line=number,
        end_line=max(end_line, number),
        quote=line.text if line else "",
        suggestion="",
        model=f"{BY_CHECK}{check.name}",
    )


def holds_any(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether the text holds one of the words, which are in small letters, in any letters.

    It spares nearly all lines the patterns of a check.
    """
    lowered = text.lower()
    for word in words:  # noqa: SIM110 # `any` takes twice the time, and this runs for each line
        if word in lowered:
            return True
    return False
