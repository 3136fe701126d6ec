"""What tests know of markers: each has a tag, which depends on the run's key."""

import re

_TAG = re.compile(r"(MASKED\d*_)[a-z2-7]{5}_")


def without_tags(text: str) -> str:
    """Return `text` with its markers as they are without a key."""
    return _TAG.sub(r"\1", text)
