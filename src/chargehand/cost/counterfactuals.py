"""What the same review would have cost otherwise; docs/cost.md has the definitions."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from chargehand.core.models import capabilities
from chargehand.core.usage import BATCH, Charge, Usage
from chargehand.core.value import Value
from chargehand.cost.prices import Prices

# Tokens of the tokenizer of Opus 4.7 and 5.x over those of the one before, for the same text.
_NEW, _OLD = 13, 10
# An answer without claims, {"claims":[]}: a single pass writes it once, each worker writes it again.
EMPTY_ANSWER_TOKENS = 8
# What a model that always thinks is taken to think at least, at low effort, as long as it was not asked.
LEAST_THOUGHT_TOKENS = 160
# Estimates are high on purpose; without a report to measure them by, this much of them counts.
USUAL_RATIO = Decimal("0.75")


class SinglePass(Value):
    """What one call by the orchestrator would have to read and write, instead of this run.

    `prompt_tokens` are those of the diff as git shows it and of one paragraph of instructions,
    `findings_tokens` those of what stands in the end, in plain words. Both are the orchestrator's, by the
    average of its tokenizer; `token_ratio` is the ledger's, by which estimates of this run missed.
    `thinking_tokens` are what it thinks at least; None: as much as the orchestrator did, if it was asked.
    """

    prompt_tokens: int
    token_ratio: Decimal | None
    findings_tokens: int = 0
    thinking_tokens: int | None = None


def all_orchestrator_usd(
    calls: Sequence[Charge], prices: Prices, orchestrator: str, when: datetime | None = None
) -> Decimal | None:
    """Return the cost of the answered calls, had the orchestrator answered them all; None: no price known."""
    total = Decimal(0)
    for call in calls:
        if not call.is_answered or call.usage is None:
            continue  # a stronger model might not have failed
        cost = prices.cost(_as_if_by(orchestrator, call, call.usage), orchestrator, when)
        if cost is None:
            return None
        total += cost
    return total


def _as_if_by(orchestrator: str, call: Charge, usage: Usage) -> Usage:
    """Return the usage of `call` in the orchestrator's tokens; thinking only counts if it always thinks."""
    if call.paid_model == orchestrator:
        return usage
    able = capabilities(orchestrator)
    output = usage.output_tokens if able.always_thinks else usage.output_tokens - usage.thinking_tokens

    def converted(tokens: int) -> int:
        return convert(tokens, call.paid_model, orchestrator)

    return usage.evolve(
        input_tokens=converted(usage.input_tokens),
        cache_write_5m_tokens=converted(usage.cache_write_5m_tokens),
        cache_write_1h_tokens=converted(usage.cache_write_1h_tokens),
        cache_read_tokens=converted(usage.cache_read_tokens),
        output_tokens=converted(max(output, 0)),
    )


def convert(tokens: int, from_model: str, to_model: str) -> int:
    """Return how many tokens of `to_model` hold the text of so many tokens of `from_model`, rounded down."""
    was, becomes = capabilities(from_model).tokenizer, capabilities(to_model).tokenizer
    if was == becomes:
        return tokens
    return tokens * _NEW // _OLD if becomes == "new" else tokens * _OLD // _NEW


def single_pass_usd(
    calls: Sequence[Charge], prices: Prices, orchestrator: str, single_pass: SinglePass, when: datetime | None
) -> Decimal | None:
    answered = [call for call in calls if call.is_answered and call.usage]
    if not answered:
        return Decimal(0)
    ratio = USUAL_RATIO if single_pass.token_ratio is None else single_pass.token_ratio
    usages = [call.usage for call in answered if call.usage]
    usage = Usage(
        input_tokens=int(single_pass.prompt_tokens * ratio),
        output_tokens=EMPTY_ANSWER_TOKENS
        + int(single_pass.findings_tokens * ratio)
        + _thinking_tokens(answered, orchestrator, single_pass.thinking_tokens),
        service_tier=BATCH if any(each.service_tier == BATCH for each in usages) else None,
        inference_geo="us" if all(each.inference_geo == "us" for each in usages) else None,
    )
    return prices.cost(usage, orchestrator, when)


def _thinking_tokens(answered: Sequence[Charge], orchestrator: str, least: int | None) -> int:
    """Return the most that the orchestrator thought in one call of this run, and some if it always does."""
    if not capabilities(orchestrator).always_thinks:
        return 0
    own = [call.usage.thinking_tokens for call in answered if call.usage and call.paid_model == orchestrator]
    return max(own, default=LEAST_THOUGHT_TOKENS) if least is None else max(*own, least, 0)
