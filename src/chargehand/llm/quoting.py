"""Whether the words of a provider's error may be shown: never with the key, never with the diff."""

from chargehand.llm.model import Prompt
from chargehand.untrusted import one_line

_SHOWN_CHARS = 200
# A message that repeats this many characters of the material repeats the material.
_ECHO_CHARS = 16


def quotable(words: str, prompt: Prompt, secrets: tuple[str, ...]) -> str:
    """Return `words` on one short line; a placeholder where they repeat a secret or what was asked about."""
    for secret in secrets:
        if secret in words:
            return "(the provider's message is withheld: it repeats the key)"
    line = one_line(words)[:_SHOWN_CHARS]
    if _echoes(line, prompt.material) or _echoes(line, prompt.question):
        return "(the provider's message is withheld: it repeats the request)"
    return line


def _echoes(line: str, text: str) -> bool:
    flat = " ".join(text.split())
    starts = range(len(line) - _ECHO_CHARS + 1)
    return any(line[start : start + _ECHO_CHARS] in flat for start in starts)
