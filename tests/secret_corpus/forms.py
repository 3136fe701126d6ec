"""How a form such as `dop_v1_<hex 64>` becomes a value."""

import re
import string
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

_ALNUM = string.ascii_letters + string.digits
ALPHABETS = {
    "hex": "0123456789abcdef",
    "digit": string.digits,
    "letter": string.ascii_letters,
    "lower": string.ascii_lowercase + string.digits,
    "UPPER": string.ascii_uppercase + string.digits,
    "B32": string.ascii_uppercase + "234567",
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "alnum": _ALNUM,
    "word": _ALNUM + "_-",
    "base64": _ALNUM + "+/",
    "password": _ALNUM + "!#%+@^~",
}
_FORM = re.compile(r"<(\w+)(?: (\d+))?>")
_WORDS = (
    *(
        "amber",
        "basin",
        "cedar",
        "delta",
        "ember",
        "fjord",
        "grove",
        "harbour",
        "indigo",
        "juniper",
        "kettle",
    ),
    *("lantern", "meadow", "nickel", "orchid", "pebble", "quartz", "raven", "saffron", "timber", "umber"),
)


class Kind(NamedTuple):
    """A row of kinds.txt."""

    source: str
    name: str
    variable: str
    form: str


def load_kinds() -> Iterator[Kind]:
    """Yield the kinds in the order of the file."""
    for line in Path(__file__).with_name("kinds.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield Kind(*(part.strip() for part in line.split(" | ")))


def filled(form: str, random: Random) -> str:
    """Return a value of this form."""
    return _FORM.sub(lambda part: _drawn(part[1], int(part[2] or 0), random), form)


def _drawn(alphabet: str, length: int, random: Random) -> str:
    match alphabet:
        case "uuid":
            return filled("<hex 8>-<hex 4>-<hex 4>-<hex 4>-<hex 12>", random)
        case "person":
            return person(random)
        case _ if length:
            return "".join(random.choice(ALPHABETS[alphabet]) for _ in range(length))
        case _:
            return f"<{alphabet}>"


def person(random: Random) -> str:
    """Return a password as people choose them."""
    first, second = random.sample(_WORDS, 2)
    sign, number, end = random.choice("_-!#."), random.randrange(10, 9999), random.choice("!?*#")
    return f"{first.capitalize()}{sign}{second}{number}{end}"
