"""What would fail before a review: one file a kind of check, one table.

place = look_around(asked, cwd, environ)
for each in examine(place):
    each.state, each.troubles           and of each trouble what it is, and the line that mends it
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chargehand.app.doctor.caps import caps
from chargehand.app.doctor.configuration import configuration
from chargehand.app.doctor.credentials import credentials
from chargehand.app.doctor.extras import extras
from chargehand.app.doctor.hooks import hooks
from chargehand.app.doctor.kept import kept
from chargehand.app.doctor.models import models
from chargehand.app.doctor.network import network
from chargehand.app.doctor.online import online
from chargehand.app.doctor.place import Asked, Place, look_around
from chargehand.app.doctor.posting import posting
from chargehand.app.doctor.repository import repository
from chargehand.app.doctor.trouble import Examined, Run, Trouble, Write
from chargehand.app.doctor.variables import variables
from chargehand.app.doctor.versions import versions
from chargehand.app.doctor.workflows import workflows


class Kind(NamedTuple):
    """A kind of check: what it yields, and whether it looks.

    `asked_by` is the field of `Asked` without which it does not, if any. If it `needs_settings`, it waits
    until the settings can be used.
    """

    name: str
    look: Callable[[Place], Iterator[Trouble]]
    asked_by: str = ""
    needs_settings: bool = False


# A row a kind, in the order in which they are told: what others depend on comes first.
KINDS = (
    Kind("repository", repository),
    Kind("configuration", configuration),
    Kind("variables", variables),
    Kind("credentials", credentials),
    Kind("network", network),
    Kind("models", models, needs_settings=True),
    Kind("caps", caps, needs_settings=True),
    Kind("extras", extras),
    Kind("kept", kept),
    Kind("posting", posting, asked_by="is_commenting"),
    Kind("workflows", workflows),
    Kind("hooks", hooks),
    Kind("versions", versions),
    Kind("online", online, asked_by="is_online", needs_settings=True),
)


def examine(place: Place) -> tuple[Examined, ...]:
    """Return what each kind of check says."""
    return tuple(_examined(kind, place) for kind in KINDS)


def _examined(kind: Kind, place: Place) -> Examined:
    is_asked = not kind.asked_by or getattr(place.asked, kind.asked_by)
    if not is_asked or (kind.needs_settings and not place.is_configured):
        return Examined(name=kind.name, troubles=(), has_looked=False)
    return Examined(name=kind.name, troubles=tuple(kind.look(place)))


__all__ = ["KINDS", "Asked", "Examined", "Place", "Run", "Trouble", "Write", "examine", "look_around"]
