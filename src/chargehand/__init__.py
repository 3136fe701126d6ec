"""Code review by a crew of Claude models, with the bill on the page.

A program calls `chargehand.review(...)` and `chargehand.estimate(...)`: docs/python.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chargehand.app.api import (
        Bill,
        ChargehandError,
        Estimates,
        Finding,
        InputError,
        Review,
        Settings,
        Severity,
        Status,
        Verdict,
        estimate,
        report,
        review,
        verdict,
    )

__version__ = "0.1.0"

__all__ = [
    "Bill",
    "ChargehandError",
    "Estimates",
    "Finding",
    "InputError",
    "Review",
    "Settings",
    "Severity",
    "Status",
    "Verdict",
    "estimate",
    "report",
    "review",
    "verdict",
]


if not TYPE_CHECKING:  # or a checker of types would take every name for one of ours

    def __getattr__(name: str) -> object:
        """Return a name of `chargehand.app.api`, imported only then: the command starts without it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: object = getattr(import_module("chargehand.app.api"), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
