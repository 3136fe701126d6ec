"""Decides which models exist, what each costs and what each accepts.

Written down from the published tables and not from chargehand's own, so that the two can disagree.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ThinkingType = Literal["adaptive", "enabled", "disabled", "between_tools"]
Lifecycle = Literal["active", "deprecated", "retired"]

ALL_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True)
class Rates:
    """US dollars per million tokens."""

    fresh: Decimal
    output: Decimal
    write_5m: Decimal
    write_1h: Decimal
    read: Decimal


@dataclass(frozen=True)
class Manners:
    """What a generation of models accepts.

    `thinks` says whether it thinks when the request does not say. `quiet_up_to_high`: thinking can be off
    only at effort high or lower. `efforts` is empty where the parameter itself is refused.
    """

    thinking: tuple[ThinkingType, ...]
    thinks: bool
    efforts: tuple[str, ...]
    quiet_up_to_high: bool = False


@dataclass(frozen=True)
class ModelSpec:
    """One model. Above `step_at` prompt tokens, all of a request costs `stepped`."""

    id: str
    rates: Rates
    manners: Manners
    default_effort: str | None = "high"
    context: int = 1_000_000
    max_output: int = 128_000
    min_cache: int = 512
    chars_per_10_tokens: int = 25
    forced_tools: bool = True
    prefill: bool = False
    geo: bool = True
    fast_factor: Decimal | None = None
    step_at: int | None = None
    stepped: Rates | None = None
    lifecycle: Lifecycle = "active"


def find(model_id: object) -> ModelSpec | None:
    """Return the model that takes requests under this id, or None."""
    if not isinstance(model_id, str):
        return None
    spec = MODELS.get(ALIASES.get(model_id, model_id))
    return spec if spec and spec.lifecycle != "retired" else None


def _rates(fresh: str, output: str, write_5m: str, write_1h: str, read: str) -> Rates:
    return Rates(*(Decimal(each) for each in (fresh, output, write_5m, write_1h, read)))


_ALWAYS = Manners(("adaptive",), thinks=True, efforts=ALL_EFFORTS)
_SONNET_55 = Manners(("adaptive", "between_tools"), thinks=True, efforts=ALL_EFFORTS, quiet_up_to_high=True)
_CAN_BE_QUIET = Manners(("adaptive", "disabled"), thinks=True, efforts=ALL_EFFORTS, quiet_up_to_high=True)
_SONNET_5 = Manners(("adaptive", "disabled"), thinks=True, efforts=ALL_EFFORTS)
_QUIET = Manners(("adaptive", "disabled"), thinks=False, efforts=ALL_EFFORTS)
_4_6 = Manners(("adaptive", "enabled", "disabled"), thinks=False, efforts=("low", "medium", "high", "max"))
_OPUS_4_5 = Manners(("enabled",), thinks=False, efforts=("low", "medium", "high"))
_4_5 = Manners(("enabled",), thinks=False, efforts=())

_FABLE_52 = _rates("8", "40", "10", "16", "0.20")
_FABLE_51 = _rates("10", "50", "12.5", "20", "0.25")
_FABLE_5 = _rates("10", "50", "12.5", "20", "1.00")
_OPUS_55 = _rates("4", "20", "5", "8", "0.20")
_OPUS = _rates("5", "25", "6.25", "10", "0.50")
_SONNET_4 = _rates("3", "15", "3.75", "6", "0.30")
_TWICE = Decimal(2)
_OLD = 34  # the tokenizer up to 4.6; the new one makes more tokens of the same text


def _retired(model_id: str) -> ModelSpec:
    return ModelSpec(model_id, _OPUS, _4_5, lifecycle="retired")


_SPECS = (
    ModelSpec("claude-fable-5-2", _FABLE_52, _ALWAYS, forced_tools=False, fast_factor=_TWICE),
    ModelSpec("claude-mythos-5-2", _FABLE_52, _ALWAYS, forced_tools=False),
    ModelSpec("claude-fable-5-1", _FABLE_51, _ALWAYS, forced_tools=False),
    ModelSpec("claude-mythos-5-1", _FABLE_51, _ALWAYS, forced_tools=False),
    ModelSpec("claude-fable-5", _FABLE_5, _ALWAYS),
    ModelSpec("claude-mythos-5", _FABLE_5, _ALWAYS),
    ModelSpec("claude-opus-5-5", _OPUS_55, _ALWAYS, "medium", forced_tools=False, fast_factor=_TWICE),
    ModelSpec("claude-opus-5", _OPUS, _CAN_BE_QUIET, fast_factor=_TWICE),
    ModelSpec("claude-opus-4-8", _OPUS, _QUIET, min_cache=1024, fast_factor=_TWICE),
    ModelSpec("claude-opus-4-7", _OPUS, _QUIET, min_cache=2048),
    ModelSpec("claude-opus-4-6", _OPUS, _4_6, min_cache=4096, chars_per_10_tokens=_OLD),
    ModelSpec(
        "claude-opus-4-5",
        _OPUS,
        _OPUS_4_5,
        context=200_000,
        max_output=64_000,
        min_cache=4096,
        chars_per_10_tokens=_OLD,
        prefill=True,
        geo=False,
    ),
    ModelSpec("claude-sonnet-5-5", _rates("2", "10", "2.5", "4", "0.10"), _SONNET_55, forced_tools=False),
    ModelSpec("claude-sonnet-5", _rates("2", "10", "2.5", "4", "0.20"), _SONNET_5, min_cache=1024),
    ModelSpec("claude-sonnet-4-6", _SONNET_4, _4_6, min_cache=1024, chars_per_10_tokens=_OLD),
    ModelSpec(
        "claude-sonnet-4-5",
        _SONNET_4,
        _4_5,
        default_effort=None,
        context=200_000,
        max_output=64_000,
        min_cache=1024,
        chars_per_10_tokens=_OLD,
        prefill=True,
        geo=False,
        lifecycle="deprecated",
    ),
    ModelSpec(
        "claude-haiku-5-5",
        _rates("0.10", "0.50", "0.125", "0.20", "0.01"),
        _CAN_BE_QUIET,
        "medium",
        step_at=100_000,
        stepped=_rates("0.50", "2.50", "0.625", "1.00", "0.05"),
    ),
    ModelSpec(
        "claude-haiku-4-5-20251001",
        _rates("1", "5", "1.25", "2", "0.10"),
        _4_5,
        default_effort=None,
        context=200_000,
        max_output=64_000,
        min_cache=4096,
        chars_per_10_tokens=_OLD,
        prefill=True,
        geo=False,
    ),
    _retired("claude-opus-4-1"),
    _retired("claude-3-5-haiku-20241022"),
)

MODELS = {spec.id: spec for spec in _SPECS}
ALIASES = {"claude-haiku-4-5": "claude-haiku-4-5-20251001"}
