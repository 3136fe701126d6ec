"""What a stored JSON report says about money: a run and its calls."""

import re
from datetime import datetime, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.money import usd_exact
from chargehand.core.review import Mode
from chargehand.core.shape import read
from chargehand.core.usage import REUSED, Call, Role
from chargehand.core.value import Value

_MAX_NAME = 200


class Tried(Value):
    """A planted defect: the lens that should see it, and whether the worker did; None: it did not answer."""

    lens: str
    noticed: bool | None
    cost_usd: Decimal | None


class Noted(Value):
    """A finding of which one asks what became; `suppressed_in` is where it was accepted, None if not."""

    fingerprint: str
    rule: str
    suppressed_in: Literal["code", "configuration", "request"] | None


class Run(Value):
    """One review as its report tells it.

    `source` is where the report was read, `started_at` in UTC, `lines` the added and removed lines of the
    reviewed files. `calls` were made; `reused_calls` were not, since an earlier run had their answers. The
    three amounts before `subject` are None if the report does not know them, and in a run that did not do all
    of its work: what was left out is no saving, and no estimate was wrong about it. `subject` is the request
    or the branch, `head` the commit; `is_whole`: all of the change was read, so what is not found is gone.
    """

    source: str
    mode: Mode
    repository: str | None
    started_at: datetime
    lines: int
    calls: tuple[Call, ...]
    reused_calls: int
    prices_from: str
    single_pass_usd: Decimal | None
    all_orchestrator_usd: Decimal | None
    estimate_usd: Decimal | None
    subject: str | None = None
    head: str | None = None
    is_whole: bool = False
    probes: tuple[Tried, ...] = ()
    findings: tuple[Noted, ...] = ()

    @property
    def is_spent(self) -> bool:
        """Tell whether models were asked, one by one or in a batch, so that money was spent."""
        return self.mode in ("live", "batch")

    @property
    def is_priced(self) -> bool:
        """Tell whether the cost of every call is known."""
        return all(call.cost_usd is not None for call in self.calls)

    @property
    def cost_usd(self) -> Decimal:
        """What the calls with a known price cost: all of it if `is_priced`, else a lower bound."""
        return sum((call.cost_usd or Decimal(0) for call in self.calls), Decimal(0))


def run_of(content: bytes, source: str) -> Run:
    """Return the run that `content` reports; raise InputError with the reason if it is no such report.

    Fields that a later release added are passed over. A report whose bill is not the sum of its calls is
    refused.
    """
    try:
        stored = _Report.model_validate_json(content)
    except ValidationError as error:
        raise InputError(_reason(error)) from None
    run = stored.run(source)
    if stored.bill.total_usd not in (run.cost_usd, None):
        billed, added_up = usd_exact(stored.bill.total_usd), usd_exact(run.cost_usd)
        raise InputError(f"its bill says {billed}, its calls add up to {added_up}")
    return run


def _amount(text: object) -> Decimal:
    # A Decimal takes an exponent as well, and prints a billion zeros for it.
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,40})?", text):
        raise ValueError("should be an amount in US dollars, in a string")
    return Decimal(text)


def _name(text: str) -> str:
    return one_line(text)[:_MAX_NAME]


def _in_utc(when: datetime) -> datetime:
    if not 2000 < when.year < 2200:  # the page has a column for each week
        raise ValueError("should be the time of a review")
    return when.replace(tzinfo=timezone.utc) if when.tzinfo is None else when.astimezone(timezone.utc)


class _Stored(BaseModel):
    """Part of a report; what it does not need is passed over."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


_Money = Annotated[Decimal, BeforeValidator(_amount)]
_Count = Annotated[int, Field(ge=0, le=10**12, strict=True)]
_Name = Annotated[str, AfterValidator(_name)]


class _Usage(_Stored):
    input_tokens: _Count
    cache_write_5m_tokens: _Count
    cache_write_1h_tokens: _Count
    cache_read_tokens: _Count
    output_tokens: _Count
    thinking_tokens: _Count
    service_tier: _Name | None
    inference_geo: _Name | None
    speed: _Name | None


class _Call(_Stored):
    role: Role
    task: _Name
    lens: _Name | None
    model: _Name
    attempt: _Count
    outcome: _Name
    usage: _Usage | None
    cost_usd: _Money | None
    is_assumed: bool
    seconds: float
    request_id: _Name | None
    served_by: _Name | None = None


class _File(_Stored):
    path: str
    added: _Count
    removed: _Count


class _Change(_Stored):
    repository: _Name | None = None
    branch: _Name | None = None
    head: _Name | None = None
    files: tuple[_File, ...]


class _SkippedFile(_Stored):
    path: str


class _Counterfactuals(_Stored):
    single_pass_usd: _Money | None
    all_orchestrator_usd: _Money | None


class _Request(_Stored):
    subject: _Name | None = None


class _Probe(_Stored):
    lens: _Name
    noticed: bool | None
    cost_usd: _Money | None


class _Finding(_Stored):
    fingerprint: _Name
    rule: _Name
    suppressed_in: Literal["code", "configuration", "request"] | None = None


class _Verdict(_Stored):
    status: _Name = ""
    complete: bool = False


class _Bill(_Stored):
    pr: _Request | None = None
    total_usd: _Money | None
    estimate_usd: _Money | None
    counterfactuals: _Counterfactuals
    prices_from: _Name


class _Timing(_Stored):
    started_at: Annotated[datetime, AfterValidator(_in_utc)]


class _Tool(_Stored):
    name: Literal["chargehand"]


class _Report(_Stored):
    schema_version: Literal[1]
    tool: _Tool
    mode: Mode
    change: _Change
    skipped_files: tuple[_SkippedFile, ...]
    bill: _Bill
    calls: tuple[_Call, ...]
    timing: _Timing
    verdict: _Verdict = _Verdict()
    probes: tuple[_Probe, ...] = ()
    findings: tuple[_Finding, ...] = ()

    def run(self, source: str) -> Run:
        """Return what counts of it."""
        unread = {file.path for file in self.skipped_files}
        instead, is_whole = self.bill.counterfactuals, self.verdict.complete
        made = [call for call in self.calls if call.outcome != REUSED]
        return Run(
            source=source,
            mode=self.mode,
            repository=self.change.repository,
            started_at=self.timing.started_at,
            lines=sum(file.added + file.removed for file in self.change.files if file.path not in unread),
            calls=tuple(read(Call, call.model_dump()) for call in made),
            reused_calls=len(self.calls) - len(made),
            prices_from=self.bill.prices_from,
            single_pass_usd=instead.single_pass_usd if is_whole else None,
            all_orchestrator_usd=instead.all_orchestrator_usd if is_whole else None,
            estimate_usd=self.bill.estimate_usd if is_whole else None,
            subject=(self.bill.pr and self.bill.pr.subject) or self.change.branch,
            head=self.change.head,
            is_whole=self.verdict.complete and self.verdict.status != "incomplete",
            probes=tuple(Tried(**each.model_dump()) for each in self.probes),
            findings=tuple(Noted(**each.model_dump()) for each in self.findings),
        )


def _reason(error: ValidationError) -> str:
    """Return what is wrong without a word of the content."""
    first: dict[str, Any] = dict(error.errors(include_url=False, include_input=False)[0])  # Any: pydantic's
    if first["type"] == "json_invalid":
        return "it is not JSON"
    place = one_line(".".join(map(str, first["loc"])))[:_MAX_NAME]
    if not place or place.startswith(("schema_version", "tool")):
        return "it is not a JSON report of chargehand, version 1"
    return f"it is not a complete JSON report of chargehand: {place}: {first['msg']}"
