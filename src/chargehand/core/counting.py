"""How a number of things is written."""


def count(number: int, noun: str) -> str:
    """Return `number` with its noun, as in `1 file` and `2,000 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
