"""What became of findings: gone on a later push, suppressed, waived, or still there; by rule."""

from collections.abc import Iterable, Sequence

from chargehand.core.value import Value
from chargehand.reports.spend.runs import Noted, Run


class Acted(Value):
    """The findings of one rule, each once for each branch or request, by what became of them.

    `gone`: a later review of another commit, which looked at all of it, does not have it. `left`: the newest
    review has it, or there was none after it that could tell.
    """

    rule: str
    found: int
    gone: int
    suppressed: int
    waived: int
    left: int

    @property
    def acted_on(self) -> int:
        """How many somebody did something about."""
        return self.found - self.left


def acted(runs: Iterable[Run]) -> tuple[Acted, ...]:
    """Return what became of the findings of each rule, the most frequent rule first.

    Runs of which nobody knows the branch or request are left out: no later one belongs to them.
    """
    subjects: dict[tuple[str | None, str], list[Run]] = {}
    for run in runs:
        if run.is_spent and run.subject:
            subjects.setdefault((run.repository, run.subject), []).append(run)
    fates: dict[str, list[str]] = {}
    for group in subjects.values():
        for rule, fate in _fates(group):
            fates.setdefault(rule, []).append(fate)
    counted = (_of_rule(rule, each) for rule, each in fates.items())
    return tuple(sorted(counted, key=lambda each: (-each.found, each.rule)))


def _of_rule(rule: str, fates: Sequence[str]) -> Acted:
    words = ("gone", "suppressed", "waived", "left")
    return Acted(rule=rule, found=len(fates), **{word: fates.count(word) for word in words})


def _fates(runs: Sequence[Run]) -> Iterable[tuple[str, str]]:
    """Yield the rule and the fate of every finding on one branch, whose runs are in the order of time."""
    seen: dict[str, tuple[Noted, int]] = {}
    for index, run in enumerate(runs):
        for finding in run.findings:
            seen[finding.fingerprint] = finding, index
    for finding, index in seen.values():
        yield finding.rule, _fate(finding, runs[index], runs[index + 1 :])


def _fate(finding: Noted, last: Run, later: Sequence[Run]) -> str:
    match finding.suppressed_in:
        case "request":
            return "waived"
        case "code" | "configuration":
            return "suppressed"
        case _:
            is_gone = any(each.is_whole and each.head != last.head for each in later)
            return "gone" if is_gone else "left"
