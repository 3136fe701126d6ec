"""Who waves which finding through, for this request alone: by a comment or a label.

It counts if the forge says that its writer may push, and the writer did not open the request.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from chargehand.core.errors import ForgeError
from chargehand.core.escaping import one_line
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.comment import Said
from chargehand.forges.forge import Forge
from chargehand.forges.labels import speaks_to_us
from chargehand.forges.request import Request

_WAIVE = re.compile(r"/chargehand[ \t]+waive[ \t]+([0-9a-f]{32})(?![0-9a-f])[ \t]*(.*)")
_HOW = "/chargehand waive FINGERPRINT reason, with the 32 digits that a report shows."
_HOW_BY_LABEL = "chargehand-waive: FINGERPRINT, and the reason as its description."
_LONGEST_REASON, _LONGEST_NAME = 300, 60
# So many people are looked up; who comes later has to wait until the request has fewer commands.
_MOST_PEOPLE = 50


def heard(forge: Forge, request: Request, said: Sequence[Said]) -> Waived:
    """Return the waivers that count, by comments and by labels; labels that cannot be looked at are told."""
    labelled, why_not = _labelled(forge, request)
    found = waived(request, (*said, *labelled), forge.may_write)
    return found.evolve(refused=(*found.refused, *why_not))


def _labelled(forge: Forge, request: Request) -> tuple[Sequence[Said], Sequence[str]]:
    """Return what labels say, or why nobody knows; most requests have none that speaks to us."""
    if not any(map(speaks_to_us, request.labels)):
        return (), ()
    try:
        return forge.labelled(), ()
    except ForgeError as error:
        return (), (f"Labels waive nothing here, since nobody could look who set them: {error}",)


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
    """Return why a comment or a label does not count, empty if it does; the forge is asked last."""
    if said.label and not said.author:
        return f"The label {one_line(said.label)} does not count: the forge names no person who set it."
    if why := _no_command(said, found):
        return why
    if said.author.lower() == request.author.lower():
        return f"The waiver of {_name(said)} does not count: they opened this request."
    if not is_allowed(said.author):
        return f"The waiver of {_name(said)} does not count: they may not write here, or are a bot."
    return ""


def _no_command(said: Said, found: re.Match[str] | None) -> str:
    """Return why what was said is no command that can count, empty if it can."""
    if found is None:
        return f"{_what(said)} is no command that is known: {_ways(said)}"
    if not found[2].strip():
        return f"{_what(said)} gives no reason, so it does not count: {_ways(said)}"
    if said.is_edited:
        return f"{_what(said)} was edited, maybe not by them: it does not count. {_anew(said)}"
    return ""


def _age(said: Said) -> int:
    return said.order


def _what(said: Said) -> str:
    return (
        f"The label {one_line(said.label)} of {_name(said)}" if said.label else f"A comment of {_name(said)}"
    )


def _ways(said: Said) -> str:
    return _HOW_BY_LABEL if said.label else _HOW


def _anew(said: Said) -> str:
    return "Take it off and set it again." if said.label else "Write it anew."


def _name(said: Said) -> str:
    return one_line(said.author)[:_LONGEST_NAME]
