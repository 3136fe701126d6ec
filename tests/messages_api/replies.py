"""Decides what a request is answered: by the first rule that fits it, else with the least valid answer."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypedDict

from tests.messages_api.billing import Usage
from tests.messages_api.faults import Fault, parse_fault
from tests.messages_api.numbers import names_in, with_numbers
from tests.messages_api.request import Request
from tests.messages_api.schemas import complete, least
from tests.messages_api.wire import Json, compact

_SUMMARY = "A scripted summary: no model read this change."


@dataclass(frozen=True)
class Draft:
    """An answer before it is counted. `text` None: no text block. `usage` overrides fields of `Usage`."""

    text: str | None
    stop_reason: str = "end_turn"
    category: str | None = None
    before: tuple[Json, ...] = ()
    after: tuple[Json, ...] = ()
    usage: Mapping[str, int] = field(default_factory=dict)
    has_usage: bool = True
    shows_zero: bool = False
    delay_s: float | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class Rule:
    """What to answer to the requests that fit `role`, `lens`, `model` and `contains`, at the times in `nth`.

    The package's docstring tells what each field means.
    """

    role: str | None = None
    lens: str | None = None
    model: str | None = None
    contains: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    reply: Json | str | None = None
    stop_reason: str | None = None
    category: str | None = None
    before: tuple[Json, ...] = ()
    after: tuple[Json, ...] = ()
    usage: Mapping[str, int] = field(default_factory=dict)
    delay_s: float | None = None
    fault: Fault | None = None
    note: str = ""

    def fits(self, request: Request) -> bool:
        """Tell whether this rule is about `request`."""
        return (
            self.role in (None, request.role)
            and self.lens in (None, request.lens)
            and self.model in (None, request.spec.id)
            and all(part in request.text for part in self.contains)
        )


class Script:
    """Ordered rules, and how often each fitted."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules = tuple(rules)
        self._lock = threading.Lock()
        self._fitted: Counter[int] = Counter()
        self._used: set[int] = set()
        self._placed: set[str] = set()

    @classmethod
    def of(cls, rules: Iterable[Json]) -> "Script":
        """Return the script of rules in their JSON form, or raise `ValueError`."""
        return cls(rule_of(each) for each in rules)

    @property
    def unused(self) -> tuple[Rule, ...]:
        """The rules that answered nothing so far."""
        return tuple(rule for index, rule in enumerate(self._rules) if index not in self._used)

    @property
    def unplaced(self) -> frozenset[str]:
        """The names in replies that no prompt showed so far."""
        named = [names_in(rule.reply) for rule in self._rules if isinstance(rule.reply, dict)]
        return frozenset[str]().union(*named) - self._placed

    def draft(self, request: Request) -> Draft:
        """Return what to answer."""
        rule = self._choose(request)
        text, placed = _text(rule, request)
        with self._lock:
            self._placed |= placed
        return Draft(
            text=text,
            stop_reason=rule.stop_reason or "end_turn",
            category=rule.category,
            before=rule.before,
            after=rule.after,
            usage=rule.usage,
            delay_s=rule.delay_s,
            fault=rule.fault,
        )

    def _choose(self, request: Request) -> Rule:
        with self._lock:
            fitting = [index for index, rule in enumerate(self._rules) if rule.fits(request)]
            self._fitted.update(fitting)
            for index in fitting:
                rule = self._rules[index]
                if not rule.nth or self._fitted[index] in rule.nth:
                    self._used.add(index)
                    return rule
        return Rule()


class Setup(TypedDict, total=False):
    """What a `replies.json` says, as `MessagesApi` takes it."""

    script: Script
    faults: tuple[Fault, ...]
    delay_s: float | dict[str, float]
    first_event_s: float
    max_concurrency: int


def load_replies(path: Path) -> Setup:
    """Return what a `replies.json` says, or raise `ValueError`."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    said: Json = {"rules": raw} if isinstance(raw, list) else raw
    unknown = set(said) - {"rules", "faults", "delay_s", "first_event_s", "max_concurrency"}
    if unknown:
        raise ValueError(f"{path} has no place for {min(unknown)!r}")
    setup = Setup(
        script=Script.of(said.pop("rules", ())), faults=tuple(map(parse_fault, said.pop("faults", ())))
    )
    setup.update(said)  # type: ignore[typeddict-item]  # the names were checked above
    return setup


def rule_of(raw: Json) -> Rule:
    """Return the rule in its JSON form, or raise `ValueError`."""
    known = {each.name for each in fields(Rule)}
    unknown = set(raw) - known
    if unknown:
        raise ValueError(f"a rule has no {min(unknown)!r}; it has {', '.join(sorted(known))}")
    values = dict(raw)
    for name in ("contains", "nth", "before", "after"):
        if name in values:
            values[name] = tuple(values[name]) if isinstance(values[name], list) else (values[name],)
    figures = {each.name for each in fields(Usage) if each.type in ("int", int)}
    if not set(values.get("usage", {})) <= figures:
        raise ValueError(f"usage has {', '.join(sorted(figures))}, not {', '.join(values['usage'])}")
    if "fault" in values:
        values["fault"] = parse_fault(values["fault"])
    return Rule(**values)


def _text(rule: Rule, request: Request) -> tuple[str | None, frozenset[str]]:
    """Return the text to answer, and the names in it that the prompt showed."""
    if isinstance(rule.reply, str):
        return rule.reply, frozenset()
    if rule.reply is None:
        return (None if rule.stop_reason == "refusal" else _default_text(request)), frozenset()
    reply, placed = with_numbers(rule.reply, request)
    reply = {
        **reply,
        **({"claims": [_with_end(claim) for claim in reply["claims"]]} if "claims" in reply else {}),
    }
    return compact(complete(request.schema, reply) if request.schema else reply), placed


def _default_text(request: Request) -> str:
    if request.schema is None:
        return "Understood."
    answer = least(request.schema)
    if request.role == "judge" and isinstance(answer, dict):
        answer["summary"] = _SUMMARY
    return compact(answer)


def _with_end(claim: Json) -> Json:
    return {**({"end_line": claim["line"]} if "line" in claim else {}), **claim}
