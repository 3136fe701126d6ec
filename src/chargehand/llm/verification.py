"""Whether a reply is an answer: of the shape that was asked for, and whole."""

from pydantic import BaseModel, ValidationError

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.escaping import one_line
from chargehand.core.prompt import Prompt, Reply

# The provider's stop reasons; what is in neither set is not known to be the end of an answer.
_FINISHED = frozenset({"end_turn", "stop_sequence"})
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})
_DETAIL_CHARS = 200


def verify(prompt: Prompt, reply: Reply) -> Reply:
    """Return `reply` with its answer to `prompt`; raise the NoAnswer that says what it is instead."""
    if reply.stop_reason == "refusal":
        why = f"the model declined ({_short(reply.refusal or 'no reason given')})"
        raise NoAnswer(Failure.REFUSED, why, may_be_charged=reply.is_charged)
    if reply.stop_reason in _CUT:
        raise NoAnswer(Failure.TRUNCATED, f"the answer was cut off ({reply.stop_reason})")
    if reply.stop_reason not in _FINISHED:
        raise NoAnswer(Failure.UNKNOWN_STOP, f"unknown stop reason {_short(str(reply.stop_reason))}")
    if not reply.text.strip():
        raise NoAnswer(Failure.EMPTY, "the answer has no text")
    return reply.evolve(answer=_read(reply.text, prompt.answer))


def _read(text: str, answer: type[BaseModel]) -> BaseModel:
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
