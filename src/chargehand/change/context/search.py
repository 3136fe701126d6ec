"""Where names are defined and used in the repository at one commit, as git finds them in its objects."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chargehand.change.context.forms import LONGEST_LINE, definitions_in, search_pattern
from chargehand.change.context.languages import Language
from chargehand.change.git.files import INDEX
from chargehand.change.git.repository import Repository

_MOST_BYTES = 8 * 1024 * 1024
# Pinned, since settings of the user could add to a line or colour it.
_FORM = (
    *("-n", "-z", "-I", "--full-name"),
    *("--no-color", "--no-column", "--no-heading", "--no-break"),
)
_RECORD = re.compile(rb"([^\0]+)\0(\d+)\0([^\n]*)\n")


class Hit(NamedTuple):
    """A line with a name; `is_loose`: it may define the name, or be a call."""

    name: str
    path: str
    line: int
    text: str
    is_loose: bool = False


class Found(NamedTuple):
    """What a search found; `is_cut`: there is more than it may bring, or it took too long."""

    hits: tuple[Hit, ...]
    is_cut: bool


class Searcher(NamedTuple):
    """Asks git at one commit; after `ends_at`, on the clock of `time.monotonic`, it finds nothing more."""

    repository: Repository
    commit: str
    ends_at: float

    def is_over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() >= self.ends_at

    def definitions(self, names: Sequence[str], language: Language) -> Found:
        """Return the lines that may define one of these names."""
        wanted = frozenset(names)
        pattern = search_pattern(language, names)
        lines, is_cut = self._grep(("-o", "-E", "-e", pattern), language)
        hits = (
            Hit(name, path, line, text, is_loose)
            for path, line, text in lines
            for name, is_loose in definitions_in(text, language)
            if name in wanted
        )
        return Found(tuple(dict.fromkeys(hits)), is_cut)

    def mentions(self, names: Sequence[str], language: Language) -> Found:
        """Return the lines that hold one of these names as a word."""
        each = (part for name in names for part in ("-e", name))
        lines, is_cut = self._grep(("-w", "-F", *each), language)
        word = re.compile(rf"(?<![\w$])({'|'.join(map(re.escape, names))})(?![\w$])")
        hits = (
            Hit(name, path, line, text[:LONGEST_LINE])
            for path, line, text in lines
            for name in dict.fromkeys(word.findall(text[:LONGEST_LINE]))
        )
        return Found(tuple(hits), is_cut)

    def _grep(self, asked: Iterable[str], language: Language) -> tuple[Iterator[tuple[str, int, str]], bool]:
        left_s = self.ends_at - time.monotonic()
        if left_s <= 0:
            return iter(()), True
        where = ("--cached",) if self.commit == INDEX else (self.commit,)
        paths = (f":(glob,icase,top)**/*{ending}" for ending in language.endings)
        command = ("grep", *_FORM, *asked, *where, "--", *paths)
        ran = self.repository.ask(*command, limit=_MOST_BYTES, is_cut=True, timeout_s=left_s)
        prefix = 0 if self.commit == INDEX else len(self.commit) + 1
        return _records(ran.out, prefix), ran.code not in (0, 1)


def _records(out: bytes, prefix: int) -> Iterator[tuple[str, int, str]]:
    for path, line, text in _RECORD.findall(out):
        yield _text(path[prefix:]), int(line), _text(text)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
