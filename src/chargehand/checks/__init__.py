"""The free checks: what code alone can find in a diff, without a model."""

from collections.abc import Collection

from chargehand.core.diff import Diff, SkipReason
from chargehand.core.finding import Claim

CHECKS = ("secrets", "conflict-markers", "invisible-characters", "reviewer-addressing", "untested-code")

# A model is not paid to read these, but a secret or a conflict marker in them is as bad as elsewhere.
_CHECKED_ALL_THE_SAME = frozenset({SkipReason.LOCK_FILE, SkipReason.GENERATED})


def run_checks(diff: Diff, disabled: Collection[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of all checks but the disabled ones, in the order of `CHECKS` and of the diff.

    Each claim quotes a line that the change adds, as it stands in the diff.
    """
    # Start-up time: the configuration needs the names of the checks alone.
    from chargehand.checks.table import TABLE  # noqa: PLC0415 - as above

    seen = Diff(
        files=tuple(file for file in diff.files if not file.skip or file.skip.reason in _CHECKED_ALL_THE_SAME)
    )
    return tuple(claim for name in CHECKS if name not in disabled for claim in TABLE[name](seen))
