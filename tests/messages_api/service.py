"""Decides what becomes of one request for a message, apart from how it travels."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.messages_api.answer import Answer, Terms, write_answer
from tests.messages_api.cache import PromptCache, Share
from tests.messages_api.faults import CONNECTION_FAULTS, SUBSTITUTE, Fault, FaultKind, Faults
from tests.messages_api.log import Log, Record, pack
from tests.messages_api.models import MODELS
from tests.messages_api.replies import Script
from tests.messages_api.request import Request, read_request
from tests.messages_api.spoil import spoil
from tests.messages_api.tokens import THINKING_TOKENS
from tests.messages_api.wire import ApiError

REQUESTS_LIMIT = 1_000


@dataclass(frozen=True)
class Settings:
    """How a server behaves; `MessagesApi` says what each means."""

    key: str = "test-key"
    identity: str = "identity.of-a.workload"
    delay_s: float | Mapping[str, float] = 0.0
    first_event_s: float | None = None
    max_concurrency: int | None = None
    limit_retry_after_s: float | None = None
    thinking: Mapping[str, int] = field(default_factory=lambda: THINKING_TOKENS)
    workspace_geo: str = "global"
    batch_s: float = 0.0
    clock: Callable[[], float] = time.time

    def delay_of(self, request: Request) -> float:
        """Return how long an answer to this takes."""
        if isinstance(self.delay_s, Mapping):
            return self.delay_s.get(request.role, 0.0)
        return self.delay_s


@dataclass(frozen=True)
class Turn:
    """An answer that is ready to go out. The cache learns of it when it begins to."""

    request: Request
    answer: Answer
    share: Share
    first_event_s: float
    delay_s: float
    fault: Fault | None

    def is_struck_by(self, kind: FaultKind) -> bool:
        """Tell whether this goes wrong in this way."""
        return self.fault is not None and self.fault.kind is kind


class Exchange:
    """One request on its way through the server: holds its slot, and becomes one record."""

    def __init__(self, service: "Service", number: int, route: str) -> None:
        self.service = service
        self.request_id = f"req_{number:06d}"
        self.raw = b""
        self.record = Record(number, self.request_id, route, time.time(), 0.0, None)
        self._is_recorded = False
        self._has_slot = False

    def take_slot(self) -> None:
        """Count this as in flight, or raise the error that there are too many."""
        self.service.take_slot()
        self._has_slot = True

    def release_slot(self) -> None:
        """Count this as no longer in flight."""
        if self._has_slot:
            self._has_slot = False
            self.service.release_slot()

    def note(self, **known: object) -> None:
        """Add what is now known."""
        self.record = replace(self.record, **known)  # type: ignore[arg-type]  # replace checks the names

    def write_down(self, status: int | None) -> None:
        """Add the record to the log, once."""
        if not self._is_recorded:
            self._is_recorded = True
            self.note(status=status, answered_at=time.time(), packed=pack(self.raw))
            self.service.log.add(self.record)

    def end(self, status: int | None) -> None:
        """Say that the last bytes are about to go out; a client that has them may ask the next at once."""
        self.write_down(status)
        self.release_slot()


class Service:
    """The state behind the routes: cache, faults, script, log and what is in flight."""

    def __init__(self, settings: Settings, script: Script, faults: Faults, log: Log) -> None:
        self.settings = settings
        self.script = script
        self.faults = faults
        self.log = log
        self.cache = PromptCache(settings.clock)
        self.peak_in_flight = 0
        self._in_flight = 0
        self._arrived = 0
        self._lock = threading.Lock()

    def open(self, route: str) -> Exchange:
        """Return the exchange for a request that arrived."""
        with self._lock:
            self._arrived += 1
            return Exchange(self, self._arrived, route)

    def take_slot(self) -> None:
        """Count one more request in flight, or raise the error that there are too many."""
        limit = self.settings.max_concurrency
        with self._lock:
            if limit is not None and self._in_flight >= limit:
                after_s = self.settings.limit_retry_after_s
                headers = {} if after_s is None else {"retry-after": f"{after_s:g}"}
                raise ApiError(429, f"More than {limit} requests are in flight.", headers=headers)
            self._in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self._in_flight)

    def release_slot(self) -> None:
        """Count one request less in flight."""
        with self._lock:
            self._in_flight -= 1

    def rate_limit_headers(self) -> dict[str, str]:
        """Return what the API tells about its limits with each answer."""
        requests = self.settings.max_concurrency or REQUESTS_LIMIT
        limits = {
            "requests": requests,
            "tokens": 2_400_000,
            "input-tokens": 2_000_000,
            "output-tokens": 400_000,
        }
        left = {**limits, "requests": max(requests - self._in_flight, 0)}
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        prefix = "anthropic-ratelimit"
        return {
            **{f"{prefix}-{name}-limit": str(limit) for name, limit in limits.items()},
            **{f"{prefix}-{name}-remaining": str(each) for name, each in left.items()},
            **{f"{prefix}-{name}-reset": reset for name in limits},
        }

    def answer(self, exchange: Exchange, request: Request, tier: str = "standard") -> Turn:
        """Return the answer, or raise the error that a fault puts in its place."""
        exchange.note(model=request.spec.id, role=request.role, lens=request.lens)
        fault = self._raise_if_http(self.faults.pick(request), request, exchange)
        draft = self.script.draft(request)
        fault = fault or self._raise_if_http(draft.fault, request, exchange)
        if fault:
            draft = spoil(draft, fault.kind, request)
        if fault and fault.kind is FaultKind.SUBSTITUTED:
            request = read_request(request.body, MODELS[SUBSTITUTE], workspace="")
            exchange.note(model=request.spec.id)
        share = self.cache.admit(request.positions, request.spec.min_cache)
        terms = Terms(self.settings.thinking, self.settings.workspace_geo, tier)
        answer = write_answer(request, draft, share, terms, exchange.request_id.replace("req", "msg"))
        if fault and fault.kind in CONNECTION_FAULTS and not fault.billed:
            answer, share = replace(answer, cost_usd=Decimal(0)), Share()
        exchange.note(usage=answer.usage, cost_usd=answer.cost_usd, stop_reason=answer.message["stop_reason"])
        delay_s = self.settings.delay_of(request) if draft.delay_s is None else draft.delay_s
        first_s = self.settings.first_event_s
        return Turn(
            request, answer, share, delay_s if first_s is None else min(first_s, delay_s), delay_s, fault
        )

    def _raise_if_http(self, fault: Fault | None, request: Request, exchange: Exchange) -> Fault | None:
        if fault is None:
            return None
        exchange.note(fault=fault.kind.value)
        if fault.kind is FaultKind.STREAM_ERROR and not request.is_stream:
            fault = replace(fault, kind=FaultKind.OVERLOADED)
        error = fault.http_error()
        if error:
            raise error
        return fault
