"""What a server says of a batch and of each request in it, read with nothing taken for granted."""

import json
from collections.abc import Callable, Iterator, Mapping

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.value import Value
from chargehand.llm.provider.response import reply_of

# The errors of the API by their type; whatever else there is counts as the server's own fault.
FAILURES = {
    "invalid_request_error": Failure.REJECTED,
    "not_found_error": Failure.REJECTED,
    "request_too_large": Failure.REJECTED,
    "rate_limit_error": Failure.RATE_LIMITED,
    "overloaded_error": Failure.OVERLOADED,
    "timeout_error": Failure.TIMEOUT,
}
_NOT_REACHED = {"expired": "it expired in the batch", "canceled": "the batch was cancelled before it"}


class BatchProgress(Value):
    """How far a batch is; `left` requests are still to be worked off."""

    id: str
    is_ended: bool
    left: int
    has_results: bool


class _Counts(BaseModel):
    processing: NonNegativeInt = 0


class _Batch(BaseModel):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")  # it becomes a part of addresses
    processing_status: str
    request_counts: _Counts = _Counts()
    results_url: str | None = None


class _Error(BaseModel):
    type: str = ""
    message: str = ""


class _ErrorResponse(BaseModel):
    error: _Error = _Error()


class _Result(BaseModel):
    type: str
    message: object = None
    error: object = None


class _Line(BaseModel):
    custom_id: str
    result: _Result


def progress_of(body: bytes) -> BatchProgress:
    """Return how far the batch in `body` is; NoAnswer(INVALID) if it is none."""
    try:
        batch = _Batch.model_validate_json(body)
    except ValidationError:
        raise NoAnswer(
            Failure.INVALID, "the server answered with something that is not a batch", may_be_charged=True
        ) from None
    return BatchProgress(
        id=batch.id,
        is_ended=batch.processing_status == "ended",
        left=batch.request_counts.processing,
        has_results=batch.results_url is not None,
    )


def results_of(
    body: bytes, asked: Mapping[str, Prompt], batch_id: str, shown: Callable[[str, Prompt], str]
) -> dict[str, Reply | NoAnswer]:
    """Return how the requests of a batch ended, by custom id; those that were not `asked` are passed over.

    `shown` returns what of a provider's words about a prompt may be shown. Raises NoAnswer(INVALID) if
    a line is no result: nothing is known of the rest then.
    """
    return {
        line.custom_id: _end(line, asked[line.custom_id], batch_id, shown)
        for line in _lines(body)
        if line.custom_id in asked
    }


def _lines(body: bytes) -> Iterator[_Line]:
    for line in body.split(b"\n"):
        if not line.strip():
            continue
        try:
            yield _Line.model_validate_json(line)
        except ValidationError:  # not `from error`: that quotes the line, which holds the model's text
            raise NoAnswer(
                Failure.INVALID, "the server answered with something that is not a result of a batch"
            ) from None


def _end(line: _Line, prompt: Prompt, batch_id: str, shown: Callable[[str, Prompt], str]) -> Reply | NoAnswer:
    result = line.result
    if result.type == "succeeded":
        try:
            return reply_of(
                json.dumps(result.message).encode(),
                asked=prompt.model,
                request_id=f"{batch_id}/{line.custom_id}",
                seconds=0.0,
            )
        except NoAnswer as error:
            return error
    if why := _NOT_REACHED.get(result.type):
        return NoAnswer(Failure.TIMEOUT, why)
    if result.type == "errored":
        return _error(result.error, prompt, shown)
    # A kind that this version does not know: it may be billed.
    return NoAnswer(
        Failure.INVALID, "it ended in the batch in a way that chargehand does not know", may_be_charged=True
    )


def _error(raw: object, prompt: Prompt, shown: Callable[[str, Prompt], str]) -> NoAnswer:
    try:
        error = _ErrorResponse.model_validate(raw).error
    except ValidationError:
        error = _Error()
    words = shown(error.message, prompt)
    failure = FAILURES.get(error.type, Failure.SERVER_ERROR)
    return NoAnswer(failure, "the batch answered with an error" + (f": {words}" if words else ""))
