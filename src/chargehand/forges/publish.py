"""How a finished report gets into a request, whatever goes wrong on the way.

After an error nobody knows what was done, so the next step is always to look. A comment is never sent twice.
"""

from collections.abc import Callable

from chargehand.core.errors import ForgeUnsure
from chargehand.forges.forge import Forge
from chargehand.forges.report import Report
from chargehand.forges.work import Published, Stale, Work

ATTEMPTS = 4
_FIRST_WAIT_S = 1.0


def publish(forge: Forge, report: Report, sleep: Callable[[float], None]) -> Published | Stale:
    """Post the report, and return what was done.

    Raises ForgeRefused if the forge does not let us at all, and ForgeUnsure if it fails again and again: what
    stands there then stands once, and the next run completes it.
    """
    work = Work(forge, report)
    for attempt in range(ATTEMPTS - 1):
        if done := _if_sure(work):
            return done
        sleep(_FIRST_WAIT_S * 2**attempt)
    return work.finish()


def _if_sure(work: Work) -> Published | Stale | None:
    """Finish the work; return None where it is not known whether it was done."""
    try:
        return work.finish()
    except ForgeUnsure:
        return None
