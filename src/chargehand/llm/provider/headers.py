"""What the environment has sent in headers: a key, and headers of the user's own."""

import re
from collections.abc import Mapping

from chargehand.core.errors import EnvironmentFault

CUSTOM = "ANTHROPIC_CUSTOM_HEADERS"


def key_in(environ: Mapping[str, str], variable: str) -> str | None:
    """Return the key that a variable holds, without the blanks and newlines that came along with it.

    None if it is empty. Raises EnvironmentFault, without the key, if no header can carry it.
    """
    key = environ.get(variable, "").strip()
    if not _is_plain(key):
        raise EnvironmentFault(
            f"No model was asked: {variable} holds a newline or another character that no header can carry. "
            "Copy the key anew."
        )
    return key or None


def check_custom_headers(environ: Mapping[str, str]) -> None:
    """Raise EnvironmentFault if a header of the user's own could not be sent, or would be passed over."""
    for line in environ.get(CUSTOM, "").split("\n"):
        name, colon, value = line.strip().partition(":")
        if line.strip() and not (
            colon and re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name.strip(), re.ASCII) and _is_plain(value)
        ):
            raise EnvironmentFault(
                f"No model was asked: a line of {CUSTOM} is not a header. Write `Name: value`, a line each."
            )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
