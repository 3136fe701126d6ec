"""Whether a text is the address of a server, as the HTTP client reads it."""

from collections.abc import Collection
from urllib.parse import urlsplit

from chargehand.llm.provider.sdk import http


def is_address(text: str, schemes: Collection[str]) -> bool:
    """Tell whether `text` names a host by one of these schemes, and no port that is none."""
    if any(each.isspace() or not each.isprintable() for each in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0 and parts.scheme in schemes and bool(http().URL(text))
    except (ValueError, http().InvalidURL):  # a port that is no number, a name that no one can have
        return False
