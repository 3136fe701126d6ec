"""How recorded and scripted replies are written down: JSON Lines, a header and then one attempt a line."""

import json
from typing import Literal, TypeVar

from pydantic import ValidationError, model_validator

from chargehand.core.errors import Failure, ModelError, NoAnswer, ProviderStopped, ReplayError
from chargehand.core.escaping import one_line
from chargehand.core.prompt import Reply
from chargehand.core.usage import Role, Usage
from chargehand.core.value import Value

Kind = Literal["recorded", "scripted"]
LineT = TypeVar("LineT", bound=Value)


class Header(Value):
    """The first line; `chargehand_recording` is the version of the format.

    `marker_key` made the tags of the markers in the prompts, "" if they had none.
    """

    chargehand_recording: Literal[1]
    kind: Kind
    marker_key: str = ""


class RecordedReply(Value):
    """A reply; a script may give `answer`, an object, for its text, and leave out what is usual."""

    text: str = ""
    answer: dict[str, object] | None = None
    stop_reason: str | None = "end_turn"
    refusal: str | None = None
    model: str | None = None
    usage: Usage | None = None
    is_charged: bool = True
    request_id: str | None = None
    seconds: float = 0.0


class RecordedFailure(Value):
    """An attempt that ended without a reply."""

    failure: Failure
    detail: str
    retry_after_s: float | None = None
    may_be_charged: bool = False
    request_id: str | None = None


class Entry(Value):
    """One attempt: exactly one of `reply`, `failure` and `stopped`, the words of a ProviderStopped.

    `prompt` is the hash of what was asked; scripts answer any prompt and have none.
    """

    role: Role
    task: str
    model: str
    prompt: str | None = None
    reply: RecordedReply | None = None
    failure: RecordedFailure | None = None
    stopped: str | None = None

    @model_validator(mode="after")
    def _has_one_end(self) -> "Entry":
        if [self.reply, self.failure, self.stopped].count(None) != 2:
            raise ValueError("exactly one of reply, failure and stopped is needed")
        return self


class Recording(Value):
    """A whole file."""

    header: Header
    entries: tuple[Entry, ...]


def end_of(met: Reply | ModelError) -> dict[str, object]:
    """Return the fields of an `Entry` that say how an attempt ended."""
    match met:
        case Reply():
            return {"reply": RecordedReply(**met.model_dump(exclude={"usage"}), usage=met.usage)}
        case NoAnswer():
            return {
                "failure": RecordedFailure(
                    failure=met.failure,
                    detail=met.detail,
                    retry_after_s=met.retry_after_s,
                    may_be_charged=met.may_be_charged,
                    request_id=met.request_id,
                )
            }
        case _:
            return {"stopped": str(met)}


def play(entry: Entry) -> Reply:
    """Return the reply of `entry`, or raise the error that the attempt met."""
    if recorded := entry.reply:
        text = recorded.text if recorded.answer is None else json.dumps(recorded.answer, ensure_ascii=False)
        fields = recorded.model_dump(exclude={"answer", "text", "model", "usage"})
        return Reply(text=text, model=recorded.model or entry.model, usage=recorded.usage, **fields)
    if met := entry.failure:
        raise NoAnswer(
            met.failure,
            met.detail,
            retry_after_s=met.retry_after_s,
            may_be_charged=met.may_be_charged,
            request_id=met.request_id,
        )
    raise ProviderStopped(entry.stopped)


def write_recording(recording: Recording) -> str:
    """Return the text of a file."""
    lines = [recording.header.model_dump_json(exclude_defaults=True)]
    lines += [each.model_dump_json(exclude_unset=True) for each in recording.entries]
    return "".join(f"{line}\n" for line in lines)


def read_recording(text: str, source: str) -> Recording:
    """Return what the file `source` holds; raise ReplayError, with the line, if it is no recording."""
    # Not splitlines: replies may hold U+2028 and its like.
    _, *others = text.removesuffix("\n").split("\n")
    header = read_header(text, source)
    entries = [_parse(Entry, line, f"{source}, line {number}") for number, line in enumerate(others, 2)]
    return Recording(header=header, entries=tuple(entries))


def read_header(text: str, source: str) -> Header:
    """Return the first line of the file `source`; raise ReplayError if it is no recording."""
    return _parse(Header, text.partition("\n")[0], f"{source}, line 1")


def _parse(shape: type[LineT], line: str, place: str) -> LineT:
    try:
        return shape.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = one_line(".".join(map(str, first["loc"])))
        raise ReplayError(
            f"Nothing was reviewed: {place} is not as chargehand records it ({field + ': ' if field else ''}"
            f"{first['msg']}). Make a new recording with --record."
        ) from None
