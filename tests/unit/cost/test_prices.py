from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chargehand.core.usage import Usage
from chargehand.cost.prices import PriceOverride, Prices, knows_fast_mode, load_prices

WHEN = datetime(2026, 11, 22, tzinfo=timezone.utc)
OPUS, HAIKU = "claude-opus-5-5", "claude-haiku-5-5"
USAGE = Usage(
    input_tokens=50,
    cache_write_5m_tokens=400,
    cache_write_1h_tokens=600,
    cache_read_tokens=20_000,
    output_tokens=700,
)


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Load the price data, which takes longer than an example of a property may."""
    load_prices()


def cost(usage: Usage, model: str = OPUS, **overrides: PriceOverride) -> Decimal | None:
    return Prices(overrides).cost(usage, model, WHEN)


def test_every_kind_of_token_has_its_price() -> None:
    by_hand = (50 * 4 + 400 * 5 + 600 * 8) / Decimal(10**6) + 20_000 * Decimal("0.2") / 10**6
    assert cost(USAGE) == by_hand + 700 * Decimal(20) / 10**6 == Decimal("0.025")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("inference_geo", "us", "0.0275"),
        ("inference_geo", "global", "0.025"),
        ("service_tier", "batch", "0.0125"),
        ("service_tier", "standard", "0.025"),
        ("speed", "fast", "0.05"),
        ("speed", "standard", "0.025"),
    ],
)
def test_place_tier_and_speed_change_the_price(field: str, value: str, expected: str) -> None:
    usage = USAGE.evolve(**{field: value})
    is_known = value != "fast" or knows_fast_mode()
    assert cost(usage) == (Decimal(expected) if is_known else None)
    own = PriceOverride(
        input=Decimal(4), output=Decimal(20), cache_write=Decimal(5), cache_read=Decimal("0.2")
    )
    assert cost(usage, "mine", mine=own) == Decimal(expected)


def test_above_its_step_every_token_of_haiku_costs_five_times_as_much() -> None:
    below = cost(Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=100), HAIKU)
    above = cost(Usage(input_tokens=60_000, cache_read_tokens=40_001, output_tokens=100), HAIKU)
    assert below == Decimal("0.00645")
    assert above == Decimal("0.00645") * 5 + Decimal("0.00000005")


@pytest.mark.parametrize(
    "model",
    ["claude-haiku-4-5-foo", "claude-haiku-4-5-2025", "claude-opus-6", "claude-mythos-5", "llama", ""],
)
def test_a_model_without_a_price_costs_an_unknown_amount_and_never_nothing(model: str) -> None:
    prices = Prices()
    assert prices.rates(model) is None
    assert prices.cost(USAGE, model) is None
    assert prices.worst_case(10, 10, model, cache_write=False) is None
    assert prices.rates(model) is None


def test_a_dated_id_costs_what_its_model_costs() -> None:
    assert cost(USAGE, "claude-haiku-4-5-20251001") == cost(USAGE, "claude-haiku-4-5")


def test_a_price_of_zero_is_a_price() -> None:
    prices = Prices({"llama": PriceOverride(input=Decimal(0), output=Decimal(0))})
    assert prices.rates("llama")
    assert prices.cost(USAGE, "llama") == 0
    assert prices.worst_case(1000, 1000, "llama", cache_write=True) == 0


def test_the_users_price_comes_first_and_the_version_says_so() -> None:
    prices = Prices({OPUS: PriceOverride(input=Decimal(1), output=Decimal(2))})
    assert prices.cost(Usage(input_tokens=1_000_000), OPUS) == 1
    assert prices.version.startswith("genai-prices 0.")
    assert prices.version.endswith(" and the configuration")
    assert Prices().version == prices.version.removesuffix(" and the configuration")


def test_cache_prices_that_are_not_given_follow_the_input() -> None:
    own = PriceOverride(input=Decimal(4), output=Decimal(20))
    usage = Usage(
        cache_write_5m_tokens=1_000_000, cache_write_1h_tokens=1_000_000, cache_read_tokens=1_000_000
    )
    assert cost(usage, "mine", mine=own) == 5 + 8 + 4


@pytest.mark.parametrize("wrong", ["-1", "nan", "inf"])
def test_a_price_is_a_number_from_zero_on(wrong: str) -> None:
    with pytest.raises(ValidationError):
        PriceOverride(input=Decimal(wrong), output=Decimal(1))


def test_the_worst_case_of_a_call_is_dearer_in_every_way() -> None:
    prices = Prices()
    assert prices.worst_case(1000, 100, OPUS, cache_write=False) == Decimal("1.1") * Decimal("0.006")
    assert prices.worst_case(1000, 100, OPUS, cache_write=True) == Decimal("1.1") * Decimal("0.007")


def test_a_prompt_near_the_price_step_is_reserved_above_it() -> None:
    prices = Prices()
    far = prices.worst_case(95_000, 0, HAIKU, cache_write=False)
    near = prices.worst_case(95_001, 0, HAIKU, cache_write=False)
    assert far == Decimal("1.1") * Decimal("0.0095")
    assert near == Decimal("1.1") * 100_001 * Decimal("0.5") / 10**6


@given(
    fresh=st.integers(0, 60_000),
    written=st.integers(0, 60_000),
    read=st.integers(0, 60_000),
    output=st.integers(0, 60_000),
    model=st.sampled_from([OPUS, HAIKU, "claude-haiku-4-5-20251001", "claude-sonnet-4-6"]),
)
def test_no_call_costs_more_than_its_worst_case(
    fresh: int, written: int, read: int, output: int, model: str
) -> None:
    prices = Prices()
    usage = Usage(
        input_tokens=fresh,
        cache_write_5m_tokens=written,
        cache_read_tokens=read,
        output_tokens=output,
        inference_geo="us",
    )
    worst = prices.worst_case(usage.prompt_tokens, output, model, cache_write=written > 0)
    met = prices.cost(usage, model)
    assert worst is not None
    assert met is not None
    assert met <= worst


@given(
    tokens=st.lists(
        st.sampled_from([0, 1, 7, 999, 20_000, 50_000, 60_001, 1_000_000]), min_size=5, max_size=5
    ),
    model=st.sampled_from([OPUS, HAIKU, "claude-haiku-4-5-20251001", "claude-sonnet-4-5"]),
    service_tier=st.sampled_from([None, "standard", "batch"]),
    speed=st.sampled_from([None, "standard", "fast"]),
)
def test_what_a_call_costs_now_is_to_the_digit_what_the_price_data_give_for_this_moment(
    tokens: list[int], model: str, service_tier: str | None, speed: str | None
) -> None:
    read, fresh, written, for_an_hour, output = tokens
    usage = Usage(
        input_tokens=fresh,
        cache_write_5m_tokens=written,
        cache_write_1h_tokens=for_an_hour,
        cache_read_tokens=read,
        output_tokens=output,
        service_tier=service_tier,
        speed=speed,
    )
    now = Prices().cost(usage, model, datetime.now(timezone.utc))
    assert str(Prices().cost(usage, model)) == str(now)


def test_a_price_step_of_the_data_counts_from_its_first_token_on() -> None:
    prices = Prices()
    at, above = (Usage(input_tokens=tokens, output_tokens=10) for tokens in (200_000, 200_001))
    assert prices.cost(at, "claude-sonnet-4-5") == (200_000 * 3 + 10 * 15) / Decimal(10**6)
    assert prices.cost(above, "claude-sonnet-4-5") == (200_001 * 6 + 10 * Decimal("22.5")) / Decimal(10**6)


def test_rates_are_those_of_plain_tokens() -> None:
    rates = Prices().rates(HAIKU)
    assert rates is not None
    assert (rates.input, rates.output) == (Decimal("0.1"), Decimal("0.5"))


def test_the_price_data_of_other_providers_are_there_for_whoever_asks_after_us() -> None:
    assert Prices().rates(HAIKU)
    from genai_prices.data import providers  # noqa: PLC0415 - what is tested is when it is imported

    assert {"anthropic", "openai"} <= {provider.id for provider in providers}
