import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargehand.core.tokens import (
    FRAME_TOKENS,
    INSTRUCTIONS_TOKENS,
    REPLY_TOKENS,
    estimate_for_any,
    estimate_prompt_tokens,
    estimate_tokens,
    largest_chunk,
)
from tests.unit.llm.asking import prompt

NEW, OLD = "claude-haiku-5-5", "claude-haiku-4-5"
CODE = "def total(order: Order) -> Decimal:\n    return sum(item.amount for item in order.items)\n" * 20


def test_code_counts_at_the_average_of_its_tokenizer() -> None:
    assert len(CODE) / estimate_tokens(CODE, NEW) == pytest.approx(2.3, rel=0.01)
    assert len(CODE) / estimate_tokens(CODE, OLD) == pytest.approx(3.0, rel=0.1)


def test_an_unknown_model_counts_as_the_tokenizer_with_more_tokens() -> None:
    assert estimate_tokens(CODE, "llama-local") == estimate_tokens(CODE, NEW)


def test_numbers_and_marks_count_one_by_one() -> None:
    table = "1,2,3,4,5,6,7,8,9\n" * 100
    assert estimate_tokens(table, NEW) == len(table)


def test_beyond_ascii_every_byte_counts() -> None:
    assert estimate_tokens("漢字" * 100, NEW) == 600
    assert estimate_tokens("\udce9", NEW) == 3


def test_nothing_is_no_token() -> None:
    assert estimate_tokens("", NEW) == 0


@given(st.text(), st.text())
def test_a_text_is_never_more_than_its_parts(one: str, other: str) -> None:
    assert estimate_tokens(one + other, NEW) <= estimate_tokens(one, NEW) + estimate_tokens(other, NEW)


def test_a_prompt_counts_all_its_parts_its_schema_and_the_frame() -> None:
    empty = prompt(instructions="", material="", question="")
    schema = estimate_prompt_tokens(empty) - FRAME_TOKENS
    assert schema > 100
    full = prompt(instructions=CODE, material=CODE, question=CODE)
    assert estimate_prompt_tokens(full) == 3 * estimate_tokens(CODE, NEW) + schema + FRAME_TOKENS


def test_for_a_mixed_fleet_the_tokenizer_with_more_tokens_counts() -> None:
    assert estimate_for_any(CODE, [OLD, NEW, "claude-sonnet-4-6"]) == estimate_tokens(CODE, NEW)
    assert estimate_for_any(CODE, [OLD]) == estimate_tokens(CODE, OLD)


@pytest.mark.parametrize(
    ("models", "wanted", "expected"),
    [
        (["claude-sonnet-5-5"], 60_000, 60_000),
        (["claude-sonnet-5-5", NEW], 500_000, 100_000 - INSTRUCTIONS_TOKENS),
        ([OLD], 500_000, 200_000 - REPLY_TOKENS - INSTRUCTIONS_TOKENS),
    ],
)
def test_a_chunk_stays_below_price_step_and_context(models: list[str], wanted: int, expected: int) -> None:
    assert largest_chunk(models, wanted) == expected
