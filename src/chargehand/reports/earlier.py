"""What a stored report of ours found, JSON or SARIF: the baseline of a later review."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.baseline import Baseline, Earlier
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line, printable
from chargehand.core.sarif import Location, Text, path_in
from chargehand.core.verdict import Status
from chargehand.reports.notifications import MODES_WITH_MODELS

# What an upload of SARIF may hold, twice.
MOST_FINDINGS = 50_000
_SHOWN, _LONGEST_PLACE = 12, 200


def baseline_of(content: bytes, name: str) -> Baseline:
    """Return what a report found; raise InputError with the reason if it is no report of ours.

    Fields that a later release added are passed over.
    """
    try:
        shape: type[_Report | _Sarif] = _Sarif if _Shape.model_validate_json(content).runs else _Report
        stored = shape.model_validate_json(content)
    except ValidationError as error:
        raise InputError(_reason(error)) from None
    findings = tuple(stored.earlier())
    if len(findings) > MOST_FINDINGS:
        raise InputError(f"it holds more than {MOST_FINDINGS:,} findings")
    head = one_line(stored.head)[:_SHOWN]
    return Baseline(
        name=name,
        head=head,
        findings=findings,
        is_partial=stored.is_partial,
        has_models=stored.mode in MODES_WITH_MODELS,
    )


def _reason(error: ValidationError) -> str:
    """Return what is wrong without a word of the content."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return "it is not JSON"
    place = one_line(".".join(map(str, first["loc"])))[:_LONGEST_PLACE]
    if place.startswith("verdict") or "exitCode" in place:
        return "it reports an error, after which nothing was reviewed"
    return f"it is no report of chargehand, JSON or SARIF: {place or 'the whole'}: {first['msg']}"


class _Stored(BaseModel):
    """Part of a report; what it does not need is passed over."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


_Print = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Shape(_Stored):
    runs: object = None


class _Tool(_Stored):
    name: Literal["chargehand"]


class _Change(_Stored):
    head: str | None = None


class _Verdict(_Stored):
    # An error report reviewed nothing, so that it is no baseline.
    status: Literal["passed", "blocked", "incomplete", "over_budget"]


class _Finding(_Stored):
    fingerprint: _Print
    fingerprint_v2: _Print | Literal[""] = ""
    rule: str
    lens: str = ""
    severity: str = ""
    title: str = ""
    message: str = ""
    path: str
    line: int | None = None
    quote: str = ""
    model: str = ""


class _Report(_Stored):
    schema_version: Literal[1]
    tool: _Tool
    mode: str = ""
    change: _Change
    verdict: _Verdict
    findings: tuple[_Finding, ...]

    @property
    def head(self) -> str:
        return self.change.head or ""

    @property
    def is_partial(self) -> bool:
        return self.verdict.status in (Status.INCOMPLETE.value, Status.OVER_BUDGET.value)

    def earlier(self) -> Iterator[Earlier]:
        return (Earlier(**dict(each)) for each in self.findings)


class _Prints(_Stored):
    first: Annotated[_Print, Field(alias="chargehand/finding/v1")]
    second: Annotated[_Print | Literal[""], Field(alias="chargehand/finding/v2")] = ""


class _Properties(_Stored):
    severity: str = ""
    lens: str = ""
    model: str = ""


class _Result(_Stored):
    rule: Annotated[str, Field(alias="ruleId")]
    message: Text
    locations: tuple[Location, ...] = ()
    prints: Annotated[_Prints, Field(alias="partialFingerprints")]
    properties: _Properties = _Properties()

    def earlier(self) -> Earlier:
        place = (self.locations or (Location(),))[0].physical
        title, _, rest = self.message.text.partition("\n\n")
        is_one_line = place.region.start_line == place.region.end_line
        return Earlier(
            fingerprint=self.prints.first,
            fingerprint_v2=self.prints.second,
            rule=self.rule,
            lens=self.properties.lens,
            severity=self.properties.severity,
            title=title,
            message=rest.partition("\n\n")[0],
            path=printable(path_in(place.artifact.uri)),
            line=place.region.start_line,
            quote=place.region.snippet.text if is_one_line else "",
            model=self.properties.model,
        )


class _Driver(_Stored):
    driver: _Tool


class _Invocation(_Stored):
    is_successful: Annotated[bool, Field(alias="executionSuccessful")] = True
    exit_code: Annotated[Literal[0, 1, 3, 4, 130], Field(alias="exitCode")] = 0  # with 2 nothing was reviewed


class _RunProperties(_Stored):
    head: Annotated[str, Field(alias="headCommit")] = ""
    mode: str = ""


class _Run(_Stored):
    tool: _Driver
    invocations: tuple[_Invocation, ...] = ()
    properties: _RunProperties = _RunProperties()
    results: tuple[_Result, ...] = ()


class _Sarif(_Stored):
    version: Literal["2.1.0"]
    runs: Annotated[tuple[_Run, ...], Field(min_length=1)]

    @property
    def head(self) -> str:
        return self.runs[0].properties.head

    @property
    def mode(self) -> str:
        return self.runs[0].properties.mode

    @property
    def is_partial(self) -> bool:
        return not all(each.is_successful for run in self.runs for each in run.invocations)

    def earlier(self) -> Iterator[Earlier]:
        return (each.earlier() for run in self.runs for each in run.results)
