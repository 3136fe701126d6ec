"""How a request reaches the pull request: by whose token, under which address."""

import json
import re
from collections.abc import Iterable
from typing import final
from urllib.parse import unquote

from tests.github_api.pull_request import Json, PullRequest
from tests.github_api.rest import serve
from tests.local_forge import Answer, Fault, Incoming, LocalForge, Logged
from tests.local_forge.server import parsed


@final
class GitHubApi(LocalForge):
    """A GitHub on a local port; patterns are also looked for in GraphQL documents."""

    def __init__(self, pull: PullRequest, *, faults: Iterable[Fault] = (), delay_s: float = 0.0) -> None:
        super().__init__(faults=faults, delay_s=delay_s)
        self.pull = pull

    @property
    def url(self) -> str:
        """What `GITHUB_API_URL` is to be."""
        return self.address

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.pull.repository,
            "GITHUB_API_URL": self.url,
            "GITHUB_TOKEN": self.pull.tokens[0].secret,
            **more,
        }

    def sent(self, path: str) -> list[Logged]:
        """Return the requests whose path, or GraphQL document, holds `path`."""
        return [each for each in self.log if path in each.path or path in str(each.body.get("query", ""))]

    def path(self, incoming: Incoming) -> str:
        return re.sub(r"^/api(/v3)?(?=/)", "", unquote(incoming.path))  # where GitHub Enterprise has it

    def subject(self, incoming: Incoming) -> str:
        return f"{self.path(incoming)} {parsed(incoming.raw).get('query', '')}".rstrip()

    def answer(self, incoming: Incoming) -> Answer:
        secret = incoming.headers.get("authorization", "").partition(" ")[2]
        token = next((each for each in self.pull.tokens if each.secret == secret), None)
        if token is None:
            return _json(401, {"message": "Bad credentials"})
        fields = parsed(incoming.raw) or incoming.query
        status, value = serve(self.pull, token, incoming.method, self.path(incoming), fields)
        return _json(status, value, **({"X-OAuth-Scopes": token.scopes} if token.scopes else {}))


def _json(status: int, value: Json, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), headers)
