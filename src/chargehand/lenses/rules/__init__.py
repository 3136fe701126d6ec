"""The fixed catalogue of rules: what a finding can be an instance of."""

import re
from functools import cache

from chargehand.core.finding import Severity
from chargehand.core.plan import Lens
from chargehand.lenses.rules import correctness, documentation, security, style, tests
from chargehand.lenses.rules.rule import OTHER, Rule

__all__ = ["CATALOGUE", "Rule", "rule_for", "rules_of"]

CATALOGUE = {
    "correctness": correctness.RULES,
    "security": security.RULES,
    "tests": tests.RULES,
    "documentation": documentation.RULES,
    "style": style.RULES,
}


def rule_for(rule_id: str, lens: str) -> Rule:
    """Return the rule with this id if the lens has it, else the lens's `other`.

    Models write ids in their own capitals, and sometimes without the lens.
    """
    rules = {rule.id: rule for rule in _rules(lens)}
    name = re.sub(r"[\s_]+", "-", rule_id.strip().lower())
    return rules.get(name) or rules.get(f"{lens}/{name}") or rules[f"{lens}/{OTHER}"]


def rules_of(lens: Lens) -> tuple[Rule, ...]:
    """Return the rules that a lens may pick from, its `other` last; a user's own lens has only that."""
    return _rules(lens.name)


@cache
def _rules(lens: str) -> tuple[Rule, ...]:
    return CATALOGUE.get(lens) or (_own(lens),)


def _own(lens: str) -> Rule:
    return Rule(
        id=f"{lens}/{OTHER}",
        title=f"What the lens {lens} asks for",
        description=f"A finding of the project's own lens {lens}, whose instructions stand in its "
        f"configuration.",
        help="Read the finding. What the lens looks for is written in the configuration of the project.",
        severity=Severity.MEDIUM,
    )
