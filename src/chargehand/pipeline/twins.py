"""Which findings are twins: what different readers say of one defect becomes one finding.

Two findings of one reader are never twins, however alike: one reader that speaks twice means two defects. A
reader is one task. Two tasks of one lens share a chunk, and may say the same of one line. Two samples read
the same lines.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from chargehand.core.finding import Finding, by_place
from chargehand.core.taking_in import take_in
from chargehand.lenses import is_cause, rank_of, rule_of

# How much of the shorter of two texts the other one must say too, and how many words that must be at least.
# Tuned on one part of tests/twins, and measured on the other (benchmarks/twins.py).
LEAST_SHARE, LEAST_WORDS = 0.3, 2.5
NEIGHBOURS = 1
# A name or a number says more than a word; what stands in the cited line says less, since both cite it.
NAME_WEIGHT, CITED_WEIGHT = 2.0, 0.5

_TERM = re.compile(r"\w+(?:\.\w+)*")
_NAME = re.compile(r"[_\d.]|[a-z][A-Z]")
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST_STEM = 4
# Words that any two claims may share: grammar, and what each lens says in all that it says.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        a an the and or but if is are was were be been it its this that these those of in on at by to
        for from with without not no nor nothing none any each every all so as than then there here when
        where which who whoever what how why has have had do does did can could may might must should
        would will shall into out up one two other now still also only although because since while test
        tests tested testing fail fails failed failing pass passes passing notice noticed unnoticed show
        shows showing cover covers covered check checked checks case cases reader readers believe
        believes say says said comment comments docstring document text name names call calls called
        caller callers give gives given return returns returned use uses used using value values code
        line function method
        """,
    )
)


def merge_twins(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with twins made one, in the order of their places; no word of any is lost.

    Of twins, what a free check found stands, else what the first lens found that names a cause: a missing
    test and a wrong comment belong to the defect that they are about.
    """
    distinct = _without_repetitions(findings)
    groups: list[list[Finding]] = []
    of: dict[int, list[Finding]] = {}
    for finding in distinct:
        of[id(finding)] = [finding]
        groups.append(of[id(finding)])
    for one, other in _twins(distinct):
        mine, theirs = of[id(one)], of[id(other)]
        if mine is not theirs and _may_join(mine, theirs):
            mine += theirs
            of |= {id(each): mine for each in theirs}
            groups = [group for group in groups if group is not theirs]
    return tuple(sorted(map(_joined, groups), key=by_place))


def _without_repetitions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without those that repeat another word for word; the worst severity stands.

    A model that repeats a check does not stand in its place: what a model says can be dismissed. A sample
    that repeats another agrees with it.
    """
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=lambda each: (each.severity.rank, by_place(each))):
        words = (finding.rule, finding.path, finding.start_line, finding.title, finding.message)
        said = (finding.is_fact, *words)
        first = kept.setdefault(said, finding)
        samples = tuple(sorted({*first.samples, *finding.samples}))
        if samples != first.samples:
            kept[said] = first.evolve(samples=samples)
    return sorted(kept.values(), key=by_place)


def _twins(findings: Sequence[Finding]) -> list[tuple[Finding, Finding]]:
    """Return the pairs of twins, the most alike first."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    found = [
        (likeness, one, other)
        for group in by_path.values()
        for one, other in _neighbours(group)
        if (likeness := _likeness(one, other))
    ]
    return [(one, other) for _, one, other in sorted(found, key=lambda each: -each[0])]


def _neighbours(group: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Yield the pairs that quote one line or neighbouring ones."""
    placed = [(each.line, each) for each in group if each.line is not None]
    placed.sort(key=lambda each: each[0])
    for index, (line, one) in enumerate(placed):
        for other_line, other in islice(placed, index + 1, None):
            if other_line > line + NEIGHBOURS:
                break
            yield one, other


def _likeness(one: Finding, other: Finding) -> float:
    """Return how much two findings say the same, from 0 (they are no twins) to 1."""
    if _reader(one) == _reader(other):
        return 0.0
    is_same_line = one.line == other.line
    if is_same_line and one.rule == other.rule:  # a check and a model, or two tasks, of one fact
        return 1.0
    if is_same_line and (one.tool or other.tool) and not _weaknesses(one).isdisjoint(_weaknesses(other)):
        return 1.0
    if one.lens == other.lens and one.samples == other.samples and not is_same_line:
        return 0.0
    if is_same_line and _suggests(one) and _suggests(one) == _suggests(other):
        return 1.0
    shared, share = _shared(one, other)
    return share if share >= LEAST_SHARE and shared >= LEAST_WORDS else 0.0


def _suggests(finding: Finding) -> tuple[int, Sequence[str]] | None:
    suggestion = finding.suggestion
    return (suggestion.start_line, suggestion.code.split()) if suggestion else None


def _weaknesses(finding: Finding) -> frozenset[int]:
    """Return the numbers of CWE that its rule is about."""
    return frozenset(rule_of(finding).cwe)


def _reader(finding: Finding) -> str:
    return finding.model if finding.is_fact or finding.tool else finding.reader or finding.lens


def _shared(one: Finding, other: Finding) -> tuple[float, float]:
    """Return the weight of the terms that both use, and which share of the shorter text it is."""
    cited = _terms(one.quote).keys() | _terms(other.quote).keys()
    mine, theirs = _weighed(_said(one), cited), _weighed(_said(other), cited)
    shared = sum(max(mine[term], theirs[term]) for term in mine.keys() & theirs.keys())
    shorter = min(sum(mine.values()), sum(theirs.values()))
    return shared, shared / shorter if shorter else 0.0


def _said(finding: Finding) -> str:
    return f"{finding.title} {finding.message}"


def _weighed(text: str, cited: Collection[str]) -> dict[str, float]:
    return {term: weight * (CITED_WEIGHT if term in cited else 1.0) for term, weight in _terms(text).items()}


@lru_cache(maxsize=4096)
def _terms(text: str) -> Mapping[str, float]:
    """Return what a text speaks of, each term with its weight: words by their stem, parts of dotted names."""
    terms: dict[str, float] = {}
    for found in _TERM.findall(text):
        weight = NAME_WEIGHT if _NAME.search(found) else 1.0
        whole = found.lower()
        for part in {whole, *whole.split(".")}:
            if part not in _EMPTY and (len(part) > 1 or part.isdigit()):
                terms[_stem(part)] = max(weight, terms.get(_stem(part), 0.0))
    return terms


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _may_join(mine: Sequence[Finding], theirs: Sequence[Finding]) -> bool:
    """Tell whether two groups may be one: no reader speaks in both, and if both name causes, these are twins.

    So a missing test that is like two causes goes to one of them and does not join the two.
    """
    causes = [[each for each in group if each.is_fact or is_cause(each.lens)] for group in (mine, theirs)]
    if _readers(mine) & _readers(theirs):
        return False
    return not all(causes) or any(_likeness(one, other) for one in causes[0] for other in causes[1])


def _readers(group: Sequence[Finding]) -> set[str]:
    return {_reader(each) for each in group}


def _joined(group: Sequence[Finding]) -> Finding:
    first, *others = sorted(group, key=by_importance)
    for other in others:
        first = take_in(first, other)
    return first


def by_importance(finding: Finding) -> tuple[bool, int, int, tuple[object, ...]]:
    """Sort key of twins: a fact, then a cause before what follows from it, then the worse one."""
    return (not finding.is_fact, rank_of(finding.lens), finding.severity.rank, by_place(finding))
