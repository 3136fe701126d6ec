"""What a fleet said of a change, as the JSON report of its review tells."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.finding import BY_CHECK, Severity
from chargehand.core.value import Value
from chargehand.parity.sample.case import Case
from chargehand.parity.trial.folder import Folder, Slot


class Spot(Value):
    """Lines where something was said; None: the file as a whole."""

    file: str
    start_line: int | None
    end_line: int | None


class Said(Value):
    """One finding: where it was made, through which lenses, and in which words.

    Its first spot is its own, the others are those of what it took in.
    """

    id: str
    spots: tuple[Spot, ...]
    lenses: tuple[str, ...]
    severity: Severity
    title: str
    message: str
    code: str
    is_fact: bool

    @property
    def words(self) -> str:
        """All that it says, in small letters."""
        return f"{self.title}\n{self.message}".lower()


class Spoken(Value):
    """One review: what was said, whether every part was read, and what it cost; None: no price is known."""

    case: str
    fleet: int
    repeat: int
    said: tuple[Said, ...]
    is_complete: bool
    cost_usd: Decimal | None
    lens_usd: dict[str, Decimal | None]


def read_spoken(folder: Folder, cases: Sequence[Case]) -> tuple[tuple[Spoken, ...], Decimal]:
    """Return the reviews that count, and what all of them cost, those that were done again too.

    Of reviews that were never complete, the last one counts. Raises InputError for a report that is none.
    """
    counting: dict[Slot, Spoken] = {}
    spent = Decimal(0)
    for slot, is_complete, content in folder.reports(cases):
        spoken = _spoken(slot, content, is_complete=is_complete)
        spent += spoken.cost_usd or Decimal(0)
        if is_complete or slot not in counting or not counting[slot].is_complete:
            counting[slot] = spoken
    return tuple(counting[slot] for slot in sorted(counting)), spent


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", defer_build=True)


class _Merged(_Stored):
    lens: str
    title: str
    message: str
    path: str
    line: int | None


class _Finding(_Stored):
    fingerprint: str
    lens: str
    severity: Severity
    title: str
    message: str
    code: str
    path: str
    start_line: int | None
    end_line: int | None
    model: str
    merged: tuple[_Merged, ...]


class _Bill(_Stored):
    total_usd: Annotated[Decimal, Field(ge=0)] | None
    by_lens: dict[str, Annotated[Decimal, Field(ge=0)] | None]


class _Report(_Stored):
    findings: tuple[_Finding, ...]
    bill: _Bill


def _spoken(slot: Slot, content: bytes, *, is_complete: bool) -> Spoken:
    try:
        report = _Report.model_validate_json(content)
    except ValidationError as error:
        raise InputError(
            f"Nothing was scored: the report {slot.name}.json is none of this version. Remove it, and "
            "`chargehand parity run` makes it anew."
        ) from error
    return Spoken(
        case=slot.case,
        fleet=slot.fleet,
        repeat=slot.repeat,
        said=tuple(map(_said, report.findings)),
        is_complete=is_complete,
        cost_usd=report.bill.total_usd,
        lens_usd=report.bill.by_lens,
    )


def _said(finding: _Finding) -> Said:
    own = Spot(file=finding.path, start_line=finding.start_line, end_line=finding.end_line)
    others = [
        Spot(file=each.path, start_line=each.line, end_line=each.line) for each in finding.merged if each.path
    ]
    messages = [finding.message, *(f"{each.title}\n{each.message}" for each in finding.merged)]
    return Said(
        id=finding.fingerprint,
        spots=(own, *others),
        lenses=tuple(dict.fromkeys((finding.lens, *(each.lens for each in finding.merged)))),
        severity=finding.severity,
        title=finding.title,
        message="\n".join(messages),
        code=finding.code,
        is_fact=finding.model.startswith(BY_CHECK),
    )
