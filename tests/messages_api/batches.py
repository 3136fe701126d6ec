"""Decides how a message batch fares: which of its requests succeed, fail, are cancelled or expire."""

import re
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal

from tests.messages_api.cache import Share
from tests.messages_api.faults import CONNECTION_FAULTS
from tests.messages_api.request import read_request
from tests.messages_api.service import Exchange, Service
from tests.messages_api.validation import check_create
from tests.messages_api.wire import ApiError, BadRequest, Json, compact

ROUTE = "/v1/messages/batches"
EXPIRES_AFTER_S = 24 * 3600.0
MAX_REQUESTS = 100_000
# So many run at once: they cannot read what the others of their wave are writing to the prompt cache.
WAVE = 4
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass
class Batch:
    """One batch. `results` is None until it has ended."""

    id: str
    workspace: str
    requests: list[Json]
    created_s: float
    cancelled_s: float | None = None
    ended_s: float | None = None
    results: list[Json] | None = None


class Batches:
    """All batches of one server. One takes `batch_s` by the server's clock, its requests evenly spread."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._batches: dict[str, Batch] = {}

    def create(self, body: Json, workspace: str) -> Json:
        """Take a batch in."""
        requests = body.get("requests")
        _check(requests)
        with self._lock:
            batch_id = f"msgbatch_{len(self._batches) + 1:06d}"
            batch = Batch(batch_id, workspace, list(requests or ()), self._service.settings.clock())
            self._batches[batch_id] = batch
            return self._view(batch, "")

    def retrieve(self, batch_id: str, url: str) -> Json:
        """Return how far it is; what is due is worked off now."""
        with self._lock:
            batch = self._find(batch_id)
            self._work(batch)
            return self._view(batch, url)

    def cancel(self, batch_id: str, url: str) -> Json:
        """Stop it: what was not reached by now is cancelled."""
        with self._lock:
            batch = self._find(batch_id)
            self._work(batch)
            if batch.results is None and batch.cancelled_s is None:
                batch.cancelled_s = self._service.settings.clock()
            return self._view(batch, url)

    def results(self, batch_id: str) -> bytes:
        """Return one JSON line for each request, not in their order."""
        with self._lock:
            batch = self._find(batch_id)
            self._work(batch)
            if batch.results is None:
                raise BadRequest(f"{batch_id} has not ended")
            return "".join(compact(result) + "\n" for result in reversed(batch.results)).encode()

    def _find(self, batch_id: str) -> Batch:
        if batch_id not in self._batches:
            raise ApiError(404, f"batch: {batch_id}")
        return self._batches[batch_id]

    def _work(self, batch: Batch) -> None:
        """Work off a batch whose time has come."""
        duration_s, now = self._service.settings.batch_s, self._service.settings.clock()
        end_s = batch.created_s + min(duration_s, EXPIRES_AFTER_S)
        if batch.cancelled_s is not None:
            end_s = min(end_s, batch.cancelled_s)
        if batch.results is not None or now < end_s:
            return
        share = (end_s - batch.created_s) / duration_s if duration_s else 1.0
        reached = int(len(batch.requests) * min(share, 1.0))
        missed = "canceled" if batch.cancelled_s is not None else "expired"
        results = self._run(batch, batch.requests[:reached])
        results += [_result(request, {"type": missed}) for request in batch.requests[reached:]]
        batch.results, batch.ended_s = results, end_s

    def _run(self, batch: Batch, requests: list[Json]) -> list[Json]:
        results: list[Json] = []
        for start in range(0, len(requests), WAVE):
            begun: list[Share] = []
            for request in requests[start : start + WAVE]:
                exchange = self._service.open(ROUTE)
                exchange.raw = compact(request["params"]).encode()
                exchange.note(custom_id=request["custom_id"])
                results.append(_result(request, self._answer(exchange, request, batch, begun)))
            for share in begun:
                self._service.cache.publish(share)
        return results

    def _answer(self, exchange: Exchange, request: Json, batch: Batch, begun: list[Share]) -> Json:
        """Return the result of one request; only one that succeeded is billed."""
        try:
            spec = check_create(request["params"], batched=True)
            turn = self._service.answer(
                exchange, read_request(request["params"], spec, batch.workspace), "batch"
            )
        except ApiError as error:
            exchange.end(error.status)
            return {"type": "errored", "error": error.body(exchange.request_id)}
        if turn.fault and turn.fault.kind in CONNECTION_FAULTS:
            exchange.note(cost_usd=Decimal(0))
            exchange.end(None)
            return {"type": "expired"}
        begun.append(turn.share)
        exchange.end(200)
        return {"type": "succeeded", "message": turn.answer.message}

    def _view(self, batch: Batch, url: str) -> Json:
        ended = batch.results is not None
        status = "ended" if ended else "canceling" if batch.cancelled_s is not None else "in_progress"
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": _counts(batch),
            "created_at": _rfc3339(batch.created_s),
            "expires_at": _rfc3339(batch.created_s + EXPIRES_AFTER_S),
            "cancel_initiated_at": _rfc3339(batch.cancelled_s),
            "ended_at": _rfc3339(batch.ended_s),
            "archived_at": None,
            "results_url": f"{url}{ROUTE}/{batch.id}/results" if ended else None,
        }


def _check(requests: object) -> None:
    if not isinstance(requests, list) or not 0 < len(requests) <= MAX_REQUESTS:
        raise BadRequest(f"requests: Input should be a list of 1 to {MAX_REQUESTS} requests")
    seen = set()
    for index, request in enumerate(requests):
        custom_id = request.get("custom_id") if isinstance(request, dict) else None
        if not isinstance(custom_id, str) or not _CUSTOM_ID.fullmatch(custom_id):
            raise BadRequest(
                f"requests.{index}.custom_id: String should match pattern {_CUSTOM_ID.pattern!r}"
            )
        if custom_id in seen:
            raise BadRequest(f"requests.{index}.custom_id: {custom_id!r} is not unique")
        if not isinstance(request.get("params"), dict):
            raise BadRequest(f"requests.{index}.params: Input should be an object")
        seen.add(custom_id)


def _result(request: Json, result: Json) -> Json:
    return {"custom_id": request["custom_id"], "result": result}


def _counts(batch: Batch) -> Json:
    """Only `processing` counts before the end."""
    kinds = ("succeeded", "errored", "canceled", "expired")
    if batch.results is None:
        return {**dict.fromkeys(kinds, 0), "processing": len(batch.requests)}
    tally = Counter(result["result"]["type"] for result in batch.results)
    return {**{kind: tally[kind] for kind in kinds}, "processing": 0}


def _rfc3339(moment_s: float | None) -> str | None:
    return None if moment_s is None else datetime.fromtimestamp(moment_s, timezone.utc).isoformat()
