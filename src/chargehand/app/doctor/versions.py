"""The versions that jobs and hooks pin: whether they know what the configuration sets."""

import re
from collections.abc import Iterator, Mapping, Sequence

from chargehand import __version__
from chargehand.app.doctor.configuration import texts_here
from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble, Write
from chargehand.app.init.pins import Pin, pins
from chargehand.config.file import ConfigFile
from chargehand.config.since import BROUGHT, Brought, newer_settings, oldest_that_knows
from chargehand.config.values import version_numbers
from chargehand.core.counting import count

_MOST_LISTED = 4
_KEY = "minimum_version"


def versions(place: Place, brought: Brought = BROUGHT) -> Iterator[Trouble]:
    """Yield each pin that is too old for the configuration, and a pin that this version is too old for."""
    pinned = tuple(pins(place.root))
    if place.file:
        yield from _too_old(place.file, pinned, brought)
        yield from _promised_too_low(place, place.file, brought)
    newest = max(pinned, key=lambda each: version_numbers(each.version), default=None)
    if newest and _is_older(__version__, newest.version):
        said = f"{newest.path} pins chargehand {newest.version}; this is {__version__}, which may know less."
        yield Trouble(said=said, mend=Run(line=f"pip install chargehand=={newest.version}"), is_failing=False)


def _too_old(file: ConfigFile, pinned: Sequence[Pin], brought: Brought) -> Iterator[Trouble]:
    asked = str(file.table.get(_KEY) or "0")
    for pin in pinned:
        newer = newer_settings(file.table, pin.version, brought)
        if newer:
            why = f"does not know {_listed(newer)}; {max(newer.values(), key=version_numbers)} does"
        elif _is_older(pin.version, asked):
            why = f"is older than the {asked} that {_KEY} asks for"
        else:
            continue
        said = f"{pin.path} pins chargehand {pin.version}, which {why} ({file.name})."
        yield Trouble(said=said, mend=Write(path=pin.path, first=pin.number, last=pin.number, line=pin.line))


def _promised_too_low(place: Place, file: ConfigFile, brought: Brought) -> Iterator[Trouble]:
    """Yield that `minimum_version` lets a version read the file that does not know all of it."""
    needed = oldest_that_knows(file.table, brought)
    promised = str(file.table.get(_KEY) or next(iter(brought)))
    if _is_older(promised, needed):
        newer = newer_settings(file.table, promised, brought)
        said = f"{file.name} may be read by chargehand {promised}, which does not know {_listed(newer)}."
        for name, text in texts_here(place).items():
            mend = _promise(name, text, f'{_KEY} = "{needed}"')
            yield Trouble(said=said, mend=mend, is_failing=False)


def _promise(name: str, text: str, line: str) -> Write:
    """Return where `minimum_version` belongs: in its own place, else first in the table."""
    for number, each in enumerate(text.split("\n"), 1):
        if re.match(rf"\s*{_KEY}\s*=", each):
            return Write(path=name, first=number, last=number, line=line)
        if each.strip() == "[tool.chargehand]":
            return Write(path=name, first=number + 1, last=number, line=line)
    return Write(path=name, first=1, last=0, line=line)


def _is_older(version: str, other: str) -> bool:
    return version_numbers(version) < version_numbers(other)


def _listed(names: Mapping[str, str]) -> str:
    shown = list(names)[:_MOST_LISTED]
    more = len(names) - len(shown)
    *first, last = (*shown, count(more, "more key")) if more else shown
    return f"{', '.join(first)} and {last}" if first else last
