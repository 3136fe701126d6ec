"""What posting takes that a token may not do: asked by requests that GitHub cannot carry out.

GitHub names the permissions of no token, but says 403 to what a token may not do before it looks at what was
sent, and 422 to a comment without a text. Of a classic token it names the scopes, in a header.
https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
"""

from collections.abc import Iterator
from typing import NamedTuple

from chargehand.core.escaping import one_line
from chargehand.forges.forge import Lack
from chargehand.forges.github.client import Client, Invalid, NotAllowed, NotThere
from chargehand.forges.request import Request

# What a classic token has to hold to comment: in a private repository, or in a public one.
_COMMENTING = ("repo", "public_repo")


class _Probe(NamedTuple):
    """Where an empty request is sent, and which permission it takes."""

    permission: str
    path: str


def lacking(client: Client, repository: str, request: Request) -> Iterator[Lack]:
    """Yield what the token may not do, and what it may do beyond; `repository` is its path in the API."""
    comments = _Probe("pull-requests: write", f"/issues/{request.number}/comments")
    checks = _Probe("checks: write", "/check-runs")
    statuses = _Probe("statuses: write", f"/statuses/{request.head}")
    if not _may(client, repository, comments):
        yield Lack(said=f"The token may not comment: it needs `{comments.permission}`.")
    if not (_may(client, repository, checks) or _may(client, repository, statuses)):
        said = (
            f"The token may set neither the check nor a status: it needs `{checks.permission}`, or "
            f"`{statuses.permission}`."
        )
        yield Lack(said=said, is_needed=False)
    if beyond := [each for each in client.scopes if each not in _COMMENTING]:
        named = one_line(", ".join(beyond))
        said = (
            f"The token is a classic one and may more than posting takes: {named}. Give a fine-grained one."
        )
        yield Lack(said=said, is_needed=False)


def _may(client: Client, repository: str, probe: _Probe) -> bool:
    """Tell whether GitHub lets the token do it, by what it says to a request without content."""
    try:
        client.write("POST", f"{repository}{probe.path}", {})
    except Invalid:
        return True
    except (NotAllowed, NotThere):
        return False
    return True
