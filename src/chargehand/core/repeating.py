"""Whether somebody's words repeat what signs our requests, whole or in part."""

import re
from collections.abc import Iterator

# Enough of a key to search for the rest; four at its end, as in "…x2fQ", tell a person which key it is.
KEY_CHARS = 8


def repeats(words: str, secret: str) -> bool:
    """Tell whether `words` hold the secret, or so much of it that the rest could be searched for."""
    if len(secret) < KEY_CHARS:  # such as "x", for a server that takes any
        return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", words) is not None
    return any(part in words for part in parts(secret, KEY_CHARS))


def parts(text: str, length: int) -> Iterator[str]:
    """Yield every piece of this length."""
    return (text[start : start + length] for start in range(len(text) - length + 1))
