"""What counts as an answer: the shapes, terse because every output token is paid for."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from chargehand.errors import Failure, NoAnswer
from chargehand.finding import Confidence, Severity
from chargehand.llm.model import Prompt, Reply
from chargehand.untrusted import one_line

AnswerT = TypeVar("AnswerT", bound=BaseModel)

# The provider's stop reasons; what is in neither set is not known to be the end of an answer.
_FINISHED = frozenset({"end_turn", "stop_sequence"})
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})
_DETAIL_CHARS = 200


def verify(prompt: Prompt, reply: Reply) -> None:
    """Return if `reply` answers `prompt`; raise the NoAnswer that says what it is instead."""
    if reply.stop_reason == "refusal":
        raise NoAnswer(Failure.REFUSED, f"the model declined ({_short(reply.refusal or 'no reason given')})")
    if reply.stop_reason in _CUT:
        raise NoAnswer(Failure.TRUNCATED, f"the answer was cut off ({reply.stop_reason})")
    if reply.stop_reason not in _FINISHED:
        raise NoAnswer(Failure.UNKNOWN_STOP, f"unknown stop reason {_short(str(reply.stop_reason))}")
    if not reply.text.strip():
        raise NoAnswer(Failure.EMPTY, "the answer holds no text")
    read(reply.text, prompt.answer)


def read(text: str, answer: type[AnswerT]) -> AnswerT:
    """Return `text` as an `answer`, or raise NoAnswer(INVALID) with what is wrong first.

    Local servers that ignore the schema wrap JSON in a Markdown fence. A text that is exactly one fence
    is taken for what it holds; nothing else is mended.
    """
    try:
        return answer.model_validate_json(_unfenced(text))
    except ValidationError as error:
        # Not `from error`: that quotes its input, the model's text.
        raise NoAnswer(Failure.INVALID, _reason(error)) from None


def _unfenced(text: str) -> str:
    lines = text.strip().split("\n")
    is_fenced = len(lines) > 2 and lines[0].rstrip() in {"```", "```json"} and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if is_fenced else text


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return _short(f"not JSON: {first['msg'].removeprefix('Invalid JSON: ')}")
    place = ".".join(map(str, first["loc"])) or "the answer"
    return _short(f"not the shape asked for: {place}: {first['msg']}")


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _DETAIL_CHARS else line[: _DETAIL_CHARS - 1] + "…"


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


# The provider's grammar does not promise the capitals of an enum.
AnySeverity = Annotated[Severity, BeforeValidator(_lower)]
AnyConfidence = Annotated[Confidence, BeforeValidator(_lower)]


class Group(BaseModel):
    """Files to be read together, by their numbers in the manifest; lenses by importance; what to look for."""

    files: list[int]
    lenses: list[str]
    focus: str


class PlanAnswer(BaseModel):
    """The orchestrator's answer to the plan prompt."""

    groups: list[Group]


class ClaimAnswer(BaseModel):
    """One claim of a worker. `file` is the file's number in the chunk; `quote` the cited line."""

    rule: str
    severity: AnySeverity
    confidence: AnyConfidence
    file: int
    line: int
    end_line: int
    quote: str
    title: str
    message: str
    suggestion: str


class WorkerAnswer(BaseModel):
    """A worker's answer; no claims means that it looked and found nothing."""

    claims: list[ClaimAnswer]


class Ruling(BaseModel):
    """What the judge changes about one claim, by number.

    `into` counts for `merge`, `severity` for `regrade`.
    """

    claim: int
    action: Annotated[Literal["merge", "regrade", "dismiss"], BeforeValidator(_lower)]
    into: int
    severity: AnySeverity
    reason: str


class JudgeAnswer(BaseModel):
    """The orchestrator's answer to the judge prompt; claims that it does not name are kept as they are."""

    summary: str
    rulings: list[Ruling]
