"""What other tools found: their SARIF logs as claims about lines of a change, and what became of the rest."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from chargehand.checks.limits import limited
from chargehand.checks.secrets.texts import mask_with
from chargehand.checks.tools.grades import confidence_of, score_of, severity_of
from chargehand.checks.tools.places import Places, Spot, with_few_locations
from chargehand.checks.tools.reading import read_log
from chargehand.checks.tools.rules import Rules, full_id, name_of, named_by, rule_of, rules_of
from chargehand.checks.tools.shapes import Log, Result, RuleShape, Run
from chargehand.core.counting import count
from chargehand.core.diff import Diff
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import BY_TOOL, TOOL, Claim
from chargehand.core.masking import Mask
from chargehand.core.sarif import Text
from chargehand.core.time_limit import IsOver, never, while_there_is_time

__all__ = ["Told", "read_log", "told_by"]

_TITLE_LENGTH, _TEXT_LENGTH = 160, 4_000
# More of a message is not looked at.
_READ_LENGTH = 2 * _TEXT_LENGTH
# Where a stored message takes what a result gives for it, and how much of such a message is looked at.
_PLACE, _TEMPLATE_LENGTH = re.compile(r"\{(\d)\}"), 2_000
_IN_THE_CODE = "Its author accepts it in the code, which does not count here."
# A link to one of the result's other places: only the tool's own page can follow it.
_INNER_LINK = re.compile(r"\[([^\[\]]{0,500})\]\(\d{1,9}\)")


class Fate(str, Enum):
    """Why a result does not count, in the words that follow its number."""

    ELSEWHERE = "not on changed lines"
    KNOWN = "in the tool's own baseline"
    ACCEPTED = "accepted where the tool keeps such things"
    PASSED = "no failures"
    UNREADABLE = "not readable"


class Told(NamedTuple):
    """What other tools say of a change: their claims, and sentences about the results that do not count.

    `tools` are those that came to look, as our ids name them. `unread` are the results that nobody read in
    time.
    """

    claims: tuple[Claim, ...]
    notices: tuple[str, ...]
    tools: tuple[str, ...]
    unread: int = 0


def told_by(
    log: Log, name: str, whole: Diff, masked: Diff, mask: Mask, root: Path, is_over: IsOver = never
) -> Told:
    """Return what a log says of the lines that the change touches, with the change's secrets masked.

    `name` says which log. `masked` shows the files of `whole` without secrets; they lie in `root`. Of a tool
    that says more than a check may, the gravest claims are listed, and the last one says how many more
    there are.
    """
    places = Places([file.path for file in whole.files], masked, root)
    claims: list[Claim] = []
    notices: list[str] = []
    unread = 0
    for run in log.runs or ():
        rules, results = rules_of(run), run.results or ()
        said = [_told(each, run, rules, places) for each in while_there_is_time(results, is_over)]
        unread += len(results) - len(said)
        found = [each for each in said if isinstance(each, Claim)]
        claims += limited(found)
        notices += _counted(run, name, len(found), Counter(each for each in said if isinstance(each, Fate)))
    tools = dict.fromkeys(name_of(run) for run in log.runs or () if run.results is not None)
    words = [word for each in claims for word in _words_of(each)]
    known = mask_with((*words, *notices), mask, "log")
    return Told(
        tuple(_masked(each, known) for each in claims),
        tuple(map(known.prose, notices)),
        tuple(map(known.text, tools)),
        unread,
    )


def _words_of(claim: Claim) -> tuple[str, ...]:
    tool = claim.tool
    return (claim.title, claim.message, *((tool.title, tool.id, tool.help_uri) if tool else ()))


def _masked(claim: Claim, mask: Mask) -> Claim:
    """Return a claim whose words hold no secret, neither of the change nor of the tool's own finding."""
    tool = claim.tool and claim.tool.evolve(
        title=mask.prose(claim.tool.title),
        id=mask.text(claim.tool.id),
        help_uri=mask.text(claim.tool.help_uri),
    )
    return claim.evolve(
        rule=mask.text(claim.rule),
        title=mask.prose(claim.title),
        message=mask.prose(claim.message),
        tool=tool,
    )


def _told(found: object, run: Run, rules: Rules, places: Places) -> Claim | Fate:
    """Return what a result claims, else why it does not count; most are about other files, which is quick."""
    if not isinstance(found, dict):
        return Fate.UNREADABLE
    if not places.may_hold(found, run):
        return Fate.ELSEWHERE
    try:
        result = Result.model_validate(with_few_locations(found))
    except ValidationError:
        return Fate.UNREADABLE
    if fate := _fate(result):
        return fate
    spot = places.find(result.locations or (), run)
    return _claim(result, run, rules, spot) if spot else Fate.ELSEWHERE


def _fate(result: Result) -> Fate | None:
    """Return why a result does not count wherever it is, None if it may."""
    if result.kind != "fail":
        return Fate.PASSED
    if result.baseline_state in ("unchanged", "absent"):
        return Fate.KNOWN
    return Fate.ACCEPTED if _accepted(result) - {"inSource"} else None


def _accepted(result: Result) -> set[str]:
    """Return where somebody accepts it."""
    return {each.kind for each in result.suppressions or () if each.status in (None, "accepted")}


def _claim(result: Result, run: Run, rules: Rules, spot: Spot) -> Claim:
    named = named_by(result, rules)
    shape = named.shape
    rule = rule_of(named, name_of(run), score_of(result, shape))
    more = _IN_THE_CODE if _accepted(result) else ""
    title, message = _worded(_INNER_LINK.sub(r"\1", _text(result, shape)), rule.title)
    return Claim(
        rule=full_id(rule),
        lens=TOOL,
        severity=severity_of(result, shape),
        confidence=confidence_of(result, shape),
        title=title or rule.id,
        message=" ".join(filter(None, (message, more))),
        path=spot.path,
        line=spot.start,
        end_line=spot.end,
        quote=spot.quote,
        suggestion="",
        model=f"{BY_TOOL}{rule.tool}",
        tool=rule,
    )


def _text(result: Result, shape: RuleShape) -> str:
    if result.message.text or not result.message.id:
        return result.message.text[:_READ_LENGTH]
    given = [each[:_TEXT_LENGTH] for each in result.message.arguments[:10]]
    stored = (shape.texts or {}).get(result.message.id, Text()).text[:_TEMPLATE_LENGTH]
    return "".join(_filled(stored, given))


def _filled(stored: str, given: Sequence[str]) -> Iterator[str]:
    """Yield a stored message with what is given for its places, up to where nobody reads on."""
    at, size = 0, 0
    for place in _PLACE.finditer(stored):
        number = int(place[1])
        filling = given[number] if number < len(given) else ""
        yield stored[at : place.start()]
        yield filling
        at, size = place.end(), size + len(filling)
        if size > _READ_LENGTH:
            return
    yield stored[at:]


def _worded(text: str, about: str) -> tuple[str, str]:
    """Return a title, and what else there is to say: the rest, or what the rule is about."""
    first, _, rest = printable(text[:_TEXT_LENGTH]).strip().partition("\n")
    sentence = re.match(r".{10,160}?[.!?](?=\s)", first)
    title = one_line(sentence[0] if sentence else first)[:_TITLE_LENGTH]
    whole = one_line(f"{first} {rest}")
    if whole.startswith(title):
        rest = whole.removeprefix(title)
    return title, one_line(rest) or ("" if about.rstrip(".").lower() in title.lower() else about)


def _counted(run: Run, name: str, counting: int, others: Counter[Fate]) -> Iterator[str]:
    """Yield what became of a run's results, and whether the tool says that it failed."""
    driver = run.tool.driver
    version = driver.semantic_version or driver.version or ""
    tool = one_line(f"{driver.name} {version}")[:_TITLE_LENGTH]
    if run.results is None or not all(each.is_successful for each in run.invocations or ()):
        yield f"{tool} ({name}) did not finish, as it says itself: it may not have looked at everything."
    total = counting + sum(others.values())
    left = [f"{others[fate]:,} {fate.value}" for fate in Fate if others[fate]]
    said = f"{tool} ({name}): {counting:,} of {count(total, 'result')} on changed lines"
    yield f"{'; '.join((said, *left))}."
