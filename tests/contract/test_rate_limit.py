"""A server that turns away what is more than it bears, asked over HTTP by more threads than that."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.retrying import RetryPolicy
from chargehand.llm.chain import build_chain
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.answers import WorkerAnswer
from tests.contract.asking import HAIKU
from tests.messages_api import MessagesApi

pytestmark = pytest.mark.waits

LIMIT, THREADS, TASKS = 4, 16, 80


@pytest.mark.parametrize("retry_after_s", [None, 0.2])
def test_a_limit_is_found_and_kept_without_losing_a_task(retry_after_s: float | None) -> None:
    with MessagesApi(delay_s=0.15, max_concurrency=LIMIT, limit_retry_after_s=retry_after_s) as api:
        with Claude(30, api_key=api.key, base_url=api.url) as claude:
            chain = build_chain(claude, Prices(), threads=THREADS)
            with ThreadPoolExecutor(THREADS) as pool:
                replies = list(pool.map(chain.model.ask, map(prompt, range(TASKS))))
        turned_away = [record.received_at for record in api.log if record.status == 429]
        peak = api.peak_in_flight
    assert len(replies) == TASKS
    assert peak == LIMIT
    burst = THREADS - LIMIT
    assert len(turned_away) < burst + TASKS // 4
    assert max(call.attempt for call in chain.ledger.calls) < RetryPolicy().attempts


def test_who_stays_below_the_limit_is_never_turned_away() -> None:
    with MessagesApi(delay_s=0.02, max_concurrency=LIMIT) as api:
        with Claude(30, api_key=api.key, base_url=api.url) as claude:
            chain = build_chain(claude, Prices(), threads=LIMIT)
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(chain.model.ask, map(prompt, range(TASKS // 2))))
        assert {record.status for record in api.log} == {200}


def prompt(number: int) -> Prompt:
    return Prompt(
        role=Role.WORKER,
        task=f"correctness-{number}",
        lens="correctness",
        model=HAIKU,
        instructions="Review this.",
        material=f"1 + value = {number}",
        question="Any claims?",
        answer=WorkerAnswer,
        max_tokens=1000,
    )
