"""Decides how GitLab is asked: how long is waited, what is asked again, and what its errors mean to us.

Only this module knows python-gitlab, and has it repeat nothing: by itself it waits as long as a server says,
up to ten times, and has no time limit.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from chargehand.core.errors import ForgeRefused, ForgeUnsure, InputError
from chargehand.forges.forge import Connection
from chargehand.forges.patience import Patience

if TYPE_CHECKING:
    import requests
    from gitlab import Gitlab

Json = Any  # what json reads and writes
Answer = TypeVar("Answer", bound=BaseModel)

PER_PAGE = 100  # the most that GitLab gives
MOST_PAGES = 100
RATE_LIMITED = 429
_READ_TRIES = 3
_PAUSE_S = 1.0


class Client:
    """One GitLab. Each thread has a connection of its own, since a session is not made to be shared.

    `ca_file` holds the certificates that vouch for the server, if they are not those of everybody.
    """

    def __init__(self, api_url: str, connection: Connection, ca_file: str = "") -> None:
        self._url = api_url
        self._connection = connection
        self._patience = Patience("GitLab", connection)
        self._ca_file = ca_file
        self._own = threading.local()

    def get(self, path: str, shape: type[Answer], what: str) -> Answer:
        """Return one thing; `what` is what was not done, should it fail."""
        answer: Answer = _shaped(TypeAdapter(shape), self._read(path, {}, what), what)
        return answer

    def query(self, text: str, variables: dict[str, str], shape: type[Answer], what: str) -> Answer:
        """Return the answer to a GraphQL query, which is asked beside the REST API."""
        address = f"{self._url.removesuffix('/').removesuffix('/v4')}/graphql"
        body = {"query": text, "variables": variables}
        answer: Answer = _shaped(TypeAdapter(shape), self._read(address, {}, what, body=body), what)
        return answer

    def pages(self, path: str, shape: type[Answer], what: str, **query: str) -> Iterator[Answer]:
        """Yield all of a list, page by page.

        A short page is not the last one: GitLab takes out what the token may not see after it cut the pages.
        """
        adapter: TypeAdapter[tuple[Answer, ...]] = TypeAdapter(tuple[shape, ...])  # type: ignore[valid-type]  # known at run time alone
        for number in range(1, MOST_PAGES + 1):
            asked = {**query, "page": str(number), "per_page": str(PER_PAGE)}
            rows = _shaped(adapter, self._read(path, asked, what), what)
            has_more = len(rows) == PER_PAGE or self._line().names_a_next_page
            yield from rows
            if not has_more:
                return
        most = MOST_PAGES * PER_PAGE
        raise ForgeRefused(
            f"{what}: GitLab lists more than {most:,} of them, which are not all looked through."
        )

    def send(
        self, method: str, path: str, body: dict[str, Json], what: str, excused: tuple[int, ...] = ()
    ) -> bool:
        """Have something changed, and tell whether it was; a refusal that is not `excused` raises.

        It is sent once, unless a rate limit says that nothing was done.
        """
        try:
            answer = self._unless_limited(method, path, {}, body, what)
        except ForgeRefused as error:
            if isinstance(error.__cause__, _Failed) and error.__cause__.status in excused:
                return False
            raise
        if method != "delete" and not (isinstance(answer, dict) and answer):
            raise ForgeUnsure(f"{what}: what answered is not GitLab. Run again later.")
        return True

    def _read(
        self,
        path: str,
        query: dict[str, str],
        what: str,
        tries: int = _READ_TRIES,
        body: dict[str, Json] | None = None,
    ) -> Json:
        """Return what is there; with a `body`, which is a query, it is asked for by POST."""
        try:
            return self._unless_limited("post" if body else "get", path, query, body, what)
        except ForgeUnsure:
            if tries == 1:
                raise
        self._patience.sleep(_PAUSE_S)
        return self._read(path, query, what, tries - 1, body)

    def _unless_limited(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Json] | None, what: str
    ) -> Json:
        """Return the answer; wait and ask again as long as a rate limit is in the way."""
        left_s = self._connection.longest_wait_s
        while True:
            try:
                return self._once(method, path, query, body)
            except _Failed as failed:
                pause_s = self._pause_s() if failed.status == RATE_LIMITED else left_s + 1
                if pause_s > left_s:
                    raise failed.translated(what, self._connection) from failed
            left_s -= max(pause_s, _PAUSE_S)
            self._patience.sleep(pause_s)

    def _once(self, method: str, path: str, query: dict[str, str], body: dict[str, Json] | None) -> Json:
        line = self._line()
        try:
            return self._patience.answer(lambda: line.answer(method, path, query, body))
        except TimeoutError as error:
            del self._own.line  # the late answer still comes by this one
            raise _Failed(None, "it took too long") from error

    def _line(self) -> "_Line":
        """Return this thread's connection."""
        if not hasattr(self._own, "line"):
            self._own.line = _Line(_opened(self._url, self._connection, self._ca_file))
        line: _Line = self._own.line
        return line

    def _pause_s(self) -> float:
        wait = self._line().retry_after
        return float(wait) if wait.isascii() and wait.isdigit() else 10 * _PAUSE_S


class _Line:
    """One connection, and the headers of its last answer, which the library does not return."""

    def __init__(self, gitlab: "Gitlab") -> None:
        self._gitlab = gitlab
        self._headers: Mapping[str, str] = {}
        gitlab.session.hooks["response"].append(self._note_headers)

    @property
    def retry_after(self) -> str:
        """How many seconds the server wants to be left alone, empty if it does not say so."""
        return self._headers.get("Retry-After", "")

    @property
    def names_a_next_page(self) -> bool:
        """Tell whether there is more of a list: https://docs.gitlab.com/api/rest/#pagination-link-header"""
        return 'rel="next"' in self._headers.get("Link", "")

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Json] | None) -> Json:
        """Return what GitLab answers, None if that is nothing; raise `_Failed`."""
        import requests  # noqa: PLC0415 - only who posts pays for it
        from gitlab.exceptions import GitlabError  # noqa: PLC0415 - as above

        try:
            answer = self._gitlab.http_request(
                method, path, query_data=query, post_data=body, obey_rate_limit=False
            )
            return answer.json() if answer.content else None
        except GitlabError as error:
            raise _Failed(error.response_code, str(error.error_message)) from error
        except (requests.TooManyRedirects, requests.exceptions.InvalidURL) as error:
            raise _Failed(0, "CI_API_V4_URL leads somewhere else, where the token is not taken") from error
        except requests.exceptions.SSLError as error:
            raise _Failed(0, f"GitLab's certificate is not trusted; {_CERTIFICATES}") from error
        except (OSError, ValueError, RecursionError) as error:  # of the network, or what came is no JSON
            raise _Failed(None, type(error).__name__) from error

    def _note_headers(self, response: "requests.Response", **_: object) -> None:
        self._headers = response.headers


class _Failed(Exception):
    """A request that failed: with a status, without an answer (None), or since it was not even sent (0)."""

    def __init__(self, status: int | None, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason

    def translated(self, what: str, connection: Connection) -> ForgeRefused | ForgeUnsure:
        """Return what this means; `what` was not done, and the token is not said."""
        said = connection.shown(self.reason)
        if self.status == 0:
            return ForgeRefused(f"{what}: {said}.")
        if self.status is None or self.status >= 500 or self.status == 409:
            how = f"GitLab failed ({self.status})" if self.status else f"there was no answer ({said})"
            return ForgeUnsure(f"{what}: {how}. Run again later.")
        advice = _ADVICE.get(self.status, "")
        return ForgeRefused(f"{what}: GitLab says no ({self.status}: {said}).{advice}")


_CERTIFICATES = "let CI_SERVER_TLS_CA_FILE or REQUESTS_CA_BUNDLE name a file with those that vouch for it"
_ADVICE = {
    401: " Give a project access token with the scope api that it knows; a job's own token may only read.",
    403: " Give the token's user the role that this wants, and the token the scope api. "
    "In an archived project nobody may write.",
    404: " Give a token whose user is a member of the project, and a merge request that is there.",
    RATE_LIMITED: " Run again when its rate limit allows it.",
}


def _opened(api_url: str, connection: Connection, ca_file: str) -> "Gitlab":
    """Return a connection that follows no redirect, because that would take the token along."""
    try:
        import gitlab  # noqa: PLC0415 - only who posts pays for it
    except ImportError as error:
        raise InputError(
            "No forge was asked: python-gitlab is not installed. To have it: pip install 'chargehand[gitlab]'"
        ) from error
    opened = gitlab.Gitlab(
        api_url.removesuffix("/").removesuffix("/api/v4"),
        private_token=connection.token,
        ssl_verify=ca_file or True,
        timeout=connection.timeout_s,
        retry_transient_errors=False,
        keep_base_url=True,
    )
    opened.session.max_redirects = 0
    return opened


def _shaped(adapter: "TypeAdapter[Any]", value: Json, what: str) -> Any:  # Any: what the adapter makes of it
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise ForgeUnsure(f"{what}: GitLab's answer cannot be understood. Run again later.") from error
