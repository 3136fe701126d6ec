"""What it means that no reply came over the wire: whether it was sent, and so may be charged."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chargehand.core.errors import Failure, ModelError, NoAnswer, ProviderStopped

# What the SDK's HTTP client raises before anything is sent; by name, since which client it is may change.
_NEVER_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
_NO_HEADER = frozenset({"LocalProtocolError"})


def lost(error: Exception, timeout_s: float, *, is_timeout: bool) -> ModelError:
    """Return what to raise if a call ended in `error`, of the HTTP client or of the SDK around it."""
    names = {type(each).__name__ for each in _causes(error)}
    if names & _NO_HEADER:
        return ProviderStopped("No model was asked: the API key contains characters that cannot be sent.")
    was_sent = not names & _NEVER_SENT
    if is_timeout:
        what = "no reply" if was_sent else "no connection"
        return NoAnswer(Failure.TIMEOUT, f"{what} within {timeout_s:g} s", may_be_charged=was_sent)
    what = "the connection broke before the reply was complete" if was_sent else "no connection"
    return NoAnswer(Failure.CONNECTION, what + _system_reason(error), may_be_charged=was_sent)


def _system_reason(error: BaseException) -> str:
    """Return the operating system's words; those of other causes may hold the key or the request."""
    said = (each.strerror for each in _causes(error) if isinstance(each, OSError))
    return next((f" ({words})" for words in said if words), "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def check_address(base_url: str | None) -> None:
    """Raise ProviderStopped if the address is none: the SDK would fail to connect, again and again."""
    try:
        is_address = base_url is None or (
            urlsplit(base_url).scheme in {"http", "https"} and bool(urlsplit(base_url).hostname)
        )
    except ValueError:
        is_address = False
    if not is_address:
        raise ProviderStopped(
            "No model was asked: ANTHROPIC_BASE_URL is not a web address. Set one such as "
            "http://localhost:8080, without /v1."
        )
