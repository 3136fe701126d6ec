"""What posting a review takes in this job: a token, and a request to post to."""

from collections.abc import Iterator

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.forges.table import FORGES


def posting(place: Place) -> Iterator[Trouble]:
    """Yield why `--comment` could post nothing."""
    kind = FORGES[1] if place.environ.get("GITLAB_CI") else FORGES[0]
    if not any(place.environ.get(name) for name in kind.token_variables):
        said = f"There is no token for {kind.name}, so nothing could be posted."
        yield Trouble(said=said, mend=Run(line=f"export {kind.token_variables[0]}=…"))
    if place.job is None or not place.job.request:
        said = "This is no job of a pull or merge request, so --comment would post to none."
        yield Trouble(
            said=said, mend=Run(line="chargehand publish --request=NUMBER REPORT"), is_failing=False
        )
