"""A finding that people let through in the request, and who did."""

from typing import Annotated

from chargehand.core.checked_value import CheckedValue, Within
from chargehand.core.plain_value import PlainValue


class Waiver(CheckedValue):
    """A finding that somebody waves through; `fingerprint` is either of its two."""

    fingerprint: Annotated[str, Within(pattern=r"^[0-9a-f]{32}$")]
    by: str
    reason: str

    @property
    def shown(self) -> str:
        """Who and why, in one line of plain text."""
        return f"waived by {self.by}: {self.reason}"


class Waived(PlainValue):
    """Which waivers count, and a sentence for each that does not."""

    waivers: tuple[Waiver, ...] = ()
    refused: tuple[str, ...] = ()
