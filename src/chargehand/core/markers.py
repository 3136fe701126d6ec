"""The marker that stands in the place of a secret.

A marker says what was there and where it was first seen: `MASKED_q4x7a_AWS_ACCESS_KEY_AT_settings_py_12`.

- It holds nothing of the secret, so no guess can be tried at it.
- Its second word, the tag, comes of a key that only the job has, and of the place: without the key nobody can
  write a marker, wherever the text stands. A run without a key has no tags.
- The first word occurs nowhere in the change, so that there, too, no author can forge one.
- It is one word of letters, digits and underscores: in quotes, in an address or bare, the line
  stays what it was.
- While the key stays it is the same in every run, so that earlier answers still fit.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from itertools import count
from typing import Literal, NamedTuple

from chargehand.core.diff import Diff
from chargehand.core.masking import NO_MASK, Mask, Row, as_texts
from chargehand.core.time_limit import Step, any_step

_WORD = "MASKED"
_TAG_LENGTH = 5
_TAG = rf"[a-z2-7]{{{_TAG_LENGTH}}}_"
_MARKER = re.compile(rf"{_WORD}\d*_(?:{_TAG})?[A-Z0-9_]+_AT_\w+")
_NUMBER = re.compile(rf"{_WORD}(\d*)_")
_NAME_LENGTH = 24

Reach = Literal["everywhere", "as-text", "row"]


class Hidden(NamedTuple):
    """A text that is to be masked, and where it was found.

    It is masked wherever it stands, or in its own `row` alone, since it is too short to be looked for or is
    the whole row; or, `as-text`, in its row, and elsewhere where it is a text and no code. `is_in_names`: in
    the names of files as well.
    """

    text: str
    kind: str
    row: Row
    reach: Reach = "everywhere"
    is_in_names: bool = False


def mask_of(hidden: Iterable[Hidden], diff: Diff, key: str = "", step: Step = any_step) -> Mask:
    """Return the mask of all that is hidden; what is found twice has the marker of the first place.

    With a `key`, each marker has a tag. `step` is told of each text, and may raise.
    """
    known = tuple(dict.fromkeys(each for each in hidden if each.text.strip()))
    if not known:
        return NO_MASK
    named = _Named(_unused_word(diff), key, {})
    texts = Mask.of({each.text: "" for each in known if each.reach != "row"}, {})
    named_safely = {path: not texts.is_in(path) for path in {each.row.path for each in known}}
    everywhere: dict[str, str] = {}
    in_row: dict[Row, dict[str, str]] = {}
    of_text: dict[str, str] = {}
    for each in known:
        step(1)
        of_row = in_row.setdefault(each.row, {}) if each.reach != "everywhere" else {}
        markers = of_row if each.reach == "row" else of_text
        if each.text not in markers:
            markers[each.text] = named.marker(each, is_name_safe=named_safely[each.row.path])
        if each.reach == "as-text":
            of_row[each.text] = of_text[each.text]
            everywhere.update(zip(as_texts(each.text), as_texts(of_text[each.text]), strict=True))
        elif each.reach == "everywhere":
            everywhere[each.text] = of_text[each.text]
    in_names = {each.text: everywhere[each.text] for each in known if each.is_in_names}
    bare = {each.text: of_text[each.text] for each in known if each.reach == "as-text"}
    return Mask.of(everywhere, in_row)._replace(
        of_names=Mask.of(in_names, {}) if in_names else None, bare=bare
    )


def holds_marker(text: str) -> bool:
    """Tell whether a marker, or what looks like one, stands in `text`."""
    return _MARKER.search(text) is not None


def without_places(text: str) -> str:
    """Return `text` with markers that say no place: a line that moves stays the same line."""
    return _MARKER.sub(_WORD, text) if _WORD in text else text


def _unused_word(diff: Diff) -> str:
    bodies = (hunk.body for file in diff.files for hunk in file.hunks if _WORD in hunk.body)
    used = {number for body in bodies for number in _NUMBER.findall(body)}
    numbers = (str(number or "") for number in count())
    return f"{_WORD}{next(number for number in numbers if number not in used)}"


class _Named(NamedTuple):
    """Gives markers, each once: they begin with `word`, and `key` makes their tags.

    `taken` says of each how many of its place there are: one line may hold a hundred thousand secrets.
    """

    word: str
    key: str
    taken: dict[str, int]

    def marker(self, hidden: Hidden, *, is_name_safe: bool) -> str:
        """Return a marker that is not taken, and with it take it; a name that holds a secret is in none."""
        kind = re.sub(r"[^A-Z0-9]+", "_", hidden.kind.upper()).strip("_")
        file = hidden.row.path.rpartition("/")[2] if is_name_safe else "file"
        name = re.sub(r"[^A-Za-z0-9]+", "_", file)[-_NAME_LENGTH:].strip("_")
        place = f"{kind}_AT_{name}_{hidden.row.number}"
        numbers = count(self.taken.get(place, 0) + 1)
        places = ((f"{place}_{number}" if number > 1 else place, number) for number in numbers)
        free, number = next(each for each in places if each[0] not in self.taken)
        self.taken[free] = 1
        self.taken[place] = number
        return f"{self.word}_{self._tag(free, hidden.row)}{free}"

    def _tag(self, place: str, row: Row) -> str:
        if not self.key:
            return ""
        said = "\0".join((place, row.path, row.side, self.word))
        digest = hmac.digest(self.key.encode(), said.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest)[:_TAG_LENGTH].decode().lower() + "_"
