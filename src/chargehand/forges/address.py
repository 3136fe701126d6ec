"""Whether what a job's variables call the address of a forge, and the token, can be used at all."""

import re
from urllib.parse import urlsplit

from chargehand.core.errors import InputError


def checked_address(address: str, variable: str) -> str:
    """Return the address of an API; raise InputError, which names the variable, if it is none."""
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a port that is no number, or a bracket that is not closed
        is_one = False
    if not is_one or re.search(r"\s", address):
        raise InputError(
            f"No forge was asked: {variable} is no address of an API, such as https://forge.example.org/api."
        )
    return address


def check_token(token: str, variable: str) -> None:
    """Raise InputError, which names the variable, if no header can hold the token."""
    if not re.fullmatch(r"[!-~]+", token):
        raise InputError(
            f"No forge was asked: {variable} holds what is no token: white space, or other than ASCII."
        )
