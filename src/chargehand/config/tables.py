"""The tables of the configuration: what can stand in each, and what holds if nothing does."""

from typing import Annotated, Literal

from chargehand.change.context.rules import USUAL
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
    ReviewName,
    RuleId,
    Who,
    WholeNumber,
    Word,
    check_patterns,
    of_form,
)
from chargehand.core.checked_value import After, CheckedValue, Within
from chargehand.core.diff import SkipReason
from chargehand.core.finding import Confidence, Severity
from chargehand.core.inline import MOST
from chargehand.core.plain_value import no_entries
from chargehand.cost.prices import PriceOverride

MOST_DAYS = 10_000
_BY_DEFAULT: dict[str, Word] = {"*": "fail"}
# What git fetches from without running a helper that the address names.
_ADDRESS = r"(|(https|ssh|file)://[!-~]+|[\w.-]+@[\w.-]+:[!-~]+)"
_FETCHED = "should be an address such as https://git.example/our/settings.git"
_WHOLE_ID = "should be the full id of a commit, such as git rev-parse prints"
_TOML = "should be the path of a .toml file, from the top of that repository"
_FROM_TOP = "should be a path from the top, without a slash before it"


class ModelSettings(CheckedValue):
    """The model of each role, if it is not the fleet's."""

    orchestrator: ModelId | None = None
    worker: ModelId | None = None
    escalation: ModelId | None = None


class LensSettings(CheckedValue):
    """A lens of the user's own, or what is changed about a built-in one."""

    enabled: bool = True
    purpose: Annotated[str, Within(max_length=200)] = ""
    instructions: Instructions = ""
    paths: LensPaths = ()
    model: ModelId | None = None


def _overridable(reasons: tuple[SkipReason, ...]) -> tuple[SkipReason, ...]:
    for reason in reasons:
        if reason not in OVERRIDABLE:
            allowed = ", ".join(each.value for each in OVERRIDABLE)
            raise ValueError(f'"{reason.value}" cannot be switched off; {allowed} can')
    return reasons


class PathSettings(CheckedValue):
    """Which files are reviewed; `review` names kinds of files that are reviewed although programs wrote them.

    `on_unread` says what a file means that could not be read, or by pattern, of which the last one decides.
    What `never_send` names is such a file: no model gets its text.
    """

    ignore: Patterns = ()
    include: Patterns = ()
    never_send: Patterns = ()
    review: Annotated[tuple[SkipReason, ...], After(_overridable)] = ()
    max_changed_lines: Limit | None = None
    max_line_bytes: Limit | None = None
    on_unread: OnUnread = _BY_DEFAULT

    def kept_here(self) -> tuple[str, ...]:
        """Return the patterns of files of which nothing is shown beside a change."""
        return (*self.ignore, *self.never_send)

    def may_go_unread(self) -> tuple[str, ...]:
        """Return the patterns of files for which a gap is no failure."""
        if "warn" not in self.on_unread.values():
            return ()  # start-up time: no pattern has to be read
        return tuple(name if word == "warn" else f"!{name}" for name, word in self.on_unread.items())


class PlanSettings(CheckedValue):
    """How a change is split: up to which size without a plan call, into requests and tasks of which size."""

    small_change_files: Annotated[WholeNumber, Within(ge=0)] = 200
    small_change_lines: Annotated[WholeNumber, Within(ge=0)] = 1_500
    chunk_tokens: Annotated[WholeNumber, Within(ge=1_000)] = 24_000
    focus_lines: Annotated[WholeNumber, Within(ge=10)] | None = None


class ContextSettings(CheckedValue):
    """What models are shown beside a change, and how many tokens of it in a request."""

    enabled: bool = True
    tokens: Annotated[WholeNumber, Within(ge=500, le=20_000)] = 4_000
    guidance: tuple[Annotated[str, of_form(r"[^/].*", _FROM_TOP), Within(max_length=200)], ...] = USUAL


class SuppressionSettings(CheckedValue):
    """A finding that somebody accepts, by fingerprint, rule and path, of which one is enough."""

    fingerprint: Annotated[
        str, of_form(r"([0-9a-f]{32})?", "should be 32 digits from 0 to f, as in a report")
    ] = ""
    rule: RuleId | Literal[""] = ""
    path: Pattern = ""
    reason: Annotated[str, Within(min_length=1, max_length=500)]
    until: Day = ""
    guidance: bool = False

    def check(self) -> None:
        """Raise ValueError if it names nothing."""
        if not (self.fingerprint or self.rule or self.path):
            raise ValueError("needs a fingerprint, a rule or a path")
        if self.guidance and not (self.rule or self.path):
            raise ValueError("is guidance by rule or path: models know no fingerprint")


def _by_patterns(paths: dict[str, Reach]) -> dict[str, Reach]:
    check_patterns(tuple(paths))
    return paths


class GateSettings(CheckedValue):
    """What findings mean beside `fail_on`: the grade of a rule, and what fails by lens and by path."""

    rules: dict[RuleId, Grade] = no_entries()
    lenses: dict[str, Reach] = no_entries()
    paths: Annotated[dict[str, Reach], After(_by_patterns)] = no_entries()
    confidence: Confidence | None = None


class CommentSettings(CheckedValue):
    """Which findings get an inline comment of their own in a request, how many a run may add, its name."""

    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.MEDIUM
    most: Annotated[WholeNumber, Within(ge=0, le=MOST)] = 20
    name: ReviewName = ""


class KeepSettings(CheckedValue):
    """How long what is kept between runs stays if nobody uses it, and in how much room."""

    cache_days: Annotated[WholeNumber, Within(ge=1, le=MOST_DAYS)] = 30
    cache_megabytes: Annotated[WholeNumber, Within(ge=1, le=100_000)] = 100
    state_days: Annotated[WholeNumber, Within(ge=1, le=MOST_DAYS)] = 365


class NoModelSettings(CheckedValue):
    """About which changes no model is asked: each of these is enough, but for authors all have to be named.

    A change is by its commits' authors, by whoever set the job off, and by the author of the request.
    """

    authors: tuple[Who, ...] = ()
    drafts: bool = False
    labels: tuple[Who, ...] = ()
    unless_labels: tuple[Who, ...] = ()
    paths: Patterns = ()


def _checks(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in CHECKS:
            raise ValueError(f'there is no check "{name}"{hint(nearest(name, CHECKS)) or listed(CHECKS)}')
    return names


class CheckSettings(CheckedValue):
    """Which of the free checks do not run."""

    disabled: Annotated[tuple[str, ...], After(_checks)] = ()


class ExtendsSettings(CheckedValue):
    """The base of a configuration: a file at one commit of another repository.

    `overridable` stands in the base itself: what repositories may set otherwise, by key or by table.
    """

    address: Annotated[str, of_form(_ADDRESS, _FETCHED), Within(max_length=1_000)] = ""
    commit: Annotated[str, of_form(r"([0-9a-f]{40}([0-9a-f]{24})?)?", _WHOLE_ID)] = ""
    path: Annotated[str, of_form(r"[^/].*\.toml", _TOML), Within(max_length=1_000)] = ".chargehand.toml"
    overridable: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise ValueError if only one of both is there."""
        if bool(self.address) != bool(self.commit):
            raise ValueError("needs both an address and the full id of a commit there")


TABLES: dict[str, type[CheckedValue]] = {
    "models": ModelSettings,
    "lenses": LensSettings,
    "paths": PathSettings,
    "plan": PlanSettings,
    "context": ContextSettings,
    "prices": PriceOverride,
    "checks": CheckSettings,
    "keep": KeepSettings,
    "no_model": NoModelSettings,
    "gate": GateSettings,
    "comments": CommentSettings,
    "suppressions": SuppressionSettings,
    "extends": ExtendsSettings,
}
