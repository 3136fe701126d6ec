"""A finding that people let through in the request, and who did."""

from typing import Annotated

from pydantic import Field

from chargehand.core.value import Value


class Waiver(Value):
    """A finding that somebody waves through; `fingerprint` is either of its two."""

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    by: str
    reason: str

    @property
    def shown(self) -> str:
        """Who and why, in one line of plain text."""
        return f"waived by {self.by}: {self.reason}"


class Waived(Value):
    """Which waivers count, and a sentence for each that does not."""

    waivers: tuple[Waiver, ...] = ()
    refused: tuple[str, ...] = ()
