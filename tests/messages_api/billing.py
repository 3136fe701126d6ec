"""Decides what a request costs: the server's own bill, kept apart from every library and from chargehand."""

from dataclasses import dataclass
from decimal import Decimal

from tests.messages_api.models import ModelSpec, Rates
from tests.messages_api.wire import Json

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Usage:
    """Tokens of one request; the prompt is the first four, and output holds thinking."""

    input_tokens: int = 0
    write_5m_tokens: int = 0
    write_1h_tokens: int = 0
    read_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    service_tier: str = "standard"
    inference_geo: str = "global"
    speed: str | None = None

    @property
    def prompt_tokens(self) -> int:
        """All tokens that came in, cached or not."""
        return self.input_tokens + self.write_5m_tokens + self.write_1h_tokens + self.read_tokens

    def as_json(self) -> Json:
        """Return it in the API's own form."""
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.write_5m_tokens + self.write_1h_tokens,
            "cache_read_input_tokens": self.read_tokens,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.write_5m_tokens,
                "ephemeral_1h_input_tokens": self.write_1h_tokens,
            },
            "output_tokens": self.output_tokens,
            "output_tokens_details": {"thinking_tokens": self.thinking_tokens},
            "service_tier": self.service_tier,
            "inference_geo": self.inference_geo,
            **({"speed": self.speed} if self.speed else {}),
        }


def cost_usd(spec: ModelSpec, usage: Usage) -> Decimal:
    """Return what a request with this usage costs, exactly."""
    rates = _rates(spec, usage.prompt_tokens)
    sum_usd = (
        usage.input_tokens * rates.fresh
        + usage.write_5m_tokens * rates.write_5m
        + usage.write_1h_tokens * rates.write_1h
        + usage.read_tokens * rates.read
        + usage.output_tokens * rates.output
    ) / _MILLION
    return sum_usd * _factor(spec, usage)


def _rates(spec: ModelSpec, prompt_tokens: int) -> Rates:
    if spec.step_at is not None and spec.stepped is not None and prompt_tokens > spec.step_at:
        return spec.stepped
    return spec.rates


def _factor(spec: ModelSpec, usage: Usage) -> Decimal:
    factor = Decimal(1)
    if usage.service_tier == "batch":
        factor *= Decimal("0.5")
    if usage.inference_geo == "us":
        factor *= Decimal("1.1")
    if usage.speed == "fast" and spec.fast_factor is not None:
        factor *= spec.fast_factor
    return factor
