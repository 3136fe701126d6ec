"""The ledger against a server's own bill: equal to the digit, and under the cap whatever goes wrong."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest

from chargehand.core.errors import ModelError, NoAnswer
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.usage import Role
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import Metered
from chargehand.llm.attempts.retrying import Retrying
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.answers import JudgeAnswer, PlanAnswer, WorkerAnswer
from chargehand.pipeline.worker import escalated
from tests.messages_api import Fault, FaultKind, MessagesApi, some_fail

MATERIAL = "".join(f"{number:>5} + total += order[{number}].amount\n" for number in range(400))
# A spend limit, a wrong key and an unknown model end a run; streams are not asked for. Nor is a dearer model
# put in place: test_cap.py has that, since what it costs is known afterwards only.
RUN_ENDS = {
    FaultKind.SPEND_LIMIT,
    FaultKind.USAGE_LIMIT,
    FaultKind.UNAUTHORIZED,
    FaultKind.FORBIDDEN,
    FaultKind.NOT_FOUND,
    FaultKind.STREAM_ERROR,
    FaultKind.SUBSTITUTED,
}


def prompts(fleet: Fleet, tasks: int) -> list[Prompt]:
    workers = [
        Prompt(
            role=Role.WORKER,
            task=f"security-{number}",
            lens="security",
            model=fleet.worker,
            instructions="Review.",
            material=MATERIAL,
            question=f"Lens: security\n\nLook for the {number}th time.",
            answer=WorkerAnswer,
            max_tokens=2000,
            cache_prefix=number % 3 > 0,
        )
        for number in range(tasks)
    ]
    plan = workers[0].evolve(
        role=Role.PLAN, task="plan", model=fleet.orchestrator, answer=PlanAnswer, material=""
    )
    judge = plan.evolve(role=Role.JUDGE, task="judge", answer=JudgeAnswer)
    triage = judge.evolve(role=Role.TRIAGE, task="triage", model=fleet.escalation)
    return [plan, *workers, triage, judge]


def chain(base: Model, ledger: Ledger, fleet: Fleet) -> Model:
    return Insistent(Retrying(Metered(base, ledger, Prices()), sleep=lambda _seconds: None), fleet.escalation)


class Insistent:
    """A model that asks a stronger one what a worker did not answer."""

    def __init__(self, model: Model, to_model: str) -> None:
        self._model = model
        self._to_model = to_model

    def ask(self, prompt: Prompt) -> Reply:
        try:
            return self._model.ask(prompt)
        except NoAnswer:
            if prompt.role is not Role.WORKER:
                raise
            return self._model.ask(escalated(prompt, self._to_model))


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_the_ledger_equals_the_servers_bill_to_the_last_digit(fleet: Fleet) -> None:
    faults = [
        Fault(FaultKind.GARBAGE, nth=2),
        Fault(FaultKind.REFUSED, nth=5),
        Fault(FaultKind.TRUNCATED, nth=7),
    ]
    ledger = Ledger()
    with MessagesApi(faults=faults) as api, Claude(30, api_key=api.key, base_url=api.url) as claude:
        model = chain(claude, ledger, fleet)
        for prompt in prompts(fleet, 8):
            with suppress(NoAnswer):
                model.ask(prompt)
    assert ledger.spent_usd == api.bill_usd > 0
    assert len(ledger.calls) == len(api.calls)
    assert {call.outcome for call in ledger.calls} == {"answered", "invalid", "refused", "truncated"}
    assert any(call.usage and call.usage.cache_read_tokens for call in ledger.calls)
    assert {call.role for call in ledger.calls} == set(Role) - {Role.PROBE}  # planted, never part of a review


@pytest.mark.parametrize("seed", range(8))
def test_the_servers_bill_never_passes_the_cap(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    fleet = FLEETS[chance.choice(sorted(FLEETS))]
    cap = Decimal(chance.choice(["0.001", "0.02", "0.05", "0.2", "0.5"]))
    threads = chance.choice([1, 4, 16])
    faults = [
        Fault(fault.kind, p=fault.p, seed=seed, hang_s=0.5)
        for fault in some_fail(0.4, sorted(set(FaultKind) - RUN_ENDS), seed)
    ]
    ledger = Ledger(cap)
    geo = chance.choice(["global", "us"])
    with (
        MessagesApi(faults=faults, workspace_geo=geo) as api,
        Claude(0.25, api_key=api.key, base_url=api.url) as claude,
    ):
        model = chain(claude, ledger, fleet)

        def ask(prompt: Prompt) -> None:
            with suppress(ModelError):
                model.ask(prompt)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(ask, prompts(fleet, 24)))
    assert api.bill_usd <= ledger.spent_usd == ledger.committed_usd <= cap
