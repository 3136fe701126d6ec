"""How the check beside a commit is set, and the status in its place where the token may set no check."""

from chargehand.core.errors import ForgeRefused
from chargehand.forges.comment import Conclusion, Ending
from chargehand.forges.github.answers import CheckRun, CheckRuns, checked
from chargehand.forges.github.client import Client, NotAllowed, NotThere
from chargehand.forges.words import named

# The name of the check, which a branch may require.
CHECK = "Review"
_OURS = "chargehand"

# What colour a check has. All but the first two keep a branch that requires it from being merged.
CHECK_CONCLUSIONS: dict[Ending, str] = {
    "passed": "success",
    "unasked": "neutral",
    "blocked": "failure",
    "incomplete": "action_required",
    "over_budget": "cancelled",
    "error": "action_required",
}
# A status knows fewer colours; its words tell the rest.
STATUS_STATES: dict[Ending, str] = {
    "passed": "success",
    "unasked": "success",
    "blocked": "failure",
    "incomplete": "error",
    "over_budget": "error",
    "error": "error",
}
_STATUS_LENGTH = 140


def set_conclusion(client: Client, repository: str, conclusion: Conclusion, head: str, page: str) -> None:
    """Set the check of a commit, or its status; raise ForgeRefused if the token may do neither.

    `repository` is its path in the API, `page` where the check leads to, empty if nowhere.
    """
    try:
        _set_check(client, repository, conclusion, head, page)
    except (NotAllowed, NotThere):
        _set_status(client, repository, conclusion, head, page)


def _set_check(client: Client, repository: str, conclusion: Conclusion, head: str, page: str) -> None:
    says = {
        **({"details_url": page} if page else {}),
        "status": "completed",
        "conclusion": CHECK_CONCLUSIONS[conclusion.status],
        "output": {"title": conclusion.title, "summary": "The comment in the conversation says more."},
    }
    name = named(CHECK, conclusion.review)
    ours = _ours(client, repository, name, head)
    if not ours:
        new = {"name": name, "head_sha": head, "external_id": _OURS, **says}
        client.write("POST", f"{repository}/check-runs", new)
        # Nobody can delete a check. If another run set one at the same time, both say the same at the end.
        ours = found if len(found := _ours(client, repository, name, head)) > 1 else ()
    for each in ours:
        client.write("PATCH", f"{repository}/check-runs/{each.id}", says)


def _ours(client: Client, repository: str, name: str, head: str) -> tuple[CheckRun, ...]:
    """Return our checks of a commit by this name, also where a job has the same."""
    path = f"{repository}/commits/{head}/check-runs"
    found = checked(CheckRuns, client.read(path, check_name=name, filter="all", per_page=100))
    return tuple(each for each in found.check_runs if each.external_id == _OURS)


def _set_status(client: Client, repository: str, conclusion: Conclusion, head: str, page: str) -> None:
    says = {
        **({"target_url": page} if page else {}),
        "state": STATUS_STATES[conclusion.status],
        "context": named(CHECK, conclusion.review),
        "description": conclusion.title[:_STATUS_LENGTH],
    }
    try:
        client.write("POST", f"{repository}/statuses/{head}", says)
    except (NotAllowed, NotThere) as error:
        raise ForgeRefused(
            f"The check {CHECK} was not set on GitHub: the token needs `checks: write`, or `statuses: write`."
        ) from error
