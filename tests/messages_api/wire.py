"""Decides how JSON and errors look on the wire."""

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]  # Any: a JSON object off the wire, whose shape validation.py checks

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    411: "invalid_request_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


class ApiError(Exception):
    """An answer that is an error. `error_code` is the stable code that the SDK picks its class by."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        error_code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error_code = error_code
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> Json:
        """Return the JSON that goes out."""
        error: Json = {"type": _KINDS[self.status], "message": self.message}
        if self.error_code:
            error["details"] = {"error_code": self.error_code}
        return {"type": "error", "error": error, "request_id": request_id}


class BadRequest(ApiError):
    """A request that the API refuses with 400."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


def parse(raw: bytes) -> Json:
    """Return the JSON object in `raw`; anything else, NaN and lone surrogates are a `BadRequest`."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        if b"\\ud" in raw.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The request body is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadRequest("The request body is not a JSON object")
    return value


def compact(value: object) -> str:
    """Return the shortest JSON of `value`, its keys in the order in which they came."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
