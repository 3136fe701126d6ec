"""Decides how an attack is tried: one run of the command line, and all that the attacker could see of it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, Script

Json = dict[str, Any]  # Any: JSON
REPORTS = {
    "report.sarif": "--sarif",
    "report.md": "--markdown",
    "report.json": "--json",
    "codequality.json": "--codequality",
    "junit.xml": "--junit",
}
# Colouring code takes a while, so that this one is written where a test asks for it.
PAGE = "report.html"


class Attempt(NamedTuple):
    """What one run did: its exit code, what it printed, wrote into `folder` and sent to the server."""

    code: int
    out: str
    told: str
    folder: Path
    sent: tuple[Json, ...]

    @property
    def report(self) -> Json:
        """The JSON report."""
        report: Json = json.loads((self.folder / "report.json").read_text("utf-8"))
        return report

    @property
    def reports(self) -> dict[str, str]:
        """The text of each report by its name, and of both streams."""
        written = {name: self.folder / name for name in (*REPORTS, PAGE)}
        texts = {name: path.read_text("utf-8") for name, path in written.items() if path.exists()}
        return texts | {"stdout": self.out, "stderr": self.told}

    @property
    def prompts(self) -> tuple[str, ...]:
        """The text of each request."""
        return tuple(map(prompt_text, self.sent))

    def titles(self, kind: str = "findings") -> list[str]:
        """Return the titles of the findings, or of what was `dismissed`."""
        return [each["title"] for each in self.report[kind]]


def attempt(
    folder: Path,
    diff: str,
    *arguments: str | Path,
    rules: Iterable[Json] = (),
    environ: Mapping[str, str | None] | None = None,
) -> Attempt:
    """Review `diff` in `folder`, with every report, against a server that answers by `rules`.

    `arguments` are further ones, `environ` further variables; None takes one away. If `diff` is empty, the
    command looks for the change itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").unlink(missing_ok=True)
    reports = [word for name, option in REPORTS.items() for word in (option, name)]
    if diff:
        (folder / "change.diff").write_text(diff, "utf-8", newline="")
        reports.append("change.diff")
    with MessagesApi(script=Script.of(rules)) as api:
        variables = {**environment(api), **(environ or {})}
        env = {name: value for name, value in variables.items() if value is not None}
        done = chargehand("review", *reports, *arguments, cwd=folder, env=env)
    assert "Traceback" not in done.stderr, done.stderr
    sent = tuple(record.request for record in api.calls)
    return Attempt(done.returncode, done.stdout, done.stderr, folder, sent)


def prompt_text(request: Json) -> str:
    """Return all that a request says to the model: instructions, material and question."""
    blocks = (block["text"] for turn in request["messages"] for block in turn["content"])
    return "\n".join((request["system"], *blocks))


def added(path: str, *lines: str) -> str:
    """Return the diff of a new file."""
    body = "".join(f"+{line}\n" for line in lines)
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1,{len(lines)} @@\n{body}"
    )


def claim(path: str, quote: str, title: str, **more: object) -> Json:
    """Return a claim as a worker makes it, of severity high unless `more` says otherwise."""
    plain = {"rule": "other", "severity": "high", "confidence": "high", "message": "It goes wrong."}
    return {**plain, "file": path, "line": 1, "quote": quote, "title": title, **more}
