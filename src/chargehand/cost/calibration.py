"""How many tokens a prompt is at most, by all that the provider has reported in this run."""

import hashlib
from typing import NamedTuple

from chargehand.core.prompt import Prompt
from chargehand.core.schema import schema_text
from chargehand.core.tokens import FRAME_TOKENS, estimate_prompt_tokens, estimate_tokens

# Where texts meet, tokens may fall otherwise; and what the API adds may differ from call to call.
_LEEWAY_TOKENS = 50
# The provider calls its count an estimate that may be off by a little, and says nothing of the schema.
_COUNT_MARGIN_PERCENT = 2
# No text is so few tokens for its estimate: a report of less leaves something out.
_LEAST_SHARE = 5


class Measured(NamedTuple):
    """A prompt with its estimated tokens, and a hash of all that stands before its question."""

    prompt: Prompt
    tokens: int
    beginning: bytes

    @property
    def least_tokens(self) -> int:
        """Return the fewest tokens that the prompt could turn out to be."""
        return self.tokens // _LEAST_SHARE


def measure(prompt: Prompt) -> Measured:
    """Return `prompt` with what its size is known by."""
    parts = (prompt.model, schema_text(prompt.answer), prompt.instructions, prompt.material)
    hashed = hashlib.sha256()
    for part in parts:
        text = part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(text) + text)
    return Measured(prompt, estimate_prompt_tokens(prompt), hashed.digest())


class Calibration:
    """What is known of prompts, by what they begin with. The ledger's lock guards it.

    Prompts that share model, schema, instructions and material differ by their questions, so one is at most
    as many tokens as the other and its own question together.
    """

    def __init__(self) -> None:
        self._reported: dict[bytes, dict[str, int]] = {}
        self._counts = True

    def most_tokens(self, measured: Measured) -> int:
        """Return how many tokens the prompt is at most: its estimate, or less if one like it is known."""
        prompt = measured.prompt
        reported = self._reported.get(measured.beginning, {})
        known = (
            tokens + _LEEWAY_TOKENS + estimate_tokens(prompt.question.removeprefix(question), prompt.model)
            for question, tokens in reported.items()
        )
        return min([measured.tokens, *known])

    def wants_count(self, measured: Measured) -> bool:
        """Tell whether a count would say what no report has said, from a server that counts."""
        return self._counts and measured.beginning not in self._reported

    def report(self, measured: Measured, tokens: int) -> bool:
        """Take note of what the provider reported; return False if that cannot be the whole prompt."""
        if tokens < measured.least_tokens:
            return False
        reported = self._reported.setdefault(measured.beginning, {})
        question = measured.prompt.question
        reported[question] = max(tokens, reported.get(question, 0))
        return True

    def count(self, measured: Measured, tokens: int | None) -> None:
        """Take note of the provider's count, None if it gave none: then it is not asked for another."""
        self._counts = tokens is not None and self.report(measured, _at_most(tokens, measured.prompt))


def _at_most(counted: int, prompt: Prompt) -> int:
    margin = -(-counted * _COUNT_MARGIN_PERCENT // 100)
    schema = estimate_tokens(schema_text(prompt.answer), prompt.model)
    return counted + margin + FRAME_TOKENS + schema
