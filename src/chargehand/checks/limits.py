"""How many claims of a check are listed: a flood of small ones must not hide a grave one."""

from collections import defaultdict
from collections.abc import Sequence

from chargehand.core.finding import Claim

CLAIMS_A_FILE, CLAIMS_A_CHECK = 20, 200


def limited(claims: Sequence[Claim]) -> list[Claim]:
    """Return the gravest claims, in their order."""
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
