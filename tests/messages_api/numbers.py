"""Decides which number a name in a scripted reply stands for, by the numbered lines of the prompt."""

import re

from tests.messages_api.request import Request
from tests.messages_api.wire import Json

_HEADING = re.compile(r"^\[(\d+)\] (\S.*)$", re.MULTILINE)
_LISTED = re.compile(r"^(\d+) (\S.*)$", re.MULTILINE)
_CLAIM = re.compile(r"^#(\d+) ", re.MULTILINE)


def with_numbers(reply: Json, request: Request) -> tuple[Json, frozenset[str]]:
    """Return `reply` with each name turned into its number, and the names that were found.

    A claim, a planned file or a ruling whose name this prompt does not show is left out.
    """
    resolver = _Resolver(request.text)
    found = {
        **reply,
        **({"claims": _claims(reply["claims"], resolver)} if "claims" in reply else {}),
        **({"groups": _groups(reply["groups"], resolver)} if "groups" in reply else {}),
        **({"rulings": _rulings(reply["rulings"], resolver)} if "rulings" in reply else {}),
    }
    return found, frozenset(resolver.found)


def names_in(reply: Json) -> frozenset[str]:
    """Return every name that stands where a number belongs."""
    places = [
        *(claim.get("file") for claim in reply.get("claims", ())),
        *(file for group in reply.get("groups", ()) for file in group.get("files", ())),
        *(ruling.get(key) for ruling in reply.get("rulings", ()) for key in ("claim", "into")),
    ]
    return frozenset(place for place in places if isinstance(place, str))


class _Resolver:
    """The numbered lines of one prompt, and which names were looked up with success."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.found: set[str] = set()

    def shown_file(self, name: object) -> object:
        """Return the number of the heading `[n] name …`, None where there is none."""
        return self._line(name, _HEADING)

    def listed_file(self, name: object) -> object:
        """Return the number of the line `n name …`, None where there is none."""
        return self._line(name, _LISTED)

    def claim(self, name: object) -> object:
        """Return the number of the claim `#n …` whose text holds this, None where there is none."""
        if not isinstance(name, str):
            return name
        heads = [*_CLAIM.finditer(self._text)]
        ends = [head.start() for head in heads[1:]] + [len(self._text)]
        for head, end in zip(heads, ends, strict=False):
            if name in self._text[head.start() : end]:
                self.found.add(name)
                return int(head[1])
        return None

    def _line(self, name: object, pattern: re.Pattern[str]) -> object:
        if not isinstance(name, str):
            return name
        for match in pattern.finditer(self._text):
            if f"{match[2]} ".startswith(f"{name} "):
                self.found.add(name)
                return int(match[1])
        return None


def _claims(claims: list[Json], resolver: _Resolver) -> list[Json]:
    placed = [{**claim, "file": resolver.shown_file(claim.get("file", 1))} for claim in claims]
    return [claim for claim in placed if claim["file"] is not None]


def _groups(groups: list[Json], resolver: _Resolver) -> list[Json]:
    def files(group: Json) -> list[object]:
        return [number for number in map(resolver.listed_file, group.get("files", ())) if number is not None]

    return [{**group, "files": files(group)} for group in groups]


def _rulings(rulings: list[Json], resolver: _Resolver) -> list[Json]:
    placed = [
        {
            **ruling,
            "claim": resolver.claim(ruling.get("claim")),
            "into": resolver.claim(ruling.get("into", 0)),
        }
        for ruling in rulings
    ]
    return [ruling for ruling in placed if ruling["claim"] is not None and ruling["into"] is not None]
