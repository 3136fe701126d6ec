"""Decides which requests go wrong, and how.

A fault is `Fault(kind, ...)`. On the command line and in replies.json it is written `kind` or
`kind:name=value,...`, as in `overloaded:role=worker,when=once` or `rate_limited:p=0.3,retry_after_s=1`.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, get_args

from tests.messages_api.request import Request
from tests.messages_api.wire import ApiError

When = Literal["always", "once", "each_once"]


class FaultKind(str, Enum):
    """What goes wrong: first errors over HTTP, then faults of the connection, then of the reply."""

    RATE_LIMITED = "rate_limited"
    SPEND_LIMIT = "spend_limit"
    USAGE_LIMIT = "usage_limit"
    INVALID = "invalid"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    SERVER_ERROR = "server_error"
    OVERLOADED = "overloaded"

    TIMEOUT = "timeout"
    RESET_BEFORE = "reset_before"
    RESET_MID = "reset_mid"
    STREAM_ERROR = "stream_error"

    TRUNCATED = "truncated"
    REFUSED = "refused"
    REFUSED_WITH_TEXT = "refused_with_text"
    GARBAGE = "garbage"
    WRONG_SHAPE = "wrong_shape"
    NONSENSE = "nonsense"
    WRONG_PLACE = "wrong_place"
    EMPTY = "empty"
    UNKNOWN_STOP = "unknown_stop"
    UNKNOWN_BLOCK = "unknown_block"
    USAGE_MISSING = "usage_missing"
    USAGE_ZERO = "usage_zero"
    SUBSTITUTED = "substituted"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with the requests that fit `role`, `lens`, `model` and `contains`.

    It strikes with probability `p`, drawn from `seed` and the request's own bytes, so that the order of
    threads does not matter; `nth` counts fitting requests from 1; `when` is always, once, or once for each
    distinct request. `hang_s` bounds a `timeout`. `billed` says whether a request whose connection failed
    was worked on all the same.
    """

    kind: FaultKind
    when: When = "always"
    nth: int | None = None
    p: float = 1.0
    seed: int = 0
    role: str | None = None
    lens: str | None = None
    model: str | None = None
    contains: str = ""
    retry_after_s: float | None = None
    hang_s: float = 30.0
    billed: bool = True

    def fits(self, request: Request) -> bool:
        """Tell whether this is aimed at `request`."""
        return (
            self.role in (None, request.role)
            and self.lens in (None, request.lens)
            and self.model in (None, request.spec.id)
            and self.contains in request.text
        )

    def http_error(self) -> ApiError | None:
        """Return the error that is answered in place of a message, if this is one."""
        if self.kind not in _HTTP:
            return None
        status, message, error_code = _HTTP[self.kind]
        headers = {} if self.retry_after_s is None else {"retry-after": f"{self.retry_after_s:g}"}
        return ApiError(status, message, error_code=error_code, headers=headers)


# Which model a gateway puts in the place of the one that is asked.
SUBSTITUTE = "claude-fable-5-2"
CONNECTION_FAULTS = frozenset(
    {FaultKind.TIMEOUT, FaultKind.RESET_BEFORE, FaultKind.RESET_MID, FaultKind.STREAM_ERROR}
)


class Faults:
    """The faults of one server, and which have struck; the first that strikes counts."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._lock = threading.Lock()
        self._seen: Counter[tuple[int, str]] = Counter()

    def pick(self, request: Request) -> Fault | None:
        """Return what goes wrong with this request, if anything."""
        with self._lock:
            struck = [
                fault for index, fault in enumerate(self._faults) if self._strikes(index, fault, request)
            ]
        return struck[0] if struck else None

    def _strikes(self, index: int, fault: Fault, request: Request) -> bool:
        if not fault.fits(request):
            return False
        self._seen[index, ""] += 1
        self._seen[index, request.digest] += 1
        time, own_time = self._seen[index, ""], self._seen[index, request.digest]
        if fault.nth is not None and fault.nth != time:
            return False
        if (fault.when == "once" and time > 1) or (fault.when == "each_once" and own_time > 1):
            return False
        return _draw(f"{fault.seed}/{index}/{own_time}/{request.digest}") < fault.p


def parse_fault(text: str) -> Fault:
    """Return the fault that `kind:name=value,...` describes, or raise `ValueError`."""
    kind, _, rest = text.partition(":")
    pairs = [part.partition("=")[::2] for part in rest.split(",") if part]
    unknown = [name for name, _ in pairs if name not in _READERS]
    if unknown:
        raise ValueError(f"a fault has no {unknown[0]!r}; it has {', '.join(_READERS)}")
    return Fault(FaultKind(kind), **{name: _READERS[name](value) for name, value in pairs})


def some_fail(p: float, kinds: Iterable[FaultKind], seed: int = 0) -> tuple[Fault, ...]:
    """Return faults of which one strikes any request with probability `p` in all, each kind equally often."""
    wanted = tuple(kinds)
    share = p / len(wanted)
    return tuple(Fault(kind, p=share / (1 - index * share), seed=seed) for index, kind in enumerate(wanted))


def _draw(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def _read_bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"billed is true or false, not {text!r}")
    return text == "true"


def _read_when(text: str) -> str:
    if text not in get_args(When):
        raise ValueError(f"when is one of {', '.join(get_args(When))}, not {text!r}")
    return text


_READERS: dict[str, Callable[[str], Any]] = {  # Any: each reader gives its field's type
    "when": _read_when,
    "nth": int,
    "p": float,
    "seed": int,
    "role": str,
    "lens": str,
    "model": str,
    "contains": str,
    "retry_after_s": float,
    "hang_s": float,
    "billed": _read_bool,
}

_HTTP: dict[FaultKind, tuple[int, str, str | None]] = {
    FaultKind.RATE_LIMITED: (429, "This request would exceed your organization's rate limit.", None),
    FaultKind.SPEND_LIMIT: (429, "The monthly spend limit is reached.", "enforced_spend_limit_reached"),
    FaultKind.USAGE_LIMIT: (400, "You have reached your specified API usage limits.", None),
    FaultKind.INVALID: (400, "The request is invalid.", None),
    FaultKind.UNAUTHORIZED: (401, "invalid x-api-key", None),
    FaultKind.FORBIDDEN: (403, "Your API key does not have permission to use the specified resource.", None),
    FaultKind.NOT_FOUND: (404, "model: not found", None),
    FaultKind.TOO_LARGE: (413, "Request exceeds the maximum allowed number of bytes.", None),
    FaultKind.SERVER_ERROR: (500, "Internal server error", None),
    FaultKind.OVERLOADED: (529, "Overloaded", None),
}
