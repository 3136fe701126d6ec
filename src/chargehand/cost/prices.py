"""What a call costs: the one place that knows prices."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import import_module, metadata
from threading import Lock
from typing import TYPE_CHECKING, Annotated, NamedTuple

from chargehand.core.checked_value import CheckedValue, Within
from chargehand.core.clouds import ANTHROPIC, CLOUDS, REGIONAL, Cloud
from chargehand.core.models import capabilities, plain_id
from chargehand.core.plain_value import PlainValue
from chargehand.core.usage import BATCH, Usage

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import PriceCalculation

_MTOK = 1_000_000
_KINDS = (
    "input_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_read_tokens",
    "output_tokens",
)
# What the provider bills on top, and off; platform.claude.com/docs/en/about-claude/pricing
_US_ONLY = Decimal("1.1")
_BATCH = Decimal("0.5")
_FAST = Decimal(2)
_WRITE_5M = Decimal("1.25")
_WRITE_1H = Decimal(2)
_IN_ONE_REGION = " in one region"
# A prompt guessed at this share of a price step may turn out to lie above it.
_NEAR_STEP = Decimal("0.95")
_LOADING = Lock()


class PriceOverride(CheckedValue):
    """A user's price for one model, US dollars per million tokens; 0 is a price.

    Cache prices that are not given follow the input price as the provider's own do: a write 1.25 times
    (2 times for an hour), a read the full price.
    """

    input: Annotated[Decimal, Within(ge=0)]
    output: Annotated[Decimal, Within(ge=0)]
    cache_write: Annotated[Decimal, Within(ge=0)] | None = None
    cache_read: Annotated[Decimal, Within(ge=0)] | None = None


class Rates(PlainValue):
    """US dollars per million tokens, below any price step."""

    input: Decimal
    output: Decimal


class Prices:
    """Prices of the bundled genai-prices data, and the user's own before them. Nothing is fetched.

    They are those of one cloud, times `factor`.
    """

    def __init__(
        self,
        overrides: Mapping[str, PriceOverride] | None = None,
        cloud: Cloud = ANTHROPIC,
        factor: Decimal = Decimal(1),
    ) -> None:
        self._overrides = dict(overrides or {})
        self._cloud = cloud
        self._factor = factor

    @property
    def version(self) -> str:
        """Where the prices are from, so that a bill can be recomputed."""
        own = " and the configuration" if self._overrides else ""
        of = "" if self._cloud is ANTHROPIC else f" for {self._cloud.title}"
        of += _IN_ONE_REGION if self._factor == REGIONAL else ""
        return f"genai-prices {_data_version()}{of}{own}"

    def like(self, prices_from: str) -> "Prices":
        """Return the prices of the cloud and region of which an earlier bill says that its own were."""
        cloud = next((each for each in CLOUDS.values() if f" for {each.title}" in prices_from), ANTHROPIC)
        factor = REGIONAL if _IN_ONE_REGION in prices_from else Decimal(1)
        return Prices(self._overrides, cloud, factor)

    def cost(self, usage: Usage, model: str, when: datetime | None = None) -> Decimal | None:
        """Return what `usage` cost at `when` (now if not given); None if no price is known."""
        base = self._base(usage, model, when)
        return None if base is None else base * (_US_ONLY if usage.inference_geo == "us" else 1)

    def worst_case(
        self,
        prompt_tokens: int,
        max_tokens: int,
        model: str,
        *,
        cache_write: bool,
        service_tier: str | None = None,
    ) -> Decimal | None:
        """Return the most that a call can cost before it is sent; None if no price is known.

        The whole prompt is written to the cache if `cache_write`; a prompt near a price step is above it;
        the reply is as long as it may be; and the workspace may bill US-only inference.
        """
        step = capabilities(model).price_step_tokens
        if step is not None and prompt_tokens > step * _NEAR_STEP:
            prompt_tokens = max(prompt_tokens, step + 1)
        usage = Usage(
            input_tokens=0 if cache_write else prompt_tokens,
            cache_write_5m_tokens=prompt_tokens if cache_write else 0,
            output_tokens=max_tokens,
            service_tier=service_tier,
            inference_geo="us",
        )
        return self.cost(usage, model)

    def rates(self, model: str) -> Rates | None:
        """Return the prices of plain tokens; None if none is known."""
        few = 1000
        into = self.cost(Usage(input_tokens=few), model)
        out = self.cost(Usage(output_tokens=few), model)
        if into is None or out is None:
            return None
        return Rates(input=into * _MTOK / few, output=out * _MTOK / few)

    def _base(self, usage: Usage, model: str, when: datetime | None) -> Decimal | None:
        if override := self._overrides.get(model):
            return _own_price(usage, override)
        listed = Listed(self._cloud.prices_from, self._cloud.model_id(model))
        if not _is_listed(listed) or (usage.speed == "fast" and not knows_fast_mode()):
            return None
        price = _listed_price(usage, listed, when) if when else _price_of_today(usage, listed)
        return price * self._factor


def load_prices() -> "DataSnapshot":
    """Return the bundled price data of the providers that can be asked."""
    with _LOADING:
        return _load_prices()


@cache
def _load_prices() -> "DataSnapshot":
    """Load the data of some fifty providers, and forget the others: their 3 MB are used again.

    Who else wants them imports them anew.
    """
    import genai_prices.data_snapshot  # noqa: PLC0415  # start-up time: 0.2 s

    name = "genai_prices.data"
    was_there = name in sys.modules
    known = {cloud.prices_from for cloud in CLOUDS.values()}
    ours = [provider for provider in import_module(name).providers if provider.id in known]
    if not was_there:
        del sys.modules[name], vars(genai_prices)["data"]
    return genai_prices.data_snapshot.DataSnapshot(ours, from_auto_update=False)


def _found(listed: "Listed") -> "PriceCalculation":
    """Return what the price data say of a model; raises LookupError if they do not know it."""
    from genai_prices import Usage as Counts  # noqa: PLC0415  # start-up time: 0.2 s

    return load_prices().calc(Counts(), listed.model, listed.provider, None, None)


class Listed(NamedTuple):
    """A model as the price data list it: under a provider, by that provider's id."""

    provider: str
    model: str


def knows_fast_mode() -> bool:
    """Tell whether the price data do; those of Python 3.10 give the standard price, half of the true one."""
    return not metadata.version("genai-prices").startswith("0.1.")


def _own_price(usage: Usage, price: PriceOverride) -> Decimal:
    write = price.input * _WRITE_5M if price.cache_write is None else price.cache_write
    read = price.input if price.cache_read is None else price.cache_read
    total = (
        usage.input_tokens * price.input
        + usage.cache_write_5m_tokens * write
        + usage.cache_write_1h_tokens * write * _WRITE_1H / _WRITE_5M
        + usage.cache_read_tokens * read
        + usage.output_tokens * price.output
    )
    factor = (_BATCH if usage.service_tier == BATCH else 1) * (_FAST if usage.speed == "fast" else 1)
    return total * factor / _MTOK


def _price_of_today(usage: Usage, listed: Listed) -> Decimal:
    """Return the listed price, without asking the price data if they were asked before.

    They take 0.1 ms, and a run with a thousand tasks has ten thousand prices.
    """
    low = _low_prices(listed, usage.service_tier == BATCH, usage.speed == "fast")
    if low.up_to_tokens is not None and usage.prompt_tokens > low.up_to_tokens:
        return _listed_price(usage, listed)
    counts = (getattr(usage, kind) for kind in _KINDS)
    return sum((count * price / _MTOK for count, price in zip(counts, low.prices, strict=True)), Decimal(0))


class _LowPrices(NamedTuple):
    """US dollars per million tokens of each kind, for prompts of at most `up_to_tokens`; None: for all."""

    up_to_tokens: int | None
    prices: tuple[Decimal, ...]


@cache
def _data_version() -> str:
    return metadata.version("genai-prices")


@cache
def _low_prices(listed: Listed, is_batch: bool, is_fast: bool) -> _LowPrices:  # noqa: FBT001 - never literals
    terms = Usage(service_tier=BATCH if is_batch else None, speed="fast" if is_fast else None)
    few = 1000
    usages = [terms.evolve(**{kind: few}) for kind in _KINDS]
    # Normalised, as they are listed, so that a sum has no more digits than the price data give it.
    prices = tuple((_listed_price(usage, listed) * (_MTOK // few)).normalize() for usage in usages)
    steps = [tier.start for price in _listed_rates(listed) for tier in getattr(price, "tiers", ())]
    return _LowPrices(min(steps, default=None), prices)


def _listed_rates(listed: Listed) -> Iterable[object]:
    return vars(_found(listed).model_price).values()


def _listed_price(usage: Usage, listed: Listed, when: datetime | None = None) -> Decimal:
    import genai_prices  # noqa: PLC0415  # start-up time: 0.2 s

    counts = genai_prices.Usage(
        input_tokens=usage.prompt_tokens,
        cache_write_tokens=usage.cache_write_5m_tokens + usage.cache_write_1h_tokens,
        cache_write_5m_tokens=usage.cache_write_5m_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        output_tokens=usage.output_tokens,
    )
    # A key or a value that genai-prices does not know silently gives the standard price.
    context = {"processing": "batch"} if usage.service_tier == BATCH else {}
    context |= {"speed": "fast"} if usage.speed == "fast" else {}
    found = load_prices().calc(counts, listed.model, listed.provider, None, when, context or None)
    return found.total_price


@cache
def _is_listed(listed: Listed) -> bool:
    """Tell whether the price data name the model, dated or not, in whichever region.

    genai-prices matches the 4.x models by prefix, so that it would price any `claude-haiku-4-5-…`.
    """
    if not listed.provider:
        return False
    try:
        found = _found(listed)
    except LookupError:
        return False
    return plain_id(found.model.id) == plain_id(listed.model)
