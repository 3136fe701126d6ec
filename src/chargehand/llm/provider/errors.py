"""What it means for the run that no reply came: an HTTP status that is not 200, or a lost connection."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from chargehand.core.errors import Failure, ModelError, NoAnswer, ProviderStopped
from chargehand.core.value import Value

_FAILURES = {
    408: Failure.TIMEOUT,
    409: Failure.SERVER_ERROR,
    429: Failure.RATE_LIMITED,
    504: Failure.TIMEOUT,
    529: Failure.OVERLOADED,
}
# A proxy gave up on a request that the provider may still have finished.
_UNKNOWN_END = frozenset({408, 502, 504})

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STOPS = {
    401: "The provider did not accept the credentials. Check {keys}, or the login used instead",
    402: "The provider asks for payment. Check the billing of the account",
    403: "The provider does not let this key use the model. Check the key's permissions and workspace",
    404: "The provider does not know the model {model}. Check the fleet and the base URL",
}
_SPEND_CODES = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})
# An account's own spend limit, and an empty account, are a 400 that only its words tell apart.
_SPEND_WORDS = ("api usage limits", "credit balance is too low")

# What the SDK's HTTP client raises before anything is sent; by name, since which client it is may change.
_NEVER_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
_NO_HEADER = frozenset({"LocalProtocolError"})


class ProviderError(Value):
    """An error as the provider sent it; `words` is its message, `shown` what of it may be shown.

    `keys` and `address_variable` are the variables that a person would look at.
    """

    status: int
    code: str | None
    words: str
    shown: str
    request_id: str | None
    model: str
    keys: str = "ANTHROPIC_API_KEY"
    address_variable: str = "ANTHROPIC_BASE_URL"


def error_of(error: ProviderError, headers: Mapping[str, str], now: datetime | None = None) -> ModelError:
    """Return the error to raise: ProviderStopped if no other call can succeed, else NoAnswer."""
    if error.code in _SPEND_CODES or any(each in error.words.lower() for each in _SPEND_WORDS):
        return ProviderStopped(
            f"The provider's own spend limit is reached{_said(error)}. Nothing more can be asked until it is "
            "raised or its period ends."
        )
    if error.status in _REDIRECTS:
        return ProviderStopped(
            f"The server at {error.address_variable} redirects (status {error.status}). No redirect is "
            "followed, since it would take the change elsewhere. Set the address itself, if you trust it."
        )
    if error.status in _STOPS:
        return ProviderStopped(
            f"{_STOPS[error.status].format(model=error.model, keys=error.keys)}{_said(error)}."
        )
    return NoAnswer(
        _FAILURES.get(error.status, Failure.SERVER_ERROR if error.status >= 500 else Failure.REJECTED),
        f"the provider answered with status {error.status}{_said(error)}",
        retry_after_s=retry_after_s(headers, now or datetime.now(timezone.utc)),
        may_be_charged=error.status in _UNKNOWN_END,
        request_id=error.request_id,
    )


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the headers ask to wait, None if they do not say or make no sense."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after")
    if asked is None or (seconds := _number(asked)) is not None:
        return None if asked is None else seconds
    try:
        when = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _said(error: ProviderError) -> str:
    words = f": {error.shown}" if error.shown else ""
    request = f" (request {error.request_id})" if error.request_id else ""
    return words.rstrip(".") + request


def lost(error: Exception, timeout_s: float, *, is_timeout: bool, by_way_of: str = "") -> ModelError:
    """Return what to raise if a call ended in `error`, of the HTTP client or of the SDK around it.

    `by_way_of` is the variable that names the proxy on the way, empty if there is none.
    """
    names = {type(each).__name__ for each in _causes(error)}
    if names & _NO_HEADER:
        return ProviderStopped("No model was asked: the API key contains characters that cannot be sent.")
    was_sent = not names & _NEVER_SENT
    none = "no connection" + (f" by way of the proxy that {by_way_of} names" if by_way_of else "")
    if is_timeout:
        what = "no reply" if was_sent else none
        return NoAnswer(Failure.TIMEOUT, f"{what} within {timeout_s:g} s", may_be_charged=was_sent)
    what = "the connection broke before the reply was complete" if was_sent else none
    return NoAnswer(Failure.CONNECTION, what + _system_reason(error), may_be_charged=was_sent)


def _system_reason(error: BaseException) -> str:
    """Return the operating system's words; those of other causes may hold the key or the request."""
    said = (each.strerror for each in _causes(error) if isinstance(each, OSError))
    return next((f" ({words})" for words in said if words), "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
