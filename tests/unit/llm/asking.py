"""Prompts, replies and models for the tests of this folder."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Call, Role, Usage
from chargehand.cost.call_log import AttemptResult
from chargehand.cost.reservation import WorstCase
from chargehand.pipeline.answers import WorkerAnswer

WORKER = "claude-haiku-5-5"
SONNET = "claude-sonnet-5-5"
ORCHESTRATOR = "claude-opus-5-5"
GOOD = '{"claims":[]}'
USAGE = Usage(input_tokens=1000, output_tokens=100)

PROMPT = Prompt(
    role=Role.WORKER,
    task="security-1",
    lens="security",
    model=WORKER,
    instructions="Review this.",
    material="1 + password = input()",
    question="Any claims?",
    answer=WorkerAnswer,
    max_tokens=1000,
    cache_prefix=True,
)


def prompt(**changes: object) -> Prompt:
    return PROMPT.evolve(**changes)


def reply(text: str = GOOD, **changes: object) -> Reply:
    usual = Reply(
        text=text,
        stop_reason="end_turn",
        model=WORKER,
        usage=USAGE,
        request_id="req_1",
        seconds=1.5,
    )
    return usual.evolve(**changes)


def call(**changes: object) -> Call:
    usual = Call(
        role=Role.WORKER,
        task="security-1",
        lens="security",
        model=WORKER,
        attempt=1,
        outcome="answered",
        usage=USAGE,
        cost_usd=Decimal("0.00015"),
        seconds=1.5,
        request_id="req_1",
    )
    return usual.evolve(**changes)


def result(**changes: Any) -> AttemptResult:  # Any: whatever fields the test names
    """Return how an attempt ended that `call` tells of."""
    usual = AttemptResult("answered", 1.5, USAGE, Decimal("0.00015"), "req_1")
    return usual._replace(**changes)


def at_worst(usd: Decimal | None) -> WorstCase:
    """Return the worst case of an attempt whose prompt does not matter."""
    return lambda _tokens, _most=None: usd


def no_answer(failure: Failure, retry_after_s: float | None = None) -> NoAnswer:
    return NoAnswer(failure, "as the test says", retry_after_s=retry_after_s)


class Script:
    """A model that gives one scripted end after the other, and remembers what it was asked."""

    def __init__(self, ends: Iterable[Reply | BaseException]) -> None:
        self._ends = list(ends)
        self.asked: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        end = self._ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return end


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
