"""How a benchmark starts the command: as a child that is pointed at a server and told nothing else."""

import os
import sys
from collections.abc import Iterator, Sequence

from tests.messages_api.wire import Json

LENSES = ("correctness", "security", "tests", "documentation", "style")
# What would tell the child of a CI job, or of other settings.
_FOREIGN = ("CI", "GITHUB_", "GITLAB_", "GIT_", "CHARGEHAND_", "ANTHROPIC_", "PRE_COMMIT")


def review(*options: str) -> list[str]:
    """Return the command line of a review."""
    return [sys.executable, "-m", "chargehand", "review", *options]


def environ(url: str, key: str) -> dict[str, str]:
    """Return the environment of a child that asks the server at `url`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return own | {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": key}


def change(files: int, lines: int) -> str:
    """Return the diff of so many new Python files, each with so many lines."""
    return "".join(_new_file(path_of(number), lines) for number in range(files))


def path_of(number: int) -> str:
    """Return the path of a file of the change."""
    return f"src/module_{number:04}.py"


def claims(files: Sequence[int]) -> Iterator[Json]:
    """Yield a rule of the server's script for each lens, with one claim in each of these files."""
    for nth, lens in enumerate(LENSES):
        yield {
            "role": "worker",
            "lens": lens,
            "reply": {"claims": [_claim(path_of(number), lens, 2 * nth) for number in files]},
        }


def _new_file(path: str, lines: int) -> str:
    added = "".join(f"+{_line(number)}\n" for number in range(lines))
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1,{lines} @@\n{added}"
    )


def _line(number: int) -> str:
    return f"value_{number} = compute({number})"


def _claim(path: str, lens: str, index: int) -> Json:
    return {
        "rule": f"{lens}/other",
        "severity": "low",
        "confidence": "high",
        "file": path,
        "line": index + 1,
        "quote": _line(index),
        "title": f"A claim of the lens {lens}",
        "message": "It is there, so that the judge is asked.",
        "suggestion": "",
    }
