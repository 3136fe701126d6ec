"""What a label says to us: `chargehand-waive: FINGERPRINT`, with its description as the reason.

Many people may change a label, but one sets it, and it is that one who lets the finding through. So a label
that was changed after it was set says nothing: its name or its reason may be another one than they saw.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chargehand.forges.comment import Said

_WAIVES = "chargehand-waive"


class SetLabel(NamedTuple):
    """A label of the request. `by` is who set it last, empty if that is nobody's to know or no person."""

    name: str
    reason: str
    changed: datetime | None
    by: str
    set_at: datetime | None

    @property
    def is_as_it_was_set(self) -> bool:
        """Tell whether it was last changed in an earlier second than that in which it was set."""
        if self.changed is None or self.set_at is None:
            return False
        return self.changed < self.set_at.replace(microsecond=0)


def speaks_to_us(name: str) -> bool:
    """Tell whether a label is meant to let a finding through."""
    return name.startswith(_WAIVES)


def said_by(labels: Iterable[SetLabel]) -> tuple[Said, ...]:
    """Return the command that each label gives, in the words of a comment."""
    return tuple(_said(each) for each in labels if speaks_to_us(each.name))


def _said(label: SetLabel) -> Said:
    fingerprint = label.name.removeprefix(_WAIVES).lstrip(": ")
    return Said(
        author=label.by,
        text=f"/chargehand waive {fingerprint} {label.reason}",
        order=int(label.set_at.timestamp()) if label.set_at else 0,
        is_edited=not label.is_as_it_was_set,
        label=label.name,
    )
