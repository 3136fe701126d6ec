"""Which finding of today is which of a baseline: one for one, at the same place, by rule or by words."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from chargehand.core.baseline import Earlier
from chargehand.core.escaping import printable
from chargehand.core.finding import Finding
from chargehand.core.identity import fingerprint, free_second
from chargehand.core.markers import holds_marker

# How many findings may move over to make room for one; only text that is made for it has more on one line.
_MOST_MOVED = 200


class _Pair(NamedTuple):
    """A finding of today and one of earlier that may be the same, by number; `cost` sorts by likeness."""

    cost: tuple[bool, bool, bool, int, int, int]
    finding: int
    earlier: int


def recognise(
    findings: Sequence[Finding], earlier: Sequence[Earlier], moved: Mapping[str, str]
) -> tuple[tuple[Finding, ...], tuple[Earlier, ...]]:
    """Return the findings as the baseline knows them, and what of the baseline was not found again.

    Both are about the same quoted line of the same file, or of the file that `moved` says was here before,
    and have the rule or the words in common. What is found again keeps its second fingerprint; no two
    findings keep the same, and what is new has none that the baseline knows.
    """
    pairs = list(_pairs(findings, earlier, moved))
    partner = _matched([each for each in pairs if not each.cost[0]], {})
    partner = _matched(pairs, partner)
    known = {number: earlier[other] for number, other in partner.items()}
    found = set(partner.values())
    left = tuple(each for number, each in enumerate(earlier) if number not in found)
    return tuple(_named(findings, known, {each.fingerprint_v2 for each in earlier})), left


def _pairs(
    findings: Sequence[Finding], earlier: Sequence[Earlier], moved: Mapping[str, str]
) -> Iterator[_Pair]:
    """Yield each two that may be the same."""
    by_print: dict[str, list[int]] = defaultdict(list)
    rules: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number, each in enumerate(earlier):
        by_print[each.fingerprint].append(number)
        rules[each.path][each.rule] += 1
    for index, finding in enumerate(findings):
        for path in dict.fromkeys((finding.path, moved.get(finding.path, finding.path))):
            for number in _at_this_place(finding, path, rules[printable(path)], by_print):
                if pair := _pair(index, finding, number, earlier[number]):
                    yield pair


def _at_this_place(
    finding: Finding, path: str, rules: Mapping[str, int], by_print: Mapping[str, Sequence[int]]
) -> Iterator[int]:
    """Yield the numbers of those that quote this line: their fingerprint is what its own words lead to."""
    for rule, times in rules.items():
        for occurrence in range(times):
            yield from by_print.get(fingerprint(rule, path, finding.quote, occurrence), ())


def _pair(index: int, finding: Finding, number: int, earlier: Earlier) -> _Pair | None:
    is_same_rule, is_same_wording = finding.rule == earlier.rule, _is_same_wording(finding, earlier)
    if not (is_same_rule or is_same_wording):
        return None
    apart = abs((finding.line or 0) - (earlier.line or 0))
    cost = (
        not (is_same_rule and is_same_wording),
        finding.fingerprint_v2 != earlier.fingerprint_v2,
        finding.fingerprint != earlier.fingerprint,
        apart,
        index,
        number,
    )
    return _Pair(cost, index, number)


def _is_same_wording(finding: Finding, earlier: Earlier) -> bool:
    """Tell whether title or message are the same but for punctuation and capitals."""
    pairs = ((finding.title, earlier.title), (finding.message, earlier.message))
    return any(_words(one) != "" and _words(one) == _words(other) for one, other in pairs)


def _words(text: str) -> str:
    return "".join(each for each in printable(text).casefold() if each.isalnum())


def _matched(pairs: Sequence[_Pair], partner: Mapping[int, int]) -> dict[int, int]:
    """Return the earlier one of each finding: those in `partner` stay, the most alike come first.

    A later one that is left over takes the place of another that has a second choice, so that as many as can
    be are found again.
    """
    matched, of = dict(partner), {other: number for number, other in partner.items()}
    settled = frozenset(of)
    choices: dict[int, list[int]] = defaultdict(list)
    for pair in sorted(pairs):
        if pair.finding not in partner and pair.earlier not in settled:
            choices[pair.finding].append(pair.earlier)
            if pair.finding not in matched and pair.earlier not in of:
                matched[pair.finding], of[pair.earlier] = pair.earlier, pair.finding
    for number in sorted(choices.keys() - matched.keys()):
        _make_room(number, choices, of, set())
    return {number: other for other, number in of.items()}


def _make_room(number: int, choices: Mapping[int, Sequence[int]], of: dict[int, int], seen: set[int]) -> bool:
    """Give the finding one of its choices, if who has it can have another."""
    for other in choices[number]:
        if other in seen or len(seen) > _MOST_MOVED:
            continue
        seen.add(other)
        if other not in of or _make_room(of[other], choices, of, seen):
            of[other] = number
            return True
    return False


def _named(
    findings: Sequence[Finding], known: Mapping[int, Earlier], of_baseline: Collection[str]
) -> Iterator[Finding]:
    """Yield the findings, those that are found again first of all in the choice of a second fingerprint."""
    taken = {each.fingerprint_v2 for each in known.values()}
    used: set[str] = set()
    for number, finding in enumerate(findings):
        before = known.get(number)
        kept = before.fingerprint_v2 if before else ""
        if not kept or kept in used:
            kept = free_second(finding, {*taken, *used, *of_baseline})
        used.add(kept)
        yield _with_state(finding, before).evolve(fingerprint_v2=kept)


def _with_state(finding: Finding, before: Earlier | None) -> Finding:
    """Return the finding as existing, unless a marker in its line may stand for another secret now."""
    if before is None or holds_marker(finding.quote):
        return finding
    shown = (finding.path, finding.line, finding.rule, finding.severity.value, finding.title)
    was = (before.path, before.line, before.rule, before.severity, before.title)
    is_changed = (printable(finding.path), *shown[1:4], _words(finding.title)) != (
        *was[:4],
        _words(before.title),
    )
    return finding.evolve(state="existing", is_changed=is_changed)
