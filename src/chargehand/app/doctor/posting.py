"""What posting a review takes in this job: a token, a request to post to, and a forge that answers."""

import time
from collections.abc import Iterator

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.core.errors import ForgeError, InputError
from chargehand.forges.forge import ForgeKind, Lack
from chargehand.forges.table import FORGES, open_request


def posting(place: Place) -> Iterator[Trouble]:
    """Yield why `--comment` could post nothing; the forge is asked if that is wanted."""
    kind = forge_of(place)
    token = kind.token_variables[0]
    if not any(place.environ.get(name) for name in kind.token_variables):
        said = f"There is no token for {kind.name}, so nothing could be posted."
        yield Trouble(said=said, mend=Run(line=f"export {token}=…"))
    elif place.job is None or not place.job.request:
        said = "This is no job of a pull or merge request, so --comment would post to none."
        yield Trouble(
            said=said, mend=Run(line="chargehand publish --request=NUMBER REPORT"), is_failing=False
        )
    elif place.asked.is_online:
        for lack in _lacks(place):
            mend = Run(line=f"export {token}=…")
            yield Trouble(said=lack.said, mend=mend, is_failing=lack.is_needed)


def forge_of(place: Place) -> ForgeKind:
    """Return the forge that the job belongs to."""
    is_gitlab = bool(place.environ.get("GITLAB_CI"))
    return next(kind for kind in FORGES if (kind.name == "GitLab") == is_gitlab)


def _lacks(place: Place) -> tuple[Lack, ...]:
    """Return what the forge says to a look at the request with this token, and what the token may not do."""
    try:
        forge = open_request(place.environ, time.sleep, None)
        return tuple(forge.lacking(forge.request()))
    except (ForgeError, InputError) as error:
        return (Lack(said=str(error)),)
