"""Which lines mend what is wrong with a table of a TOML file, where no line of its own key is at fault."""

import re
from collections.abc import Iterator, Sequence

from chargehand.app.doctor.toml_keys import header_of, is_on_the_way
from chargehand.config.variables import Key

_MISTAKEN = re.compile(r"\"([^\"]+)\"; did you mean ([^?,]+)\?")
_MISSING = re.compile(r"(?:([\w-]+) is missing|has no (instructions))")


def in_tables(text: str, key: Key, said: str) -> Iterator[tuple[int, int, str]]:
    """Yield the first and the last line that give way, and what takes their place; see `Write`.

    A word is put right, a setting that is missing put in; else the table becomes a comment.
    """
    lines = text.split("\n")
    for word, meant in _MISTAKEN.findall(said):
        for number, line in enumerate(lines, 1):
            if word in line:
                yield number, number, line.replace(word, meant)
    headers = [n for n, line in enumerate(lines, 1) if is_on_the_way(header_of(line) or (), key)]
    for found in _MISSING.finditer(said):
        for number in headers:
            yield number + 1, number, f'{found[1] or found[2]} = "…"'
    for number in headers:
        last = _end(lines, number)
        yield number, last, "\n".join(f"# {line}" for line in lines[number - 1 : last])


def _end(lines: Sequence[str], header: int) -> int:
    """Return the last line of the table that begins with a header, blank ones left out."""
    after = (n for n, line in enumerate(lines, 1) if n > header and header_of(line) is not None)
    last = next(after, len(lines) + 1) - 1
    while last > header and not lines[last - 1].strip():
        last -= 1
    return last
