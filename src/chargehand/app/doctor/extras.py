"""The extras: which libraries are missing that what is asked for needs, or would be better with."""

from collections.abc import Iterator

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.posting import forge_of
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.core.clouds import BEDROCK, VERTEX
from chargehand.core.errors import ConfigError

# The library of each cloud that needs one, and of each forge, and the extra that brings it.
_OF_CLOUDS = {BEDROCK.name: ("boto3", "bedrock"), VERTEX.name: ("google.auth", "vertex")}
_OF_FORGES = {"GitHub": ("github", "github"), "GitLab": ("gitlab", "gitlab")}


def extras(place: Place) -> Iterator[Trouble]:
    """Yield what is not installed."""
    try:
        cloud = place.settings.cloud(place.environ)
    except ConfigError:  # told by the check of the credentials
        cloud = None
    if cloud and cloud.name in _OF_CLOUDS:
        yield from _missing(place, *_OF_CLOUDS[cloud.name], f"{cloud.title} cannot be asked")
    if place.asked.is_commenting:
        yield from _missing(place, *_OF_FORGES[forge_of(place).name], "the review cannot be posted")
    for each in _missing(place, "tree_sitter", "context", "models see a few lines round a change"):
        yield each.evolve(is_failing=False)


def _missing(place: Place, library: str, extra: str, then: str) -> Iterator[Trouble]:
    if not place.has_library(library):
        said = f"The library {library} is not installed, so {then}."
        yield Trouble(said=said, mend=Run(line=f"pip install 'chargehand[{extra}]'"))
