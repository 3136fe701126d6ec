"""What counts as an answer: the shapes, terse because every output token is paid for."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ValidationError, model_validator
from pydantic_core import from_json

from chargehand.core.finding import Confidence, Severity


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
    """One claim of a worker, as `core.finding` has it; `file` is the file's number in the chunk.

    Few suggestions replace other lines than the quoted one, so `replaces` may be left out.
    """

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
    replaces: str = ""


class WorkerAnswer(BaseModel):
    """A worker's answer; no claims means that it looked and found nothing."""

    claims: list[ClaimAnswer]


class Ruling(BaseModel):
    """What the judge changes about one claim, by number.

    `into` counts for `merge`, `severity` for `regrade`, which must name one; else they may be left out.
    """

    claim: int
    action: Annotated[Literal["merge", "regrade", "dismiss"], BeforeValidator(_lower)]
    into: int = 0
    severity: AnySeverity = Severity.LOW
    reason: str

    @model_validator(mode="after")
    def _names_its_grade(self) -> "Ruling":
        if self.action == "regrade" and "severity" not in self.model_fields_set:
            raise ValueError("a regrade names no severity")
        return self

    def numbered(self, *, claim: int, into: int) -> "Ruling":
        """Return the ruling under other numbers."""
        return Ruling(claim=claim, action=self.action, into=into, severity=self.severity, reason=self.reason)


class JudgeAnswer(BaseModel):
    """The orchestrator's answer to the judge prompt; claims that it does not name are kept as they are."""

    summary: str
    rulings: list[Ruling]


def said_before_the_cut(text: str) -> JudgeAnswer:
    """Return what is whole of a judge's answer that was cut off: the summary, if it is, and rulings."""
    try:
        said = from_json(text, allow_partial=True) if text.strip() else {}
    except ValueError:  # no JSON, even as far as it goes
        said = {}
    said = said if isinstance(said, dict) else {}
    summary, rulings = said.get("summary"), said.get("rulings")
    whole = map(_ruling, rulings if isinstance(rulings, list) else ())
    return JudgeAnswer(
        summary=summary if isinstance(summary, str) else "", rulings=[each for each in whole if each]
    )


def _ruling(said: object) -> Ruling | None:
    try:
        return Ruling.model_validate(said)
    except ValidationError:
        return None
