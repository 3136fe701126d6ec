"""Which paths a list of gitignore patterns names."""

import re
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

    try:
        return GitIgnoreSpec.from_lines(patterns).match_file
    except re.error as error:  # a range that runs backwards, such as [a-Z]
        raise ValueError(f"a pattern cannot be read: {error}") from error
