from decimal import Decimal

from chargehand.core.plan import Chunk, Excerpt, Task
from chargehand.cost.prices import Prices
from chargehand.pipeline.prompt_cache import WORTH_THE_WAIT_USD, share_prefixes
from tests.unit.crew import reader_of


def tasks(count: int, tokens: int, number: int = 1) -> list[Task]:
    chunk = Chunk(number=number, excerpts=(Excerpt(path="a.py", first=0, last=0),), tokens=tokens)
    parts = chunk.excerpts
    readers = [reader_of(f"lens{n}") for n in range(count)]
    return [Task(id=f"{each.name}-{number}", reader=each, chunk=chunk, parts=parts) for each in readers]


def sharing(wanted: list[Task], model: str, threads: int = 64) -> tuple[dict[str, str], Decimal]:
    shared = share_prefixes(wanted, {task.id: model for task in wanted}, Prices(), threads)
    return dict(shared.leader_of), shared.saved_usd


NOTHING: tuple[dict[str, str], Decimal] = ({}, Decimal(0))


def test_tasks_over_a_large_chunk_of_a_dear_model_wait_for_the_first() -> None:
    leaders, saved = sharing(tasks(5, 24_000), "claude-haiku-4-5-20251001")
    assert leaders == {f"lens{n}-1": "lens0-1" for n in range(1, 5)}
    sure = int(24_000 * Decimal("0.7"))
    assert saved == sure * (5 - Decimal("1.25") - 4 * Decimal("0.1")) / 1_000_000


def test_instructions_count_towards_the_smallest_prefix_that_is_cached() -> None:
    wanted = tasks(9, 5_000)
    models = {task.id: "claude-haiku-4-5-20251001" for task in wanted}
    assert share_prefixes(wanted, models, Prices(), 8).leader_of == {}
    assert len(share_prefixes(wanted, models, Prices(), 8, "Review with care. " * 300).leader_of) == 8


def test_chunks_that_save_little_each_wait_where_together_they_save_enough() -> None:
    chunks = [task for number in range(1, 5) for task in tasks(5, 24_000, number)]
    leaders, saved = sharing(chunks, "claude-haiku-5-5")
    assert leaders["lens1-3"] == "lens0-3"
    assert len(leaders) == 16
    assert saved >= WORTH_THE_WAIT_USD


def test_where_tasks_outnumber_threads_as_many_wait_as_would_anyhow() -> None:
    chunks = [task for number in range(1, 5) for task in tasks(5, 20_000, number)]
    leaders, saved = sharing(chunks, "claude-haiku-5-5", threads=10)
    assert len(leaders) == 10
    assert Decimal(0) < saved < WORTH_THE_WAIT_USD


def test_of_many_tasks_over_one_chunk_the_first_fill_the_threads_and_the_others_wait() -> None:
    leaders, saved = sharing(tasks(20, 5_000), "claude-haiku-5-5", threads=8)
    assert leaders == {f"lens{n}-1": "lens0-1" for n in range(4, 20)}
    assert saved < WORTH_THE_WAIT_USD


def test_followers_that_just_fit_into_the_calls_after_the_first_round_wait() -> None:
    leaders, saved = sharing(tasks(2, 24_000), "claude-haiku-5-5", threads=1)
    assert leaders == {"lens1-1": "lens0-1"}
    assert saved < WORTH_THE_WAIT_USD


def test_what_saves_less_than_the_wait_is_worth_does_not_wait() -> None:
    leaders, saved = sharing(tasks(5, 24_000), "claude-haiku-5-5")
    assert (leaders, saved) == NOTHING
    assert sharing(tasks(5, 99_000), "claude-haiku-5-5")[1] >= WORTH_THE_WAIT_USD


def test_a_prefix_below_the_smallest_that_is_cached_does_not_wait() -> None:
    assert sharing(tasks(50, 5_000), "claude-haiku-4-5-20251001") == NOTHING


def test_a_model_of_unknown_price_or_without_a_cache_does_not_wait() -> None:
    assert sharing(tasks(5, 24_000), "qwen-local") == NOTHING


def test_tasks_of_different_chunks_or_models_share_nothing() -> None:
    mixed = [*tasks(1, 24_000), *tasks(1, 24_000, number=2)]
    assert sharing(mixed, "claude-sonnet-4-6") == NOTHING
