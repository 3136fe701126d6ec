"""How it is printed what would fail: as lines for people, as JSON for programs."""

import textwrap
from collections.abc import Iterator, Sequence

from chargehand import __version__
from chargehand.app.doctor import Examined, Run, Trouble
from chargehand.core.counting import count
from chargehand.core.escaping import one_line
from chargehand.reports.document import Json, as_text

SCHEMA_VERSION = 1
WIDTH = 100


def doctor_table(examined: Sequence[Examined]) -> str:
    """Return a line for each kind of check, below it each trouble and the line that mends it."""
    lines = [line for each in examined for line in _kind(each)]
    return "\n".join((*lines, _conclusion(examined))) + "\n"


def doctor_json(examined: Sequence[Examined]) -> str:
    """Return the same as JSON, spelled out field by field."""
    return as_text(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "chargehand", "version": __version__},
            "fails": any(each.state == "fails" for each in examined),
            "checks": [
                {
                    "name": each.name,
                    "state": each.state,
                    "troubles": [_json(found) for found in each.troubles],
                }
                for each in examined
            ],
        }
    )


def _kind(examined: Examined) -> Iterator[str]:
    yield f"{examined.name:14}{examined.state}"
    for each in examined.troubles:
        yield from textwrap.wrap(one_line(each.said), WIDTH, initial_indent="  ", subsequent_indent="  ")
        word = "run" if isinstance(each.mend, Run) else "write"
        yield f"    {word}  {_typed(each)}"


def _typed(trouble: Trouble) -> str:
    """Return the mend; what has several lines, such as a comment in place of an array, keeps them."""
    return trouble.mend.shown.replace("\n", "\n           ")


def _conclusion(examined: Sequence[Examined]) -> str:
    troubles = [found for each in examined for found in each.troubles]
    failing = sum(each.is_failing for each in troubles)
    others = len(troubles) - failing
    if not troubles:
        return "Nothing would fail."
    known = f"; {count(others, 'more thing')} to know" if others else ""
    return f"{count(failing, 'thing')} would fail{known}." if failing else f"Nothing would fail{known}."


def _json(trouble: Trouble) -> Json:
    mend = trouble.mend
    where: Json = (
        {"run": mend.line}
        if isinstance(mend, Run)
        else {
            "write": mend.line,
            "path": mend.path,
            "branch": mend.branch or None,
            "first_line": mend.first,
            "last_line": mend.last,
        }
    )
    return {"said": trouble.said, "would_fail": trouble.is_failing, "mend": where}
