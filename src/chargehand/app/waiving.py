"""Which findings people let through in the request, by the forge or a file, and how a review shows it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chargehand.change import Checkout
from chargehand.config import place_inside
from chargehand.core.errors import ForgeError, InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_plainly
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.core.waiver import Waived, Waiver

if TYPE_CHECKING:
    from chargehand.forges.forge import Forge

_LARGEST_BYTES = 1_000_000


def hear(forge: "Forge") -> Waived:
    """Return what people let through; a forge that cannot be asked holds no review up, and that is said."""
    from chargehand.forges.waivers import heard  # noqa: PLC0415 - start-up time

    try:
        return heard(forge, forge.request(), forge.standing().said)
    except ForgeError as error:
        return Waived(refused=(f"Nobody could look whether findings are waived in the request: {error}",))


def read_waivers(path: Path | None, checkout: Checkout) -> Waived:
    """Return what `chargehand waivers` wrote into a file, nothing without one.

    Raises InputError if it cannot be read, or lies where the change could have brought it.
    """
    if path is None:
        return Waived()
    shown = one_line(str(path))
    if checkout.is_ci and place_inside(checkout, str(path)) is not None:
        raise InputError(
            f"Nothing was reviewed: the waivers {shown} do not count in a CI job, because the change could "
            "have brought them. Have `chargehand waivers` write outside of the checkout."
        )
    from pydantic import ValidationError  # noqa: PLC0415 - start-up time

    from chargehand.core.shape import read_json  # noqa: PLC0415 - as above

    try:
        return read_json(Waived, read_plainly(checkout.cwd / path, _LARGEST_BYTES))
    except (OSError, ValidationError) as error:
        reason = (
            error.strerror if isinstance(error, OSError) else "it is not what `chargehand waivers` writes"
        )
        raise InputError(
            f"Nothing was reviewed: the waivers {shown} cannot be read ({reason}). Give the file that "
            "`chargehand waivers` wrote, or none."
        ) from None


def with_waivers(review: Review, heard: Waived) -> Review:
    """Return the review with the findings marked that somebody let through, and why others did not count."""
    if heard == Waived():
        return review
    known = {each.fingerprint: each for each in heard.waivers}
    findings = tuple(_marked(each, known) for each in review.findings)
    return review.evolve(findings=findings, notices=(*review.notices, *heard.refused))


def _marked(finding: Finding, known: Mapping[str, Waiver]) -> Finding:
    waiver = known.get(finding.fingerprint) or known.get(finding.fingerprint_v2)
    if waiver is None or finding.suppression is not None:
        return finding
    return finding.evolve(suppression=waiver.shown, suppressed_in="request")
