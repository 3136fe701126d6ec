"""What all checks say of a change, as far as there is time for them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from chargehand.checks.check import (
    AnyCheck,
    Check,
    RulesCheck,
    Searched,
    SecretsCheck,
    Tree,
    TreeCheck,
)
from chargehand.checks.limits import limited
from chargehand.checks.names import CHECKS, load_check
from chargehand.checks.parts import parts_of, timed
from chargehand.core.change import RuleFault
from chargehand.core.counting import count
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim
from chargehand.core.masking import Mask, Row
from chargehand.core.time_limit import IsOver, TimeIsUp, never, steps_until


class Evidence(NamedTuple):
    """What the checks look at.

    `searched` is what the search for secrets found in the `diff`; `enclosed` is the same files with what
    encloses the change, if models read more than the diff. `read_tree` returns None if nobody knows what was
    there before the change. `faults` are what is wrong with the rules that the change brings.
    """

    diff: Diff
    searched: Searched
    enclosed: Diff | None = None
    read_tree: Callable[[], Tree | None] = lambda: None
    faults: Sequence[RuleFault] = ()


class Checked(NamedTuple):
    """What the checks claim of the change, and of what stands around it.

    `gaps` are sentences about what was not looked at.
    """

    claims: tuple[Claim, ...]
    around: tuple[Claim, ...]
    gaps: tuple[str, ...]


def run_checks(evidence: Evidence, disabled: Collection[str] = (), is_over: IsOver = never) -> Checked:
    """Return what all checks but the disabled ones claim, in the order of `CHECKS` and of the diff.

    Every added line is looked at, also of files that no model reviews. No claim holds a secret.

    Each check makes at most 20 claims a file and 200 in all, the gravest; the last one says how many more
    there are. When the time is up, a check ends, also within a large file.
    """
    checks = [load_check(name) for name in CHECKS if name not in disabled]
    tree = _tree(checks, evidence)
    found = [_looked(check, evidence, tree, is_over) for check in checks]
    around = _around(checks, evidence, is_over)
    mask = evidence.searched.mask
    reach = {check.name: reach for check, (_, reach) in zip(checks, found, strict=True)}
    return Checked(
        claims=tuple(_masked(each, mask) for claims, _ in found for each in limited(claims)),
        around=tuple(_masked(each, mask) for each in limited(around)),
        gaps=(
            *_unshown(evidence.searched.unshown),
            *_gaps(len(evidence.diff.files), {"secrets": evidence.searched.reach, **reach}),
        ),
    )


def _tree(checks: Iterable[AnyCheck], evidence: Evidence) -> Tree | None:
    needs_tree = any(isinstance(check, TreeCheck) and check.may_find(evidence.diff) for check in checks)
    return evidence.read_tree() if needs_tree else None


def _looked(
    check: AnyCheck, evidence: Evidence, tree: Tree | None, is_over: IsOver
) -> tuple[Sequence[Claim], int]:
    """Return what a check claims, and at how many files it looked."""
    diff, searched = evidence.diff, evidence.searched
    match check:
        case SecretsCheck():
            return searched.claims, searched.reach
        case Check():
            return _in_parts(check, diff, is_over)
        case _ if is_over():
            return (), 0
        case TreeCheck():
            return tuple(check.find(diff, tree)) if tree else (), len(diff.files)
        case RulesCheck():
            return tuple(check.find(diff, evidence.faults)), len(diff.files)


def _in_parts(check: Check, diff: Diff, is_over: IsOver) -> tuple[Sequence[Claim], int]:
    """Return what a check claims of the files that it gets through, and how many these are."""
    claims: list[Claim] = []
    reach = 0
    step = steps_until(is_over, TimeIsUp())
    try:
        for part in takewhile(lambda _: not is_over(), parts_of(diff.files)):
            for each in check.find(diff.evolve(files=tuple(timed(part, step)))):
                claims.append(each)
                step(1)
            reach += len(part)
    except TimeIsUp:
        pass
    return claims, reach


def _around(checks: Iterable[AnyCheck], evidence: Evidence, is_over: IsOver) -> Sequence[Claim]:
    """Return what checks claim of the lines that enclose the change; models are shown them only in time."""
    diff, enclosed = evidence.diff, evidence.enclosed
    if enclosed is None or enclosed is diff:
        return ()
    return [
        claim
        for check in checks
        if isinstance(check, Check) and check.find_around and not is_over()
        for claim in check.find_around(diff, enclosed)
    ]


def _unshown(lines: int) -> tuple[str, ...]:
    """Return a sentence if lines are hidden whole: whoever writes a change could hide code among them."""
    hidden = f"{count(lines, 'line')} of the change may hold secrets and are too many to look at each"
    return (f"{hidden}, so that no model is shown them.",) if lines else ()


def _gaps(files: int, reach: Mapping[str, int]) -> tuple[str, ...]:
    """Return a sentence if the time was up before every check had looked at every file."""
    short: dict[int, list[str]] = defaultdict(list)
    for name, number in reach.items():
        if number < files:
            short[number].append(name)
    said = "; ".join(f"{number:,} were looked at by {', '.join(names)}" for number, names in short.items())
    ended = f"The deadline came before the free checks were through: of {count(files, 'file')}"
    return (f"{ended}, {said}.",) if said else ()


def _masked(claim: Claim, mask: Mask) -> Claim:
    """Return the claim without secrets, its quote as the line is shown to everyone."""
    quote = mask.row(Row(claim.path, "new", claim.line), claim.quote)
    return claim.evolve(
        title=mask.text(claim.title),
        message=mask.text(claim.message),
        path=mask.name(claim.path),
        quote=quote,
    )
