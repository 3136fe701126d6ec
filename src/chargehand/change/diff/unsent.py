"""Which text no model gets: that of the files that `never_send` names, wherever it would come from."""

from collections.abc import Sequence

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.patterns import matcher


def is_unsent(file: FileDiff, never_send: Sequence[str]) -> bool:
    """Tell whether text of a file stays here: what was moved or copied is text of the old place, too."""
    named = matcher(tuple(never_send))
    return any(named(path) for path in (file.path, file.old_path) if path)


def without_unsent(diff: Diff, never_send: Sequence[str]) -> Diff:
    """Return the diff without the lines of such files, also of those that are left out for another reason."""
    if not never_send:
        return diff
    files = (file.evolve(hunks=()) if is_unsent(file, never_send) else file for file in diff.files)
    return diff.evolve(files=tuple(files))
