"""How many tokens a text is at most, guessed without asking anyone."""

import re

from chargehand.llm.model import Prompt
from chargehand.llm.models import Tokenizer, capabilities
from chargehand.llm.schema import schema_text

# Characters a token, lower than what code and diffs measure (about 2.5 and 3.4). The tokenizer of
# Opus 4.7 and of every 5.x makes about 1.3 times the tokens of the one before.
CHARS_A_TOKEN: dict[Tokenizer, float] = {"new": 2.3, "old": 3.0}
# What the API puts around the blocks and the schema of a request.
FRAME_TOKENS = 300

_DENSE = re.compile(r"[!-@\[-`{-~\n\r]")  # ASCII punctuation, digits and line ends


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


def estimate_prompt_tokens(prompt: Prompt) -> int:
    """Return how many tokens `prompt` is for its model, with its schema and what the API adds."""
    parts = (prompt.instructions, prompt.material, prompt.question, schema_text(prompt.answer))
    return FRAME_TOKENS + sum(estimate_tokens(part, prompt.model) for part in parts)
