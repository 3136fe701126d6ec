"""The free checks: what code alone can find in a diff, without a model."""

from collections.abc import Callable, Collection

from chargehand.checks.addressing import find_addressing
from chargehand.checks.conflict_markers import find_conflict_markers
from chargehand.checks.invisible import find_invisible
from chargehand.checks.secrets import find_secrets
from chargehand.checks.untested import find_untested
from chargehand.diff import Diff, SkipReason
from chargehand.finding import Claim

Check = Callable[[Diff], tuple[Claim, ...]]

CHECKS: dict[str, Check] = {
    "secrets": find_secrets,
    "conflict-markers": find_conflict_markers,
    "invisible-characters": find_invisible,
    "reviewer-addressing": find_addressing,
    "untested-code": find_untested,
}

# A model is not paid to read these, but a secret or a conflict marker in them is as bad as elsewhere.
_CHECKED_ALL_THE_SAME = frozenset({SkipReason.LOCK_FILE, SkipReason.GENERATED})


def run_checks(diff: Diff, disabled: Collection[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of all checks but the disabled ones, in the order of `CHECKS` and of the diff.

    Each claim quotes a line that the change adds, as it stands in the diff.
    """
    seen = Diff(
        files=tuple(file for file in diff.files if not file.skip or file.skip.reason in _CHECKED_ALL_THE_SAME)
    )
    return tuple(claim for name, check in CHECKS.items() if name not in disabled for claim in check(seen))
