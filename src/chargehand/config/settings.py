"""What can be set, within which bounds, and what holds if nothing is set."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from chargehand.change.diff.rules import OVERRIDABLE, ReadingRules
from chargehand.checks import CHECKS
from chargehand.core.diff import SkipReason
from chargehand.core.finding import Confidence, Severity
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.patterns import matcher
from chargehand.core.plan import Lens
from chargehand.core.suppression import Suppression
from chargehand.core.value import Value
from chargehand.core.verdict import Gate
from chargehand.cost.prices import PriceOverride
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses, rules_of

MAX_INSTRUCTIONS = 20_000
NEVER, OFF = "never", "off"


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("should be a number")  # noqa: TRY004 (pydantic collects only this one)
    return value


def _model_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}", text):
        raise ValueError("should be the id of a model, such as claude-haiku-5-5")
    return text


def _lens_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", text):
        raise ValueError("should be a name of small letters, digits and hyphens, such as api-stability")
    return text


def _patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    matcher(patterns)
    for pattern in patterns:
        if re.match(r"!?\.{1,2}/", pattern):
            raise ValueError(f'"{pattern}" matches no file: patterns begin at the top, without ./ or ../')
    return patterns


def _by_pattern(value: object) -> object:
    return {"*": value} if isinstance(value, str) else value


def _patterns_by_name(words: "dict[str, Word]") -> "dict[str, Word]":
    _patterns(tuple(words))
    return words


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, None if none is."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def hint(word: str | None) -> str:
    """Return the end of a sentence that offers `word`."""
    return f"; did you mean {word}?" if word else ""


Share = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=1)]
Usd = Annotated[Decimal, BeforeValidator(_number), Field(ge=0)]
ModelId = Annotated[str, AfterValidator(_model_id)]
Instructions = Annotated[str, Field(max_length=MAX_INSTRUCTIONS)]
Patterns = Annotated[tuple[str, ...], AfterValidator(_patterns)]
Word = Literal["fail", "warn"]
OnUnread = Annotated[dict[str, Word], BeforeValidator(_by_pattern), AfterValidator(_patterns_by_name)]
LensName = Annotated[str, AfterValidator(_lens_name)]
Limit = Annotated[int, BeforeValidator(_number), Field(gt=0)]


_FAIL: Word = "fail"


class ModelSettings(Value):
    """The model of each role, if it is not the fleet's."""

    orchestrator: ModelId | None = None
    worker: ModelId | None = None
    escalation: ModelId | None = None


def _lens_paths(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        raise ValueError('these only take files away, so it would look at none; begin with "*"')
    return patterns


LensPaths = Annotated[Patterns, AfterValidator(_lens_paths)]


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
    """

    ignore: Patterns = ()
    include: Patterns = ()
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
    """How a change is split: up to which size without a plan call, and into requests of which size."""

    small_change_files: Annotated[int, BeforeValidator(_number), Field(ge=0)] = 50
    small_change_lines: Annotated[int, BeforeValidator(_number), Field(ge=0)] = 1_500
    chunk_tokens: Annotated[int, BeforeValidator(_number), Field(ge=1_000)] = 24_000


def _rule_id(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}/[a-z0-9-]{1,80}", text):
        raise ValueError("should be the id of a rule, such as tests/missing")
    return text


def _pattern(text: str) -> str:
    return _patterns((text,))[0]


def _day(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


RuleId = Annotated[str, AfterValidator(_rule_id)]
Grade = Literal["off", "critical", "high", "medium", "low"]
Reach = Literal["critical", "high", "medium", "low", "never"]


class SuppressionSettings(Value):
    """A finding that somebody accepts, by fingerprint, rule and path, of which one is enough."""

    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    rule: RuleId | Literal[""] = ""
    path: Annotated[str, AfterValidator(_pattern)] = ""
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until: Annotated[str, BeforeValidator(_day), Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""

    @model_validator(mode="after")
    def _names_something(self) -> "SuppressionSettings":
        if not (self.fingerprint or self.rule or self.path):
            raise ValueError("needs a fingerprint, a rule or a path")
        return self


class GateSettings(Value):
    """What findings mean beside `fail_on`: the grade of a rule, and what fails by lens and by path."""

    rules: dict[RuleId, Grade] = Field(default_factory=dict)
    lenses: dict[str, Reach] = Field(default_factory=dict)
    paths: dict[str, Reach] = Field(default_factory=dict)
    confidence: Confidence | None = None

    @field_validator("paths")
    @classmethod
    def _are_patterns(cls, paths: dict[str, Reach]) -> dict[str, Reach]:
        _patterns(tuple(paths))
        return paths


class CheckSettings(Value):
    """Which of the free checks do not run."""

    disabled: tuple[str, ...] = ()

    @field_validator("disabled")
    @classmethod
    def _are_checks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in CHECKS:
                raise ValueError(
                    f'there is no check "{name}"{hint(nearest(name, CHECKS)) or _listed(CHECKS)}'
                )
        return names


class Settings(Value):
    """Everything that can be set; docs/configuration.md describes each setting."""

    fleet: str = "5"
    fail_on: Reach = "high"
    baseline: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    max_spend: Usd | None = None
    fail_spend: Usd | None = None
    pr_budget: Usd | None = None
    on_incomplete: Literal["fail", "warn"] = "fail"
    require_model: bool = True
    threads: Annotated[int, BeforeValidator(_number), Field(ge=1, le=64)] = 8
    deadline: Annotated[int, BeforeValidator(_number), Field(ge=1)] | None = None
    escalation_share: Share = Decimal("0.3")
    instructions: Instructions = ""
    models: ModelSettings = ModelSettings()
    lenses: dict[LensName, LensSettings] = Field(default_factory=dict)
    paths: PathSettings = PathSettings()
    plan: PlanSettings = PlanSettings()
    prices: dict[str, PriceOverride] = Field(default_factory=dict)
    checks: CheckSettings = CheckSettings()
    gate: GateSettings = GateSettings()
    suppressions: tuple[SuppressionSettings, ...] = ()

    @field_validator("fleet")
    @classmethod
    def _is_a_fleet(cls, name: str) -> str:
        if name not in FLEETS:
            raise ValueError(f'there is no fleet "{name}"{_listed(FLEETS)}')
        return name

    @field_validator("lenses")
    @classmethod
    def _lenses_can_be_used(cls, lenses: dict[str, LensSettings]) -> dict[str, LensSettings]:
        for name, lens in lenses.items():
            if name not in BUILT_IN_LENSES and not lens.instructions.strip():
                meant = hint(nearest(name, BUILT_IN_LENSES))
                raise ValueError(f'"{name}" is not a built-in lens and has no instructions of its own{meant}')
        off = [name for name, lens in lenses.items() if not lens.enabled]
        if set(off) >= set(BUILT_IN_LENSES) | lenses.keys():
            raise ValueError("every lens is switched off, so nothing would be reviewed; leave one on")
        return lenses

    @field_validator("gate")
    @classmethod
    def _gate_is_known(cls, gate: GateSettings, info: ValidationInfo) -> GateSettings:
        lenses = (*BUILT_IN_LENSES, *info.data.get("lenses", ()))
        for name in gate.lenses:
            _refuse_unknown("lens", name, lenses)
        for rule in gate.rules:
            _refuse_unknown_rule(rule, lenses)
        return gate

    @field_validator("suppressions")
    @classmethod
    def _suppressed_rules_are_known(
        cls, suppressions: tuple[SuppressionSettings, ...], info: ValidationInfo
    ) -> tuple[SuppressionSettings, ...]:
        for each in suppressions:
            if each.rule:
                _refuse_unknown_rule(each.rule, (*BUILT_IN_LENSES, *info.data.get("lenses", ())))
        return suppressions

    def accepted(self) -> tuple[Suppression, ...]:
        """Return what the configuration accepts for good; a rule that is off is accepted everywhere."""
        off = (rule for rule, grade in self.gate.rules.items() if grade == OFF)
        return (
            *(Suppression(**dict(each)) for each in self.suppressions),
            *(Suppression(rule=rule, reason="the configuration switches this rule off") for rule in off),
        )

    def grades(self) -> dict[str, Severity]:
        """Return the severity of each rule that the configuration grades itself."""
        return {rule: Severity(grade) for rule, grade in self.gate.rules.items() if grade != OFF}

    def whole_gate(self) -> Gate:
        """Return what fails the build."""
        return Gate(
            fail_on=_severity(self.fail_on),
            by_lens={name: _severity(reach) for name, reach in self.gate.lenses.items()},
            by_path={pattern: _severity(reach) for pattern, reach in self.gate.paths.items()},
            confidence=self.gate.confidence,
            fail_spend=self.fail_spend,
            max_spend=self.max_spend,
            on_incomplete=self.on_incomplete,
        )

    def chosen_fleet(self) -> Fleet:
        """Return the fleet, with the user's own models in it."""
        own = {role: model for role, model in self.models.model_dump().items() if model}
        return FLEETS[self.fleet].evolve(**own)

    def active_lenses(self) -> tuple[Lens, ...]:
        """Return the lenses that look: the built-in ones in their order, then the user's own in theirs."""
        known = {lens.name: lens for lens in built_in_lenses()}
        wanted = {**dict.fromkeys(known, LensSettings()), **self.lenses}
        return tuple(_lens(name, own, known.get(name)) for name, own in wanted.items() if own.enabled)

    def disabled_checks(self) -> tuple[str, ...]:
        """Return the checks that do not run; without the lens `tests`, no check looks for tests."""
        lens = self.lenses.get("tests")
        return (*self.checks.disabled, *(("untested-code",) if lens and not lens.enabled else ()))

    def reading_rules(self) -> ReadingRules:
        """Return which files of a change are read."""
        paths = self.paths
        return ReadingRules(
            ignore=paths.ignore,
            include=paths.include,
            review=paths.review,
            max_changed_lines=paths.max_changed_lines,
            max_line_bytes=paths.max_line_bytes,
            unread=paths.may_go_unread(),
        )


def _refuse_unknown_rule(rule: str, lenses: Sequence[str]) -> None:
    lens = rule.partition("/")[0]
    _refuse_unknown("lens", lens, lenses)
    _refuse_unknown("rule", rule, [each.id for each in rules_of(lens)])


def _refuse_unknown(noun: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f'there is no {noun} "{name}"{hint(nearest(name, known)) or _listed(known)}')


def _severity(reach: Reach) -> Severity | None:
    return None if reach == NEVER else Severity(reach)


def _listed(names: Iterable[str]) -> str:
    return f"; there are {', '.join(names)}"


def _lens(name: str, own: LensSettings, built_in: Lens | None) -> Lens:
    """Add to a built-in lens what the user says of it, or make one of what the user says alone."""
    text = own.instructions.strip()
    texts = [built_in.instructions, text and f"For this project:\n{text}"] if built_in else [text]
    purpose = own.purpose or (built_in.purpose if built_in else text.partition("\n")[0][:200])
    return Lens(
        name=name,
        purpose=purpose,
        instructions="\n\n".join(filter(None, texts)),
        paths=own.paths,
        model=own.model,
    )
