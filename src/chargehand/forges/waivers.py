"""Who waves which finding through, for this request alone: `/chargehand waive FINGERPRINT reason`.

It counts if the forge says that its writer may push, and the writer did not open the request.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from chargehand.core.escaping import one_line
from chargehand.core.value import Value
from chargehand.forges.comment import Said
from chargehand.forges.request import Request

_WAIVE = re.compile(r"/chargehand\s+waive\s+([0-9a-f]{32})\b[ \t]*(.*)")
_LONGEST_REASON, _LONGEST_NAME = 300, 60
# Whoever writes more of them is not looked up any more.
_MOST = 50


class Waiver(Value):
    """A finding that somebody waves through; `fingerprint` is either of its two."""

    fingerprint: str
    by: str
    reason: str

    @property
    def shown(self) -> str:
        """Who and why, in one line of plain text."""
        return f"waived by {self.by}: {self.reason}"


class Waived(NamedTuple):
    """Which waivers count, and a sentence for each that does not."""

    waivers: tuple[Waiver, ...]
    refused: tuple[str, ...]


def waived(request: Request, said: Sequence[Said], may_write: Callable[[str], bool]) -> Waived:
    """Return the waivers that count, the oldest for each fingerprint; `may_write` asks the forge."""
    counted: dict[str, Waiver] = {}
    refused: list[str] = []
    allowed: dict[str, bool] = {}
    for each in sorted(said, key=lambda comment: comment.order)[:_MOST]:
        found = _WAIVE.match(each.text.lstrip())
        if found is None:
            refused.append(f"A comment of {_name(each)} is no command that is known: {_HOW}")
        elif not (reason := one_line(found[2])[:_LONGEST_REASON]):
            refused.append(f"The waiver of {_name(each)} gives no reason, so it does not count: {_HOW}")
        elif each.author.lower() == request.author.lower():
            refused.append(f"The waiver of {_name(each)} does not count: they opened this request.")
        elif not allowed.setdefault(each.author, False) and not _ask(each.author, allowed, may_write):
            refused.append(f"The waiver of {_name(each)} does not count: they may not write here.")
        else:
            waiver = Waiver(fingerprint=found[1], by=_name(each), reason=reason)
            counted.setdefault(waiver.fingerprint, waiver)
    return Waived(tuple(counted.values()), tuple(dict.fromkeys(refused)))


_HOW = "/chargehand waive FINGERPRINT reason, with the 32 digits that a report shows."


def _ask(author: str, allowed: dict[str, bool], may_write: Callable[[str], bool]) -> bool:
    allowed[author] = may_write(author)
    return allowed[author]


def _name(said: Said) -> str:
    return one_line(said.author)[:_LONGEST_NAME]
