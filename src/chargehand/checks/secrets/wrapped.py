"""What base64 hides in a line: texts, not pictures, hashes or programs."""

import re
from base64 import b64decode
from binascii import Error
from functools import lru_cache

_RUN = re.compile(r"(?<![\w+/-])[\w+/-]{24,}={0,2}", re.ASCII)
_TO_STANDARD = str.maketrans("-_", "+/")
# What is shorter holds no key, and of a hash few first bytes are letters by chance.
_SHORTEST, _LOOKED_AT = 12, 24


@lru_cache(maxsize=32)
def unwrapped(text: str) -> tuple[tuple[str, str], ...]:
    """Return each run of base64 that holds text, and that text; of one line it is asked several times."""
    runs = (found.group() for found in _RUN.finditer(text))
    telling = (run for run in runs if is_text(decoded(run[:_LOOKED_AT])))
    return tuple((run, whole) for run in telling if (whole := decoded(run)))


def decoded(run: str) -> str:
    """Return the text in a run of base64, in either alphabet; nothing if there is none."""
    standard = run.rstrip("=").translate(_TO_STANDARD)
    try:
        return b64decode(standard + "=" * (-len(standard) % 4)).decode("utf-8")
    except (Error, UnicodeDecodeError):
        return ""


def is_text(text: str) -> bool:
    """Tell whether a text is one that people or programs write in one line or more."""
    return len(text) >= _SHORTEST and all(each.isprintable() or each in "\r\n\t" for each in text)
