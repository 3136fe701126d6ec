"""What an HTTP status that is not 200 means for the run."""

import math
from collections.abc import Mapping
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

_STOPS = {
    401: "The provider did not accept the credentials. Check ANTHROPIC_API_KEY, or the login used instead",
    402: "The provider asks for payment. Check the billing of the account",
    403: "The provider does not let this key use the model. Check the key's permissions and workspace",
    404: "The provider does not know the model {model}. Check the fleet and the base URL",
}
_SPEND_CODES = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})
# An account's own spend limit, and an empty account, are a 400 that only its words tell apart.
_SPEND_WORDS = ("api usage limits", "credit balance is too low")


class ProviderError(Value):
    """An error as the provider sent it; `words` is its message, `shown` what of it may be shown."""

    status: int
    code: str | None
    words: str
    shown: str
    request_id: str | None
    model: str


def error_of(error: ProviderError, headers: Mapping[str, str], now: datetime | None = None) -> ModelError:
    """Return the error to raise: ProviderStopped if no other call can succeed, else NoAnswer."""
    if error.code in _SPEND_CODES or any(each in error.words.lower() for each in _SPEND_WORDS):
        return ProviderStopped(
            f"The provider's own spend limit is reached{_said(error)}. Nothing more can be asked until it is "
            "raised or its period ends."
        )
    if error.status in _STOPS:
        return ProviderStopped(f"{_STOPS[error.status].format(model=error.model)}{_said(error)}.")
    return NoAnswer(
        _FAILURES.get(error.status, Failure.SERVER_ERROR if error.status >= 500 else Failure.REJECTED),
        f"the provider answered with status {error.status}{_said(error)}",
        retry_after_s=retry_after_s(headers, now or datetime.now(timezone.utc)),
        may_be_charged=error.status in _UNKNOWN_END,
        request_id=error.request_id,
    )


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the headers ask to wait, None where they do not say or make no sense."""
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
