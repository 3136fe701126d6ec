"""Files of one commit, read as they are wanted, many at once, and not without end."""

from collections.abc import Iterable, Mapping, Sequence

from chargehand.change.context.forms import LONGEST_LINE
from chargehand.change.context.search import Searcher
from chargehand.change.git.files import read_files
from chargehand.core.errors import ChangeError

_MOST_FILES = 400
_MOST_FILE_BYTES = 500_000


class Texts:
    """The lines of files; `is_cut` if some were not read, because they were too many or the time was up."""

    def __init__(self, searcher: Searcher) -> None:
        self.is_cut = False
        self._searcher = searcher
        self._lines: dict[str, Sequence[str]] = {}

    def fetch(self, paths: Iterable[str]) -> None:
        """Read those that were not read yet, by two git processes however many they are."""
        new = [path for path in dict.fromkeys(paths) if path not in self._lines]
        taken = [] if self._searcher.is_over() else new[: max(0, _MOST_FILES - len(self._lines))]
        self.is_cut |= len(taken) < len(new)
        texts = self._read(taken) if taken else {}
        self._lines.update((path, _lines(texts.get(path, ""))) for path in taken)

    def _read(self, paths: Sequence[str]) -> Mapping[str, str]:
        where = self._searcher
        try:
            return read_files(where.repository, where.commit, paths, limit=_MOST_FILE_BYTES)
        except ChangeError:  # such as a partial clone, which has not all of them
            self.is_cut = True
            return {}

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of a file, none of one that was not read."""
        return self._lines.get(path, ())


def _lines(text: str) -> Sequence[str]:
    """Return the lines, of very long ones the beginning."""
    return [line[:LONGEST_LINE] for line in text.split("\n")]
