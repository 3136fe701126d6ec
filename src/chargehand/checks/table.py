"""Which function makes each check."""

from collections.abc import Callable

from chargehand.checks.addressing import find_addressing
from chargehand.checks.conflict_markers import find_conflict_markers
from chargehand.checks.invisible import find_invisible
from chargehand.checks.secrets import find_secrets
from chargehand.checks.untested import find_untested
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim

Check = Callable[[Diff], tuple[Claim, ...]]

TABLE: dict[str, Check] = {
    "secrets": find_secrets,
    "conflict-markers": find_conflict_markers,
    "invisible-characters": find_invisible,
    "reviewer-addressing": find_addressing,
    "untested-code": find_untested,
}
