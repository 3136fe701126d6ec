"""What is read of a finished JSON report before it is posted: bounded and checked: another job wrote it."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_bounded
from chargehand.core.finding import BY_CHECK, Confidence, Severity
from chargehand.core.identity import line_digest
from chargehand.core.inline import REVIEW_NAME
from chargehand.reports.for_comments import Side

LARGEST_BYTES = 64 * 1024 * 1024
_LONGEST_PLACE = 200
_NOT_POSTED = "Nothing was posted"

Print = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Digests = Annotated[str, Field(pattern=r"^([0-9a-f]{8})*$")]
Number = Annotated[int, Field(ge=1)]
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
LensName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class _Stored(BaseModel):
    """Part of a report; what is not needed is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Tool(_Stored):
    name: Literal["chargehand"]
    version: str = ""


class StoredChange(_Stored):
    source: str = ""
    base: str | None = None
    head: Commit | None = None
    page: str | None = None


class StoredRules(_Stored):
    branch: str | None = None


class StoredVerdict(_Stored):
    """What the gate said; `failing` and `blocking` tell what it says without a finding that is waived."""

    status: Literal["passed", "blocked", "incomplete", "over_budget", "error"]
    complete: bool
    reasons: tuple[str, ...]
    failing: tuple[Literal["blocked", "incomplete", "over_budget"], ...] = ()
    blocking: tuple[Print, ...] = ()


class StoredUnasked(_Stored):
    reason: str
    pending: bool


class StoredSpot(_Stored):
    path: str
    line: int | None


class StoredFinding(_Stored):
    """One finding, with the names of the JSON report."""

    fingerprint: Print
    fingerprint_v2: Print | Literal[""] = ""
    rule: str
    lens: LensName
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    path: str
    start_line: Number | None
    end_line: Number | None
    anchor: Literal["line", "file", "summary"]
    old_line: Number | None = None
    quote: str = ""
    note: str = ""
    is_approximate: bool = False
    suggestion: str = ""
    suggestion_start_line: Number | None = None
    suggestion_end_line: Number | None = None
    model: str
    state: Literal["new", "existing", "late"]
    suppression: str | None = None
    suppressed_in: Literal["code", "configuration", "request"] | None = None
    also_at: tuple[StoredSpot, ...] = ()

    @property
    def is_fact(self) -> bool:
        """Tell whether a free check found it."""
        return self.model.startswith(BY_CHECK)

    @property
    def prints(self) -> tuple[str, ...]:
        """Both fingerprints, as far as there are two."""
        return tuple(filter(None, (self.fingerprint, self.fingerprint_v2)))


class StoredReading(_Stored):
    path: str
    lens: str
    outcome: Literal["reviewed", "failed", "refused", "skipped"]


class StoredFile(_Stored):
    path: str
    reason: str = ""


class StoredLines(_Stored):
    """The lines of a file that the diff shows: eight hex digits for each."""

    path: str
    added: Digests
    kept: Digests
    removed: Digests

    def has(self, digest: str, side: Side) -> bool:
        """Tell whether the diff shows a line of this text on that side."""
        return digest in self._digests[side]

    @cached_property
    def _digests(self) -> dict[Side, frozenset[str]]:
        sides: dict[Side, str] = {"added": self.added, "kept": self.kept, "removed": self.removed}
        return {
            side: frozenset(text[start : start + 8] for start in range(0, len(text), 8))
            for side, text in sides.items()
        }


class StoredPlace(_Stored):
    """The numbers that a finding's lines had before the change."""

    fingerprint: Print
    old_path: str
    old_start_line: Number | None = None
    old_end_line: Number | None = None
    old_suggestion_start_line: Number | None = None
    old_suggestion_end_line: Number | None = None
    has_carriage_returns: bool = False


class StoredComments(_Stored):
    severity: Severity
    confidence: Confidence
    most: Annotated[int, Field(ge=0)]
    name: Annotated[str, Field(pattern=REVIEW_NAME)] = ""
    lines: tuple[StoredLines, ...] = ()
    places: tuple[StoredPlace, ...] = ()

    def lines_of(self, path: str) -> StoredLines | None:
        """Return the lines of a file, None if the diff shows none of it."""
        return self._lines.get(path)

    def lines_by_digest(self, digest: str) -> StoredLines | None:
        """Return the lines of the file whose path has this digest, None if there is none."""
        return self._lines_by_digest.get(digest)

    def place_of(self, fingerprint: str) -> StoredPlace | None:
        """Return the place of a finding, None if it has none."""
        return self._places.get(fingerprint)

    @cached_property
    def _lines(self) -> dict[str, StoredLines]:
        return {each.path: each for each in self.lines}

    @cached_property
    def _lines_by_digest(self) -> dict[str, StoredLines]:
        return {line_digest(each.path): each for each in self.lines}

    @cached_property
    def _places(self) -> dict[str, StoredPlace]:
        return {each.fingerprint: each for each in self.places}


class StoredCounterfactuals(_Stored):
    single_pass_usd: str | None = None


class StoredBill(_Stored):
    total_usd: str | None = None
    counterfactuals: StoredCounterfactuals = StoredCounterfactuals()


class Report(_Stored):
    """A finished report of ours."""

    schema_version: Literal[1]
    tool: Tool
    mode: Literal["live", "batch", "replayed", "scripted", "offline"]
    unasked: StoredUnasked | None = None
    change: StoredChange
    verdict: StoredVerdict
    rules: StoredRules = StoredRules()
    summary: str = ""
    findings: tuple[StoredFinding, ...]
    coverage: tuple[StoredReading, ...] = ()
    skipped_files: tuple[StoredFile, ...] = ()
    gaps: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    bill: StoredBill
    comments: StoredComments

    @property
    def target(self) -> str:
        """The branch for which a request was reviewed, empty if no request's event told it."""
        is_of_request = self.change.source in ("pull_request", "merge_request")
        return (self.rules.branch or "") if is_of_request else ""

    @property
    def has_model(self) -> bool:
        """Tell whether models looked, now or when their answers were recorded."""
        return self.mode in ("live", "batch", "replayed")


def read_report(path: Path) -> Report:
    """Return the report in a file; raise InputError if it cannot be read, or is not our JSON report."""
    try:
        content = read_bounded(path, LARGEST_BYTES)
    except OSError as error:
        raise InputError(
            f"{_NOT_POSTED}: {one_line(str(path))} cannot be read ({error.strerror}). "
            "Give the file that `chargehand review --json FILE` wrote."
        ) from error
    return report_of(content, one_line(str(path)))


def report_of(content: bytes, name: str) -> Report:
    """Return the report that `content` holds; raise InputError with the reason if it is none."""
    try:
        return Report.model_validate_json(content)
    except ValidationError as error:
        raise InputError(
            f"{_NOT_POSTED}: {name} is no JSON report of this version ({_reason(error)}). "
            "Give the file that `chargehand review --json FILE` wrote, whole."
        ) from None


def _reason(error: ValidationError) -> str:
    """Return what is wrong without a word of the content."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return "it is not JSON"
    return f"{one_line('.'.join(map(str, first['loc'])))[:_LONGEST_PLACE]}: {first['msg']}"
