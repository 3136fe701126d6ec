"""What can be set, within which bounds, and what holds if nothing is set."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from chargehand.change.context.rules import ContextRules
from chargehand.change.diff.rules import ReadingRules
from chargehand.config.neighbours import hint, listed, nearest
from chargehand.config.tables import (
    CheckSettings,
    CommentSettings,
    ContextSettings,
    ExtendsSettings,
    GateSettings,
    KeepSettings,
    LensSettings,
    ModelSettings,
    NoModelSettings,
    PathSettings,
    PlanSettings,
    SuppressionSettings,
)
from chargehand.config.values import (
    NEVER,
    OFF,
    Category,
    Instructions,
    LensName,
    PathText,
    PathTexts,
    Reach,
    Share,
    Usd,
    Version,
    WholeNumber,
)
from chargehand.core.checked_value import After, Beside, CheckedValue, Within
from chargehand.core.clouds import Cloud, cloud_of
from chargehand.core.finding import TOOL, Severity
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.gate import Gate, Policy
from chargehand.core.inline import InlineRules
from chargehand.core.plain_value import no_entries
from chargehand.core.plan import Depth, Lens
from chargehand.core.suppression import Suppression
from chargehand.cost.prices import PriceOverride
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses, rules_of

MOST_GUIDANCE = 20


def _a_fleet(name: str) -> str:
    if name not in FLEETS:
        raise ValueError(f'there is no fleet "{name}"{listed(FLEETS)}')
    return name


def _usable(lenses: dict[str, LensSettings]) -> dict[str, LensSettings]:
    for name, lens in lenses.items():
        if name not in BUILT_IN_LENSES and not lens.instructions.strip():
            meant = hint(nearest(name, BUILT_IN_LENSES))
            raise ValueError(f'"{name}" is not a built-in lens and has no instructions of its own{meant}')
    off = [name for name, lens in lenses.items() if not lens.enabled]
    if set(off) >= set(BUILT_IN_LENSES) | lenses.keys():
        raise ValueError("every lens is switched off, so nothing would be reviewed; leave one on")
    return lenses


def _known(gate: GateSettings, beside: Mapping[str, Iterable[str]]) -> GateSettings:
    lenses = (*BUILT_IN_LENSES, *beside.get("lenses", ()))
    for name in gate.lenses:
        if name.partition("/")[0] != TOOL:  # the lens of other tools, and of one of them
            _refuse_unknown("lens", name, lenses)
    for rule in gate.rules:
        _refuse_unknown_rule(rule, lenses)
    return gate


def _of_known_rules(
    suppressions: tuple[SuppressionSettings, ...], beside: Mapping[str, Iterable[str]]
) -> tuple[SuppressionSettings, ...]:
    for each in suppressions:
        if each.rule:
            _refuse_unknown_rule(each.rule, (*BUILT_IN_LENSES, *beside.get("lenses", ())))
    if sum(each.guidance for each in suppressions) > MOST_GUIDANCE:
        raise ValueError(f"holds more than {MOST_GUIDANCE} that are guidance; models read each of them")
    return suppressions


class Settings(CheckedValue):
    """Everything that can be set; docs/configuration.md describes each setting."""

    minimum_version: Version | None = None
    fleet: Annotated[str, After(_a_fleet)] = "5"
    depth: Depth = "standard"
    provider: Literal["anthropic", "bedrock", "vertex", "foundry"] | None = None
    fail_on: Reach = "high"
    category: Category = "chargehand"
    baseline: PathText | None = None
    sarif_in: PathTexts = ()
    cache: PathText | None = None
    state: PathText | None = None
    max_spend: Usd | None = None
    fail_spend: Usd | None = None
    pr_budget: Usd | None = None
    on_incomplete: Policy = "fail"
    on_outage: Policy | None = None
    require_model: bool = True
    threads: Annotated[WholeNumber, Within(ge=1, le=64)] = 8
    deadline: Annotated[WholeNumber, Within(ge=1)] | None = None
    escalation_share: Share = Decimal("0.3")
    probe_rate: Share = Decimal(0)
    instructions: Instructions = ""
    models: ModelSettings = ModelSettings()
    lenses: Annotated[dict[LensName, LensSettings], After(_usable)] = no_entries()
    paths: PathSettings = PathSettings()
    plan: PlanSettings = PlanSettings()
    context: ContextSettings = ContextSettings()
    prices: dict[str, PriceOverride] = no_entries()
    checks: CheckSettings = CheckSettings()
    keep: KeepSettings = KeepSettings()
    no_model: NoModelSettings = NoModelSettings()
    gate: Annotated[GateSettings, Beside(_known)] = GateSettings()
    comments: CommentSettings = CommentSettings()
    suppressions: Annotated[tuple[SuppressionSettings, ...], Beside(_of_known_rules)] = ()
    extends: ExtendsSettings | None = None

    def accepted(self) -> tuple[Suppression, ...]:
        """Return what the configuration accepts for good; a rule that is off is accepted everywhere."""
        off = (rule for rule, grade in self.gate.rules.items() if grade == OFF)
        return (
            *(Suppression(**dict(each)) for each in self.suppressions),
            *(Suppression(rule=rule, reason="the configuration switches this rule off") for rule in off),
        )

    def guidance(self, today: str) -> tuple[Suppression, ...]:
        """Return what models are told is accepted, as long as that holds."""
        return tuple(each for each in self.accepted() if each.guidance and not each.is_over(today))

    def grades(self) -> dict[str, Severity]:
        """Return the severity of each rule that the configuration grades itself."""
        return {rule: Severity(grade) for rule, grade in self.gate.rules.items() if grade != OFF}

    def inline_rules(self) -> InlineRules:
        """Return which findings get an inline comment."""
        return InlineRules(**dict(self.comments))

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
            on_outage=self.on_outage,
        )

    def cloud(self, environ: Mapping[str, str]) -> Cloud:
        """Return where Claude is asked; raises ConfigError if the environment means several clouds."""
        return cloud_of(self.provider, environ)

    def chosen_fleet(self) -> Fleet:
        """Return the fleet, with the user's own models in it."""
        own = {role: model for role, model in dict(self.models).items() if model}
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

    def context_rules(self) -> ContextRules | None:
        """Return what models are shown beside a change, None if it is nothing."""
        own = self.context
        return (
            ContextRules(own.tokens, own.guidance, self.paths.kept_here(), self.deadline)
            if own.enabled
            else None
        )

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
            never_send=paths.never_send,
        )


def _refuse_unknown_rule(rule: str, lenses: Sequence[str]) -> None:
    lens = rule.partition("/")[0]
    if lens == TOOL:  # another tool knows its rules
        return
    _refuse_unknown("lens", lens, lenses)
    _refuse_unknown("rule", rule, [each.id for each in rules_of(lens)])


def _refuse_unknown(noun: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f'there is no {noun} "{name}"{hint(nearest(name, known)) or listed(known)}')


def _severity(reach: Reach) -> Severity | None:
    return None if reach == NEVER else Severity(reach)


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
