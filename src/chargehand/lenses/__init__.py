"""The lenses: what each looks for, how it grades, and the rules that its findings are instances of."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from string import Template
from typing import NamedTuple

from chargehand.core.finding import Finding, Severity
from chargehand.core.plan import Lens
from chargehand.lenses.rule import OTHER, Rule

# A row a lens, in the order in which they look: each is a folder here with `instructions.md` and `rules.py`.
BUILT_IN_LENSES = ("correctness", "security", "tests", "documentation", "style")

# How early people want to read what a lens found, among findings of one severity: causes first.
_RANKS = {"correctness": 0, "security": 0, "tests": 2, "documentation": 3, "style": 4}
_RANK_OF_OWN = 1


def rank_of(lens: str) -> int:
    """Return the place of a lens in the order for people; a project's own lens comes before tests."""
    return _RANKS.get(lens, _RANK_OF_OWN)


def is_cause(lens: str) -> bool:
    """Tell whether a lens finds what goes wrong, and not what follows from it for tests, text or readers."""
    return rank_of(lens) <= _RANK_OF_OWN


def built_in_lenses() -> tuple[Lens, ...]:
    """Return the lenses that come with the program, in their order; each opens with its purpose."""
    texts = {name: _instructions(name) for name in BUILT_IN_LENSES}
    return tuple(
        Lens(name=name, purpose=text.partition("\n")[0], instructions=text) for name, text in texts.items()
    )


def rules_of(lens: str) -> tuple[Rule, ...]:
    """Return the rules that a lens may pick from, its `other` last; a user's own lens has only that."""
    return _grading(lens).rules if lens in BUILT_IN_LENSES else (_own(lens),)


def rule_for(written: str, lens: str) -> Rule:
    """Return the rule that a model means by `written` if the lens has it, else the lens's `other`.

    Models write ids in their own capitals, and sometimes without the lens.
    """
    rules = {rule.id: rule for rule in rules_of(lens)}
    name = re.sub(r"[\s_]+", "-", written.strip().lower())
    return rules.get(name) or rules.get(f"{lens}/{name}") or rules[f"{lens}/{OTHER}"]


def rule_among(written: str, lenses: Sequence[str]) -> Rule:
    """Return the rule that a model means by `written`, which may name one of several lenses.

    If it names none, the first lens counts that has such a rule, and else the first.
    """
    lens, slash, _ = written.strip().lower().partition("/")
    if slash and lens in lenses:
        return rule_for(written, lens)
    meant = [rule for rule in (rule_for(written, lens) for lens in lenses) if rule.name != OTHER]
    return meant[0] if meant else rule_for(written, lenses[0])


def rule_of(finding: Finding) -> Rule:
    """Return the rule of a finding; of another tool's, what is known of it."""
    tool = finding.tool
    if tool is None:
        return rule_for(finding.rule, finding.lens)
    said = tool.title or f"The rule {tool.id} of {tool.tool}"
    return Rule(
        id=finding.rule,
        title=said,
        description=f"{tool.tool} says it, by its rule {tool.id}: {said}",
        help=f"Read about it: {tool.help_uri}"
        if tool.help_uri
        else f"{tool.tool} knows more about {tool.id}.",
        help_uri=tool.help_uri,
        severity=finding.severity,
        security_severity=tool.security_severity or None,
        cwe=tool.cwe,
        is_for_models=False,
    )


def rule_with_id(rule_id: str) -> Rule:
    """Return the built-in rule with exactly this id; LookupError if there is none."""
    lens = rule_id.partition("/")[0]
    for rule in rules_of(lens) if lens in BUILT_IN_LENSES else ():
        if rule.id == rule_id:
            return rule
    raise LookupError(f"there is no rule {rule_id!r}")


def severity_of(lens: str) -> str:
    """Return how a lens grades if the general scale does not fit it, else nothing."""
    return _grading(lens).severity if lens in BUILT_IN_LENSES else ""


class _Grading(NamedTuple):
    rules: tuple[Rule, ...]
    severity: str


@cache
def _grading(lens: str) -> _Grading:
    """Return what `rules.py` of the lens says. Loaded by name and late, because of start-up time."""
    module = import_module(f"{__name__}.{lens}.rules")
    return _Grading(rules=module.RULES, severity=module.SEVERITY)


@cache
def _instructions(lens: str) -> str:
    text = files(__name__).joinpath(lens).joinpath("instructions.md").read_text(encoding="utf-8")
    return Template(text).substitute(severity=_grading(lens).severity).strip()


@cache
def _own(lens: str) -> Rule:
    return Rule(
        id=f"{lens}/{OTHER}",
        title=f"What the lens {lens} asks for",
        description=f"A finding of the project's own lens {lens}, whose instructions stand in its "
        f"configuration.",
        help="Read the finding. What the lens looks for is written in the configuration of the project.",
        severity=Severity.MEDIUM,
    )
