"""Which rule a result is of, and what the tool says of it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chargehand.checks.tools.shapes import Component, Result, RuleShape, Run
from chargehand.core.escaping import one_line
from chargehand.core.finding import TOOL, ToolRule

_TITLE_LENGTH, _ID_LENGTH, _NAME_LENGTH, _LINK_LENGTH = 200, 120, 40, 500
_CWE = re.compile(r"(?:external/cwe/)?cwe-0*(\d{1,5})(?!\d)", re.IGNORECASE)
# What a tool fills in for each result.
_TEMPLATE = re.compile(r"\{\w*\}")
_LINK = re.compile(r"https?://[!-_a-~]+")
_UNNAMED = "unnamed"


class Named(NamedTuple):
    """The id of a rule as the tool writes it, and how it describes the rule: not at all, perhaps."""

    id: str
    shape: RuleShape


def named_by(result: Result, run: Run) -> Named:
    """Return the rule of a result."""
    found = _by_number(result, run) or RuleShape()
    named = result.rule_id or result.rule.id or found.id
    if named and found.id not in ("", named) and not named.startswith(f"{found.id}/"):
        found = RuleShape()  # the number is wrong: ids are what people write down
    parts = (run.tool.driver, *(run.tool.extensions or ()))
    known = (rule for part in parts for rule in part.rules or () if isinstance(rule, RuleShape))
    if not found.id:
        found = next((rule for rule in known if named and rule.id == named), found)
    return Named(named, found)


def _by_number(result: Result, run: Run) -> RuleShape | None:
    extensions = run.tool.extensions or ()
    number = result.rule.component.index
    part: Component = extensions[number] if 0 <= number < len(extensions) else run.tool.driver
    return _at(part.rules or (), result.rule.index if result.rule.index >= 0 else result.rule_index)


def _at(rules: Sequence[object], number: int) -> RuleShape | None:
    rule = rules[number] if 0 <= number < len(rules) else None
    return rule if isinstance(rule, RuleShape) else None


def name_of(run: Run) -> str:
    """Return what a tool is called in our ids: `Semgrep OSS` is semgrep-oss."""
    plain = re.sub(r"[^a-z0-9]+", "-", run.tool.driver.name.lower()).strip("-")
    return plain[:_NAME_LENGTH].strip("-") or _UNNAMED


def rule_of(named: Named, tool: str, score: float | None) -> ToolRule:
    """Return the rule in our words."""
    shape = named.shape
    link = shape.help_uri.strip()
    title = shape.short.text or shape.full.text.strip().partition("\n\n")[0]
    return ToolRule(
        tool=tool,
        id=_plain_id(named.id, tool),
        title="" if _TEMPLATE.search(title) else one_line(title)[:_TITLE_LENGTH],
        help_uri=link if _LINK.fullmatch(link) and len(link) <= _LINK_LENGTH else "",
        cwe=tuple(
            dict.fromkeys(int(found[1]) for tag in shape.properties.tags if (found := _CWE.match(tag)))
        ),
        security_severity=score,
    )


def _plain_id(written: str, tool: str) -> str:
    """Return an id that can be written down anywhere; the tool's own name before it says nothing."""
    plain = re.sub(r"[^A-Za-z0-9._/-]+", "-", written).strip("-/")
    return plain.removeprefix(f"{tool}/")[:_ID_LENGTH].strip("-/") or _UNNAMED


def full_id(rule: ToolRule) -> str:
    """Return the id of the rule among ours, such as `tool/ruff/F401`."""
    return f"{TOOL}/{rule.tool}/{rule.id}"
