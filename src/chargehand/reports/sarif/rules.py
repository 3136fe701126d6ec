"""How the rules of a review are described in SARIF."""

from chargehand.core.finding import Severity
from chargehand.core.review import Review
from chargehand.lenses import rule_of
from chargehand.lenses.rule import Rule
from chargehand.reports.document import Json

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
PROBLEM_SEVERITIES = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "recommendation",
}

# What GitHub takes; a user's own lens may have a longer name.
NAME_LENGTH, TEXT_LENGTH = 255, 1024


def rules_in(review: Review) -> tuple[Rule, ...]:
    """Return the rules of the findings, each once, in the order of their ids."""
    found = {each.rule: rule_of(each) for each in reversed(review.findings)}
    return tuple(sorted({rule.id: rule for rule in found.values()}.values(), key=lambda rule: rule.id))


def descriptor(rule: Rule) -> dict[str, Json]:
    """Return the rule as a reportingDescriptor with all that GitHub requires."""
    return {
        "id": rule.id,
        "name": _name(rule.id)[:NAME_LENGTH],
        "shortDescription": {"text": rule.title[:TEXT_LENGTH]},
        "fullDescription": {"text": rule.description[:TEXT_LENGTH]},
        "help": {"text": rule.help, "markdown": rule.help},
        **({"helpUri": rule.help_uri} if rule.help_uri else {}),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": _properties(rule),
    }


def _name(rule_id: str) -> str:
    """Return the id in the capitals that SARIF asks of a name: `tests/missing` is TestsMissing."""
    words = "".join(char if char.isalnum() else " " for char in rule_id).split()
    return "".join(word[0].upper() + word[1:] for word in words)


def _properties(rule: Rule) -> dict[str, Json]:
    properties: dict[str, Json] = {
        "tags": [rule.lens, *(f"external/cwe/cwe-{number:03d}" for number in rule.cwe)],
        "problem.severity": PROBLEM_SEVERITIES[rule.severity],
    }
    # A string, and on rules of the security lens only: its mere presence makes GitHub call an alert one of
    # security, and a JSON number makes the upload fail.
    if rule.security_severity is not None:
        properties["security-severity"] = f"{rule.security_severity:.1f}"
    return properties
