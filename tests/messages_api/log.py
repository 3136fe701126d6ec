"""Decides what is remembered of each request."""

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.messages_api.billing import Usage
from tests.messages_api.wire import Json, parse


@dataclass(frozen=True)
class Record:
    """One request, in and out. `number` counts arrivals from 1; times are seconds since the epoch.

    `status` is None where the connection failed first. `model` to `stop_reason` are None where it did not
    come so far. `custom_id` is set for a request in a batch.
    """

    number: int
    request_id: str
    route: str
    received_at: float
    answered_at: float
    status: int | None
    model: str | None = None
    role: str | None = None
    lens: str | None = None
    stop_reason: str | None = None
    fault: str | None = None
    usage: Usage | None = None
    cost_usd: Decimal = Decimal(0)
    custom_id: str | None = None
    packed: bytes = field(default=b"", repr=False)

    @property
    def request(self) -> Json:
        """The JSON that came in; `wire.BadRequest` where it was none."""
        return parse(zlib.decompress(self.packed))

    @property
    def seconds(self) -> float:
        """How long the server had it."""
        return self.answered_at - self.received_at

    def as_json(self) -> Json:
        """Return it without the request."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "usage": self.usage.as_json() if self.usage else None,
            "cost_usd": str(self.cost_usd),
        }


class Log:
    """All records of one server."""

    def __init__(self, on_record: Callable[[Record], None] | None = None) -> None:
        self._on_record = on_record
        self._lock = threading.Lock()
        self._records: list[Record] = []

    def add(self, record: Record) -> None:
        """Remember one more."""
        with self._lock:
            self._records.append(record)
            if self._on_record:
                self._on_record(record)

    @property
    def records(self) -> tuple[Record, ...]:
        """All records so far, in the order in which the requests arrived."""
        with self._lock:
            return tuple(sorted(self._records, key=lambda record: record.number))


def pack(raw: bytes) -> bytes:
    """Return a request's bytes as a record keeps them: a thousand prompts would fill the memory."""
    return zlib.compress(raw, 1)


_PLAIN = (
    *("number", "request_id", "route", "received_at", "answered_at", "status", "model", "role", "lens"),
    *("stop_reason", "fault", "custom_id"),
)
