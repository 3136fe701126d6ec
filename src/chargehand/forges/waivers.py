"""Who waves which finding through, for this request alone: `/chargehand waive FINGERPRINT reason`.

It counts if the forge says that its writer may push, and the writer did not open the request.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from chargehand.core.escaping import one_line
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.comment import Said
from chargehand.forges.request import Request

_WAIVE = re.compile(r"/chargehand[ \t]+waive[ \t]+([0-9a-f]{32})(?![0-9a-f])[ \t]*(.*)")
_HOW = "/chargehand waive FINGERPRINT reason, with the 32 digits that a report shows."
_LONGEST_REASON, _LONGEST_NAME = 300, 60
# So many people are looked up; who comes later has to wait until the request has fewer commands.
_MOST_PEOPLE = 50


def waived(request: Request, said: Sequence[Said], may_write: Callable[[str], bool]) -> Waived:
    """Return the waivers that count, the oldest for each fingerprint; `may_write` asks the forge."""
    counted: dict[str, Waiver] = {}
    refused: dict[str, None] = {}
    people = list(dict.fromkeys(each.author for each in sorted(said, key=_age)))[:_MOST_PEOPLE]
    is_allowed = cache(may_write)
    for each in sorted(said, key=_age):
        found = _WAIVE.match(each.text.lstrip())
        if why := _refusal(each, found, request, lambda name: name in people and is_allowed(name)):
            refused[why] = None
        elif found:
            reason = one_line(found[2])[:_LONGEST_REASON]
            counted.setdefault(found[1], Waiver(fingerprint=found[1], by=_name(each), reason=reason))
    return Waived(waivers=tuple(counted.values()), refused=tuple(refused))


def _refusal(
    said: Said, found: re.Match[str] | None, request: Request, is_allowed: Callable[[str], bool]
) -> str:
    """Return why a comment does not count, empty if it does; the forge is asked last."""
    if said.is_edited:
        return f"A comment of {_name(said)} was edited, maybe not by them: it does not count. Write it anew."
    if found is None:
        return f"A comment of {_name(said)} is no command that is known: {_HOW}"
    if not found[2].strip():
        return f"The waiver of {_name(said)} gives no reason, so it does not count: {_HOW}"
    if said.author.lower() == request.author.lower():
        return f"The waiver of {_name(said)} does not count: they opened this request."
    if not is_allowed(said.author):
        return f"The waiver of {_name(said)} does not count: they may not write here, or are a bot."
    return ""


def _age(said: Said) -> int:
    return said.order


def _name(said: Said) -> str:
    return one_line(said.author)[:_LONGEST_NAME]
