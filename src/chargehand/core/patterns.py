"""Which paths a list of gitignore patterns names."""

from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=64)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a function that tells whether a path (relative, with `/`) is named; none names nothing.

    Raises ValueError for a pattern that gitignore does not know.
    """
    if not patterns:
        return lambda _path: False
    # Start-up time: most runs have no pattern.
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    return GitIgnoreSpec.from_lines(patterns).match_file
