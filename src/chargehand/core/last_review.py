"""The last review of a change: where it stood, and what it found."""

import re
from typing import Annotated

from chargehand.core.checked_value import CheckedValue, Within

_COMMIT = r"^[0-9a-f]{7,64}$"
Commit = Annotated[str, Within(pattern=_COMMIT)]
Print = Annotated[str, Within(pattern=r"^[0-9a-f]{32}$")]


class LastReview(CheckedValue):
    """A review that models read all of the change for, at the commit `head`.

    `lenses` are those that they read under, none if that is not known, and `found` the second fingerprints of
    what was found and not late even then.
    """

    head: Commit
    lenses: tuple[str, ...] = ()
    found: tuple[Print, ...] = ()


def is_commit(text: str) -> bool:
    """Tell whether `text` is the id of a commit, or the beginning of one."""
    return re.match(_COMMIT, text) is not None
