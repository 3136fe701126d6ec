"""What posting takes that a token may not do: GitLab tells its scopes, its last day, and its user's role."""

from collections.abc import Iterator

from chargehand.core.errors import ForgeRefused
from chargehand.core.escaping import one_line
from chargehand.forges.forge import Lack
from chargehand.forges.gitlab.answers import DEVELOPER, REPORTER, Member, OwnToken
from chargehand.forges.gitlab.client import Client

_WHAT = "What the token may do was not found out"


def lacking(client: Client, project: str, own: int) -> Iterator[Lack]:
    """Yield what the token lacks in a project, whose path in the API it is; `own` is the token's user."""
    token = client.get("/personal_access_tokens/self", OwnToken, _WHAT)
    if "api" not in token.scopes:
        yield Lack(
            said=f"The token may not comment: it has {one_line(', '.join(token.scopes))}, and needs api."
        )
    role = _role(client, project, own)
    if role < REPORTER:
        yield Lack(said="The token may not comment: its user needs the role Reporter in this project.")
    elif role < DEVELOPER:
        said = "The token may neither resolve threads nor set a status: its user needs the role Developer."
        yield Lack(said=said, is_needed=False)
    if token.expires_at:
        yield Lack(said=f"The token ends on {one_line(token.expires_at)}.", is_needed=False)


def _role(client: Client, project: str, own: int) -> int:
    """Return the role of the token's user, 0 if it is no member."""
    try:
        return client.get(f"{project}/members/all/{own}", Member, _WHAT).access_level
    except ForgeRefused:
        return 0
