"""The one module that speaks to GitHub: what is sent again and what never is, and what its errors mean.

PyGithub sends a POST again after a 5xx and waits a second between writes unless it is told otherwise, so both
are switched off, and how often something is sent is decided here.
"""

import threading
import time
from collections.abc import Mapping
from math import ceil
from types import ModuleType
from typing import TYPE_CHECKING, Any

from chargehand.core.errors import ForgeError, ForgeRefused, ForgeUnsure, InputError
from chargehand.core.escaping import one_line
from chargehand.forges.forge import Connection
from chargehand.forges.patience import Patience

if TYPE_CHECKING:
    from github.Requester import Requester

Json = Any  # what JSON holds; `answers` checks it

AGAIN = "Run `chargehand publish` again: nothing is posted twice."
_READS = 3
_LIMITED = 5
_LONGEST_REASON = 200
# GitHub names no time for a secondary limit at times, and asks for a minute then.
_UNNAMED_WAIT_S = 60.0
_LOCKED = " The conversation is locked, and the token's user may not write there: unlock it."
_NEEDED = " The token needs `pull-requests: write` for comments and `checks: write` for the check."


class NotThere(ForgeRefused):
    """GitHub knows no such thing, or does not show it to us."""


class NotAllowed(ForgeRefused):
    """The token may not do that."""


class Closed(ForgeRefused):
    """GitHub takes nothing there, so that neither another place nor a permission helps."""


class Invalid(ForgeRefused):
    """GitHub does not take what was sent, such as a line that is not part of the diff."""


class Client:
    """A connection to GitHub's API, REST and GraphQL; it is made when something is sent."""

    def __init__(self, api: str, connection: Connection) -> None:
        self._connection = connection
        self._patience = Patience("GitHub", connection)
        self._api = api
        self._own = threading.local()

    @property
    def _requester(self) -> "Requester":
        """PyGithub's connection for this thread: it keeps the request that it is about to send."""
        requester: Requester | None = getattr(self._own, "requester", None)
        if requester is None:
            requester = self._own.requester = self._connected()
        return requester

    def _connected(self) -> "Requester":
        """Return a connection that sends everything once and without waiting; InputError without PyGithub."""
        github = _library()
        requester: Requester = github.Github(
            auth=github.Auth.Token(self._connection.token),
            base_url=self._api,
            timeout=ceil(self._connection.timeout_s),
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=None,
            per_page=100,
            user_agent="chargehand",
            lazy=True,
        ).requester
        return requester

    def read(self, path: str, **parameters: str | int) -> Json:
        """Return what is at `path`; asked again if GitHub fails."""
        return self._read("GET", path, parameters, None)

    def write(self, verb: str, path: str, body: Mapping[str, Json]) -> Json:
        """Have something done, once. ForgeUnsure: it may have been done."""
        return self._limited(verb, path, {}, body)

    def query(self, text: str, variables: Mapping[str, Json]) -> Json:
        """Return the data of a GraphQL query; asked again if GitHub fails."""
        return self._data(self._read("POST", self._graphql, {}, {"query": text, "variables": variables}))

    def mutate(self, text: str, variables: Mapping[str, Json], *, optional: frozenset[str]) -> None:
        """Have a GraphQL mutation done, once; of the fields that are `optional`, a refusal does not count."""
        answer = self._limited("POST", self._graphql, {}, {"query": text, "variables": variables})
        self._data({"errors": [each for each in _errors(answer) if not _is_of(each, optional)]})
        if not isinstance(answer.get("data"), dict):
            raise ForgeUnsure(f"GitHub did not say whether a comment was changed. {AGAIN}")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a classic token may, as the last answer named it; other tokens have no scopes."""
        named: list[str] | None = self._requester.oauth_scopes  # None until an answer names some
        return tuple(filter(None, named or ()))

    @property
    def _graphql(self) -> str:
        return self._requester.graphql_url

    def _read(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Json] | None
    ) -> Json:
        for attempt in range(_READS - 1):
            try:
                return self._limited(verb, path, parameters, body)
            except ForgeUnsure:  # noqa: PERF203 - to ask again is what the loop is for
                self._patience.sleep(2.0**attempt)
        return self._limited(verb, path, parameters, body)

    def _limited(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Json] | None
    ) -> Json:
        """Send a request; where GitHub says that there were too many, nothing was done: send it later."""
        for _ in range(_LIMITED):
            answer = self._sent(verb, path, parameters, body)
            if not isinstance(answer, _TooMany):
                return answer
            if answer.wait_s > self._connection.longest_wait_s:
                break
            self._patience.sleep(answer.wait_s)
        raise ForgeRefused(
            f"GitHub takes no more requests for {answer.wait_s:.0f} s (a rate limit), so not all was posted. "
            f"After that: {AGAIN}"
        )

    def _sent(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Json] | None
    ) -> Json:
        try:
            headers, answer = self._answered(verb, path, parameters, body)
        except _library().GithubException as error:
            return self._meaning(error.status, error.data, error.headers or {}, f"{verb} {_shown(path)}")
        # No connection, a redirection elsewhere, and what is no JSON.
        except (OSError, RuntimeError, AssertionError, ValueError) as error:
            raise ForgeUnsure(
                f"GitHub did not answer ({type(error).__name__}) to {verb} {_shown(path)}. {AGAIN}"
            ) from error
        if not _is_json(answer):
            raise ForgeUnsure(f"What answered {verb} {_shown(path)} is not GitHub: no JSON came. {AGAIN}")
        is_limited = any(each.get("type") == "RATE_LIMITED" for each in _errors(answer))
        return _TooMany(_wait_s(headers)) if is_limited else answer

    def _answered(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Json] | None
    ) -> tuple[Mapping[str, str], Json]:
        requester = self._requester
        try:
            headers, answer = self._patience.answer(
                lambda: requester.requestJsonAndCheck(verb, path, dict(parameters) or None, input=body)
            )
        except TimeoutError:
            del self._own.requester  # the late answer still comes by this one
            raise
        return headers, answer

    def _meaning(self, status: int, data: Json, headers: Mapping[str, str], what: str) -> "_TooMany":
        """Return how long to wait, or raise what an error of GitHub's means."""
        said = self._connection.shown(_reason(data)).rstrip(".")
        if status >= 500:
            raise ForgeUnsure(f"GitHub failed ({status}) on {what}. {AGAIN}")
        is_too_fast = status == 422 and "submitted too quickly" in said
        if status == 429 or is_too_fast or (status == 403 and _is_limit(said, headers)):
            return _TooMany(_wait_s(headers))
        if status == 422 and "commit_id" in said:
            raise ForgeUnsure(f"GitHub has another head by now ({said}). {AGAIN}")
        raise _refusal(status, said)(_sentences(f"{what} ({status} {said})", status))

    def _data(self, answer: Json) -> Json:
        errors = _errors(answer)
        if not errors:
            return answer.get("data") if isinstance(answer, dict) else None
        kind, said = str(errors[0].get("type", "")), self._connection.shown(str(errors[0].get("message", "")))
        status = {"FORBIDDEN": 403, "NOT_FOUND": 404}.get(kind, 400)
        raise _refusal(status, said)(_sentences(f"a query ({said})", 403))


def _library() -> ModuleType:
    try:
        import github  # noqa: PLC0415 - only who posts pays for it
    except ImportError as error:
        raise InputError(
            "No forge was asked: PyGithub is not installed. To have it: pip install 'chargehand[github]'"
        ) from error
    return github


class _TooMany:
    """A rate limit; nothing was done, and after `wait_s` seconds the request may be sent again."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s


def _reason(data: Json) -> str:
    """Return what an error says: its message, and those of the fields that are wrong, if it names any."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    details = [
        str(each.get("message", each.get("code", ""))) if isinstance(each, dict) else str(each)
        for each in (errors if isinstance(errors, list) else ())
    ]
    said = [str(data.get("message", "")), *details]
    return ": ".join(filter(None, said))


def _is_limit(said: str, headers: Mapping[str, str]) -> bool:
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    return "retry-after" in headers or is_spent or "rate limit" in said.lower()


def _wait_s(headers: Mapping[str, str]) -> float:
    named = headers.get("retry-after", "")
    if named.isascii() and named.isdigit():
        return float(named)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(float(reset) - time.time(), 0.0) + 1
    return _UNNAMED_WAIT_S


def _errors(answer: Json) -> list[dict[str, Json]]:
    """Return the errors of a GraphQL answer; of what is none in its shape, one without words."""
    errors = (answer.get("errors") or []) if isinstance(answer, dict) else []
    listed = errors if isinstance(errors, list) else [errors]
    return [each if isinstance(each, dict) else {} for each in listed]


def _is_json(answer: Json) -> bool:
    """Tell whether an object came with something in it; PyGithub makes `{"data": …}` of a page of HTML."""
    return isinstance(answer, dict) and bool(answer) and not isinstance(answer.get("data"), str)


def _is_of(error: Mapping[str, Json], fields: frozenset[str]) -> bool:
    path = error.get("path")
    return isinstance(path, list) and path[:1] != [] and str(path[0]) in fields


def _refusal(status: int, said: str) -> type[ForgeError]:
    """Return what an error means; GitHub says 422 to a locked conversation as to a line that it lacks."""
    known = {401: NotAllowed, 403: NotAllowed, 404: NotThere, 410: NotThere, 422: Invalid}
    return Closed if _closed(said) else known.get(status, ForgeRefused)


def _sentences(refused: str, status: int) -> str:
    return f"GitHub refused {refused}.{_closed(refused) or _ADVICE.get(status, '')}"


def _closed(said: str) -> str:
    return next((advice for word, advice in _CLOSED.items() if word in said.lower()), "")


_CLOSED = {
    "is locked": _LOCKED,
    "lock prevents": _LOCKED,
    "archived": " Nothing can be written in an archived repository.",
    "pending review": " The token's user has begun a review there: submit it, or discard it.",
}
_ADVICE = {401: " The token is not valid, or it has expired.", 403: _NEEDED, 404: _NEEDED}


def _shown(path: str) -> str:
    return one_line(path)[:_LONGEST_REASON]
