"""How many tokens a text is at most, guessed without asking anyone."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from chargehand.core.models import Tokenizer, capabilities

if TYPE_CHECKING:
    from chargehand.core.prompt import Prompt

# Characters a token, lower than what code and diffs measure (about 2.5 and 3.4). The tokenizer of
# Opus 4.7 and of every 5.x makes about 1.3 times the tokens of the one before.
CHARS_A_TOKEN: dict[Tokenizer, float] = {"new": 2.3, "old": 3.0}
# What the API puts around the blocks and the schema of a request.
FRAME_TOKENS = 300

# Put aside in every request for what stands around the material, and in every context for the reply.
INSTRUCTIONS_TOKENS = 10_000
REPLY_TOKENS = 16_000

_DENSE = re.compile(r"[!-@\[-`{-~\n\r]")  # ASCII punctuation, digits and line ends


@lru_cache(maxsize=32)  # the lenses read the same material
def estimate_tokens(text: str, model: str) -> int:
    """Return how many tokens `text` is for `model`: rather too many than too few.

    Text is taken at its average, or by what it holds if that is more: every digit, mark and line end a
    token (tables of numbers, minified code), letters somewhat denser than the average. Beyond ASCII,
    every byte of UTF-8 counts as a token.
    """
    rate = CHARS_A_TOKEN[capabilities(model).tokenizer]
    ascii_chars = sum(map(len, re.findall(r"[\x00-\x7f]+", text)))
    other_bytes = len(text.encode("utf-8", "surrogatepass")) - ascii_chars
    dense = len(_DENSE.findall(text))
    letters = ascii_chars - dense - text.count(" ")
    by_kind = dense + letters / (1.3 * rate)
    return -int(-max(ascii_chars / rate, by_kind) // 1) + other_bytes


def estimate_prompt_tokens(prompt: "Prompt") -> int:
    """Return how many tokens `prompt` is for its model, with its schema and what the API adds."""
    from chargehand.core.schema import schema_text  # noqa: PLC0415 - start-up time

    parts = (prompt.instructions, prompt.material, prompt.question, schema_text(prompt.answer))
    return FRAME_TOKENS + sum(estimate_tokens(part, prompt.model) for part in parts)


def estimate_for_any(text: str, models: Iterable[str]) -> int:
    """Return how many tokens `text` is at most for whichever of `models` makes the most of it."""
    one_a_tokenizer = {capabilities(model).tokenizer: model for model in models}
    return max(estimate_tokens(text, model) for model in one_a_tokenizer.values())


def largest_chunk(models: Iterable[str], wanted: int, beside: int = 0) -> int:
    """Return the tokens of material that one request can hold for each of `models`, `wanted` at most.

    A model is useful up to its price step, else up to its context less the reply. `beside` tokens are put
    aside for what stands beside the change.
    """
    return min([wanted, *(_useful_prompt(model) - INSTRUCTIONS_TOKENS - beside for model in models)])


def largest_beside(models: Iterable[str], wanted: int) -> int:
    """Return how many tokens may stand beside a chunk, `wanted` at most: a quarter of what fits."""
    return min(wanted, largest_chunk(models, 4 * wanted) // 4)


def _useful_prompt(model: str) -> int:
    able = capabilities(model)
    context = able.context_tokens - min(able.max_output_tokens, REPLY_TOKENS)
    return min(context, able.price_step_tokens or context)
