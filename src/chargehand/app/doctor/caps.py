"""The caps: whether any call could be paid for under them."""

from collections.abc import Iterator
from decimal import Decimal

from chargehand.app.doctor.configuration import taken_out
from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Trouble
from chargehand.core.errors import ConfigError
from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.cost.prices import Prices

# The smallest change that a model could be asked about.
_ONE_LINE = b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n a = 1\n+b = 2\n"
# What a run does whose limit is too small, by the setting that sets the limit.
_THEN = {"max_spend": "ends with exit code 2", "pr_budget": "is over budget (exit code 4)"}


def caps(place: Place) -> Iterator[Trouble]:
    """Yield each limit under which no model would ever be asked."""
    limits = {name: usd for name in _THEN if (usd := getattr(place.settings, name)) is not None}
    smallest = _smallest_usd(place) if limits else None
    for name, usd in limits.items():
        if smallest is not None and usd < smallest:
            said = (
                f"{name} is {usd_exact(usd)}, and the first call about a single line may cost "
                f"{usd_rounded_up(smallest)}: no model is ever asked, and every review {_THEN[name]}. "
                "`chargehand estimate` says which cap does what."
            )
            yield Trouble(said=said, mend=taken_out(place, name))


def _smallest_usd(place: Place) -> Decimal | None:
    """Return what the first call about one line is at worst; None where no price is known."""
    try:
        cloud = place.settings.cloud(place.environ)
    except ConfigError:  # told by the check of the credentials
        return None
    # Start-up time: who sets no limit need not wait for what reads and estimates.
    from chargehand.app.preparing import crew_of, planning_of  # noqa: PLC0415
    from chargehand.budget.estimate import estimate  # noqa: PLC0415
    from chargehand.change.diff.decide import decide  # noqa: PLC0415
    from chargehand.change.diff.parse.files import parse_diff  # noqa: PLC0415
    from chargehand.change.diff.rules import ReadingRules  # noqa: PLC0415

    crew = crew_of(place.settings)
    diff = decide(parse_diff(_ONE_LINE), ReadingRules())
    prices = Prices(place.settings.prices, cloud, cloud.factor(place.environ))
    return estimate(diff, crew, planning_of(place.settings, crew), prices).cap_needs.smallest_cap_usd
