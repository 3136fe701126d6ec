"""The tables of the configuration: what can stand in each, and what holds if nothing does."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from chargehand.change.diff.rules import OVERRIDABLE
from chargehand.checks import CHECKS
from chargehand.config.neighbours import hint, listed, nearest
from chargehand.config.values import (
    Day,
    Grade,
    Instructions,
    LensPaths,
    Limit,
    ModelId,
    OnUnread,
    Pattern,
    Patterns,
    Reach,
    RuleId,
    Who,
    WholeNumber,
    Word,
    check_patterns,
)
from chargehand.core.diff import SkipReason
from chargehand.core.finding import Confidence, Severity
from chargehand.core.inline import MOST
from chargehand.core.value import Value
from chargehand.cost.prices import PriceOverride

_FAIL: Word = "fail"
# What git fetches from without running a helper that the address names.
_ADDRESS = r"^(|(https|ssh|file)://[!-~]+|[\w.-]+@[\w.-]+:[!-~]+)$"


class ModelSettings(Value):
    """The model of each role, if it is not the fleet's."""

    orchestrator: ModelId | None = None
    worker: ModelId | None = None
    escalation: ModelId | None = None


class LensSettings(Value):
    """A lens of the user's own, or what is changed about a built-in one."""

    enabled: bool = True
    purpose: Annotated[str, Field(max_length=200)] = ""
    instructions: Instructions = ""
    paths: LensPaths = ()
    model: ModelId | None = None


class PathSettings(Value):
    """Which files are reviewed; `review` names kinds of files that are reviewed although programs wrote them.

    `on_unread` says what a file means that could not be read, or by pattern, of which the last one decides.
    What `never_send` names is such a file: no model gets its text.
    """

    ignore: Patterns = ()
    include: Patterns = ()
    never_send: Patterns = ()
    review: tuple[SkipReason, ...] = ()
    max_changed_lines: Limit | None = None
    max_line_bytes: Limit | None = None
    on_unread: OnUnread = Field(default_factory=lambda: {"*": _FAIL})

    @field_validator("review")
    @classmethod
    def _can_be_overridden(cls, reasons: tuple[SkipReason, ...]) -> tuple[SkipReason, ...]:
        for reason in reasons:
            if reason not in OVERRIDABLE:
                allowed = ", ".join(each.value for each in OVERRIDABLE)
                raise ValueError(f'"{reason.value}" cannot be switched off; {allowed} can')
        return reasons

    def may_go_unread(self) -> tuple[str, ...]:
        """Return the patterns of files for which a gap is no failure."""
        if "warn" not in self.on_unread.values():
            return ()  # start-up time: no pattern has to be read
        return tuple(name if word == "warn" else f"!{name}" for name, word in self.on_unread.items())


class PlanSettings(Value):
    """How a change is split: up to which size without a plan call, into requests and tasks of which size."""

    small_change_files: Annotated[WholeNumber, Field(ge=0)] = 50
    small_change_lines: Annotated[WholeNumber, Field(ge=0)] = 1_500
    chunk_tokens: Annotated[WholeNumber, Field(ge=1_000)] = 24_000
    focus_lines: Annotated[WholeNumber, Field(ge=10)] = 150


class SuppressionSettings(Value):
    """A finding that somebody accepts, by fingerprint, rule and path, of which one is enough."""

    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    rule: RuleId | Literal[""] = ""
    path: Pattern = ""
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until: Day = ""
    guidance: bool = False

    @model_validator(mode="after")
    def _names_something(self) -> "SuppressionSettings":
        if not (self.fingerprint or self.rule or self.path):
            raise ValueError("needs a fingerprint, a rule or a path")
        if self.guidance and not (self.rule or self.path):
            raise ValueError("is guidance by rule or path: models know no fingerprint")
        return self


class GateSettings(Value):
    """What findings mean beside `fail_on`: the grade of a rule, and what fails by lens and by path."""

    rules: dict[RuleId, Grade] = Field(default_factory=dict)
    lenses: dict[str, Reach] = Field(default_factory=dict)
    paths: dict[str, Reach] = Field(default_factory=dict)
    confidence: Confidence | None = None

    @field_validator("paths")
    @classmethod
    def _arecheck_patterns(cls, paths: dict[str, Reach]) -> dict[str, Reach]:
        check_patterns(tuple(paths))
        return paths


class CommentSettings(Value):
    """Which findings get an inline comment of their own in a request, and how many a run may add."""

    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.MEDIUM
    most: Annotated[WholeNumber, Field(ge=0, le=MOST)] = 20


class NoModelSettings(Value):
    """About which changes no model is asked: each of these is enough, but for authors all have to be named.

    A change is by its commits' authors, by whoever set the job off, and by the author of the request.
    """

    authors: tuple[Who, ...] = ()
    drafts: bool = False
    labels: tuple[Who, ...] = ()
    unless_labels: tuple[Who, ...] = ()
    paths: Patterns = ()


class CheckSettings(Value):
    """Which of the free checks do not run."""

    disabled: tuple[str, ...] = ()

    @field_validator("disabled")
    @classmethod
    def _are_checks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in CHECKS:
                raise ValueError(f'there is no check "{name}"{hint(nearest(name, CHECKS)) or listed(CHECKS)}')
        return names


class ExtendsSettings(Value):
    """The base of a configuration: a file at one commit of another repository.

    `overridable` stands in the base itself: what repositories may set otherwise, by key or by table.
    """

    address: Annotated[str, Field(pattern=_ADDRESS, max_length=1_000)] = ""
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}([0-9a-f]{24})?)?$")] = ""
    path: Annotated[str, Field(pattern=r"^[^/].*\.toml$", max_length=1_000)] = ".chargehand.toml"
    overridable: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_pinned(self) -> "ExtendsSettings":
        if bool(self.address) != bool(self.commit):
            raise ValueError("needs both an address and the full id of a commit there")
        return self


TABLES: dict[str, type[BaseModel]] = {
    "models": ModelSettings,
    "lenses": LensSettings,
    "paths": PathSettings,
    "plan": PlanSettings,
    "prices": PriceOverride,
    "checks": CheckSettings,
    "no_model": NoModelSettings,
    "gate": GateSettings,
    "comments": CommentSettings,
    "suppressions": SuppressionSettings,
    "extends": ExtendsSettings,
}
