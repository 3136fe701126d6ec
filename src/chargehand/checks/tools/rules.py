"""Which rule a result is of, and what the tool says of it."""

import re
from collections.abc import Mapping, Sequence
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
# More of a tag's list, or of a text, is not looked at: that is done for each result.
_MOST_TAGS, _LONGEST_READ = 100, 1_000


class Named(NamedTuple):
    """The id of a rule as the tool writes it, and how it describes the rule: not at all, perhaps."""

    id: str
    shape: RuleShape


class Rules(NamedTuple):
    """The rules that the tool of a run describes: by its parts and numbers, and the first one of each id."""

    run: Run
    by_id: Mapping[str, RuleShape]


def rules_of(run: Run) -> Rules:
    """Return the rules of a run, which are looked up for each of its results."""
    parts = (run.tool.driver, *(run.tool.extensions or ()))
    known = [rule for part in parts for rule in part.rules or () if isinstance(rule, RuleShape)]
    return Rules(run, {rule.id: rule for rule in reversed(known)})


def named_by(result: Result, rules: Rules) -> Named:
    """Return the rule of a result."""
    found = _by_number(result, rules.run) or RuleShape()
    named = result.rule_id or result.rule.id or found.id
    if named and found.id not in ("", named) and not _is_below(named, found.id):
        found = RuleShape()  # the number is wrong: ids are what people write down
    if not found.id and named:
        found = rules.by_id.get(named, found)
    return Named(named, found)


def _is_below(named: str, above: str) -> bool:
    return named.startswith(above) and named[len(above)] == "/"


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
    plain = re.sub(r"[^a-z0-9]+", "-", run.tool.driver.name[:_LONGEST_READ].lower()).strip("-")
    return plain[:_NAME_LENGTH].strip("-") or _UNNAMED


def rule_of(named: Named, tool: str, score: float | None) -> ToolRule:
    """Return the rule in our words."""
    shape = named.shape
    link = shape.help_uri[:_LONGEST_READ].strip()
    about = shape.short.text[:_LONGEST_READ] or shape.full.text[:_LONGEST_READ]
    title = about.strip().partition("\n\n")[0]
    return ToolRule(
        tool=tool,
        id=_plain_id(named.id, tool),
        title="" if _TEMPLATE.search(title) else one_line(title)[:_TITLE_LENGTH],
        help_uri=link if _LINK.fullmatch(link) and len(link) <= _LINK_LENGTH else "",
        cwe=tuple(
            dict.fromkeys(
                int(found[1]) for tag in shape.properties.tags[:_MOST_TAGS] if (found := _CWE.match(tag))
            )
        ),
        security_severity=score,
    )


def _plain_id(written: str, tool: str) -> str:
    """Return an id that can be written down anywhere; the tool's own name before it says nothing."""
    plain = re.sub(r"[^A-Za-z0-9._/-]+", "-", written[:_LONGEST_READ]).strip("-/")
    return plain.removeprefix(f"{tool}/")[:_ID_LENGTH].strip("-/") or _UNNAMED


def full_id(rule: ToolRule) -> str:
    """Return the id of the rule among ours, such as `tool/ruff/F401`."""
    return f"{TOOL}/{rule.tool}/{rule.id}"
