"""Whether two prompts ask the same: the hash of everything that decides the answer."""

import hashlib
import json

from chargehand.core.prompt import Prompt
from chargehand.core.schema import schema_text


def prompt_hash(prompt: Prompt) -> str:
    """Return the SHA-256 of `prompt`, in hex; role, task and lens do not count, nor does caching."""
    parts = (
        prompt.model,
        prompt.instructions,
        prompt.material,
        prompt.question,
        schema_text(prompt.answer),
        prompt.max_tokens,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
