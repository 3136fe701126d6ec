"""The free checks: what code alone can find in a change, without a model.

A check is one module that declares itself as `CHECK`, and one row here.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib import import_module

from chargehand.checks.check import AnyCheck, Check, RulesCheck, Searched, SecretsCheck, Tree, TreeCheck
from chargehand.core.change import RuleFault
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim
from chargehand.core.masking import Mask, Row

__all__ = ["CHECKS", "Tree", "load_check", "run_checks"]

# Each is a module of this package, with `_` for `-`. The order is that of the claims.
CHECKS = (
    "secrets",
    "conflict-markers",
    "invisible-characters",
    "prompt-injection",
    "configuration",
    "untested-code",
    "deleted-test",
    "executable-bit",
    "link-target",
    "submodule-url",
    "runs-by-itself",
)

CLAIMS_A_FILE, CLAIMS_A_CHECK = 20, 200


def run_checks(
    diff: Diff,
    searched: Searched,
    disabled: Collection[str] = (),
    read_tree: Callable[[], Tree | None] = lambda: None,
    faults: Sequence[RuleFault] = (),
) -> tuple[Claim, ...]:
    """Return the claims of all checks but the disabled ones, in the order of `CHECKS` and of the diff.

    Every added line is looked at, also of files that no model reviews. `searched` is what the search for
    secrets found in the diff; no claim holds one. `read_tree` is called at most once, and only if a check
    needs it; it returns None if nobody knows what was there before the change. `faults` are what is wrong
    with the rules that the change brings.

    Each check makes at most 20 claims a file and 200 in all, the gravest; the last one says how many more
    there are.
    """
    checks = [load_check(name) for name in CHECKS if name not in disabled]
    needs_tree = any(isinstance(check, TreeCheck) and check.may_find(diff) for check in checks)
    tree = read_tree() if needs_tree else None
    claims = (
        claim for check in checks for claim in _limited(tuple(_found(check, diff, searched, tree, faults)))
    )
    return tuple(_masked(claim, searched.mask) for claim in claims)


def load_check(name: str) -> AnyCheck:
    """Return the check with this name.

    Its module is imported here and not above: the configuration needs the names alone, at every start.
    """
    check: AnyCheck = import_module(f"{__name__}.{name.replace('-', '_')}").CHECK
    return check


def _found(
    check: AnyCheck, diff: Diff, searched: Searched, tree: Tree | None, faults: Sequence[RuleFault]
) -> Iterable[Claim]:
    match check:
        case Check():
            return check.find(diff)
        case TreeCheck():
            return check.find(diff, tree) if tree else ()
        case RulesCheck():
            return check.find(diff, faults)
        case SecretsCheck():
            return searched.claims


def _masked(claim: Claim, mask: Mask) -> Claim:
    """Return the claim without secrets, its quote as the line is shown to everyone."""
    quote = mask.row(Row(claim.path, "new", claim.line), claim.quote)
    return claim.evolve(
        title=mask.text(claim.title),
        message=mask.text(claim.message),
        path=mask.text(claim.path),
        quote=quote,
    )


def _limited(claims: Sequence[Claim]) -> list[Claim]:
    """Return the gravest claims: a flood of small ones must not hide a grave one."""
    by_path: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_path[claim.path].append(claim)
    kept = [claim for each in by_path.values() for claim in _gravest(each, CLAIMS_A_FILE, len(each), "file")]
    return _gravest(kept, CLAIMS_A_CHECK, len(claims), "change")


def _gravest(claims: list[Claim], limit: int, found: int, where: str) -> list[Claim]:
    """Return at most `limit` claims, in their order; the last one says how many are left out."""
    if len(claims) <= limit:
        return claims
    ranked = sorted(range(len(claims)), key=lambda place: claims[place].severity.rank)
    *kept, last = (claims[place] for place in sorted(ranked[:limit]))
    more = f"{found - limit:,} more findings of this check in this {where} are not listed."
    return [*kept, last.evolve(message=f"{last.message} {more}")]
