"""Whether the words of a provider may be shown: never with the key, never with the diff."""

from chargehand.core.escaping import one_line
from chargehand.core.prompt import Prompt
from chargehand.core.repeating import parts, repeats

_SHOWN_CHARS = 200
# Words that repeat this many characters of the material repeat it; so do they with a whole line that has
# this many letters and digits.
_ECHO_CHARS, _TELLING_CHARS = 16, 6
# What stands around a line of the diff in the material: its number and its sign.
_BESIDE_THE_LINE = " \t0123456789+-"


def quotable(words: str, prompt: Prompt, secrets: tuple[str, ...]) -> str:
    """Return `words` on one short line; a placeholder if they repeat a secret or what was asked about."""
    if any(repeats(words, secret) for secret in secrets):
        return "(the provider's message is withheld: it repeats the key)"
    line = one_line(words)[:_SHOWN_CHARS]
    if _echoes(line, prompt.material) or _echoes(line, prompt.question):
        return "(the provider's message is withheld: it repeats the request)"
    return line


def _echoes(line: str, text: str) -> bool:
    flat = " ".join(text.split())
    whole_lines = (each.strip(_BESIDE_THE_LINE) for each in text.splitlines())
    return any(part in flat for part in parts(line, _ECHO_CHARS)) or any(
        each in line and sum(map(str.isalnum, each)) >= _TELLING_CHARS for each in whole_lines
    )
