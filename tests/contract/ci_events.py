"""What a job of each CI platform reviews, from where, under whose rules: run for real, as docs/ci.md says.

`python -m tests.contract.ci_events` writes the table of the page anew.
"""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.command import chargehand
from tests.unit.change.world import World, checkout, github, pull_request

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
HEADING = ("platform", "event", "change", "it begins at", "rules")


class Row(NamedTuple):
    """One event. `job` makes its variables from a scratch folder and the server; `ref` is checked out."""

    platform: str
    event: str
    ref: str
    job: Callable[[Path, World], dict[str, str]]
    options: tuple[str, ...] = ()


def _payload(**parts: object) -> Callable[[Path, World], dict[str, str]]:
    """Return what makes a GitHub job; `<REVISION>` in the payload becomes the id of that commit."""

    def job(folder: Path, server: World) -> dict[str, str]:
        filled = json.dumps({"repository": {"default_branch": "main"}, **parts})
        return github(folder, json.loads(_filled(filled, server)))

    return job


def _variables(**variables: str) -> Callable[[Path, World], dict[str, str]]:
    return lambda _folder, server: {name: _filled(value, server) for name, value in variables.items()}


def _filled(text: str, server: World) -> str:
    return re.sub(r"<(.+?)>", lambda found: server.git("rev-parse", found[1]), text)


_ENDS = {"base": {"sha": "<main~1>", "ref": "main"}, "head": {"sha": "<topic>", "ref": "topic"}}
_GITLAB = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": "<topic>"}
_COMMENTED = {"number": 7, "pull_request": {"url": "x"}}
MERGE, TOPIC, MAIN = "refs/pull/7/merge", "refs/heads/topic", "refs/heads/main"

ROWS = (
    Row("GitHub Actions", "`pull_request`", MERGE, _payload(pull_request=_ENDS)),
    Row(
        "GitHub Actions",
        "`workflow_run` of a pull request",
        MAIN,
        _payload(workflow_run={"head_sha": "<topic>", "pull_requests": [_ENDS]}),
    ),
    Row(
        "GitHub Actions",
        "`workflow_run` of a fork",
        MAIN,
        _payload(workflow_run={"head_sha": "<topic>", "pull_requests": []}),
    ),
    Row(
        "GitHub Actions", "`issue_comment`", MAIN, _payload(issue={"number": 7, "pull_request": {"url": "x"}})
    ),
    Row("GitHub Actions", "`deployment_status`", MAIN, _payload(deployment={"sha": "<topic>"})),
    Row(
        "GitHub Actions",
        "`merge_group`",
        MERGE,
        _payload(
            merge_group={
                "base_sha": "<main>",
                "head_sha": "<refs/pull/7/merge>",
                "base_ref": "refs/heads/main",
            }
        ),
    ),
    Row(
        "GitHub Actions",
        "`push` to a branch",
        TOPIC,
        _payload(before="<topic~1>", after="<topic>", ref="refs/heads/topic"),
    ),
    Row(
        "GitHub Actions",
        "`push` by force, what was there is gone",
        TOPIC,
        _payload(before="e" * 40, after="<topic>", ref="refs/heads/topic"),
    ),
    Row(
        "GitHub Actions",
        "`push` to the default branch",
        MAIN,
        _payload(before="<main~1>", after="<main>", ref="refs/heads/main"),
    ),
    Row("GitHub Actions", "`schedule` on the default branch", MAIN, _payload(schedule="0 4 * * *")),
    Row(
        "GitHub Actions",
        "`schedule` with `--since=HEAD~1`",
        MAIN,
        _payload(schedule="0 4 * * *"),
        ("--since=HEAD~1",),
    ),
    Row(
        "GitLab CI",
        "merge request",
        TOPIC,
        _variables(**_GITLAB, CI_MERGE_REQUEST_IID="7", CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main"),
    ),
    Row(
        "GitLab CI",
        "push to a branch",
        TOPIC,
        _variables(
            **_GITLAB, CI_PIPELINE_SOURCE="push", CI_COMMIT_BRANCH="topic", CI_COMMIT_BEFORE_SHA="<topic~1>"
        ),
    ),
    Row(
        "GitLab CI",
        "`schedule` on the default branch",
        MAIN,
        _variables(**_GITLAB, CI_PIPELINE_SOURCE="schedule"),
    ),
    Row(
        "Azure Pipelines",
        "pull request",
        TOPIC,
        _variables(
            TF_BUILD="True",
            SYSTEM_PULLREQUEST_PULLREQUESTID="7",
            SYSTEM_PULLREQUEST_TARGETBRANCH="refs/heads/main",
            SYSTEM_PULLREQUEST_SOURCECOMMITID="<topic>",
        ),
    ),
    Row(
        "Bitbucket Pipelines",
        "pull request",
        TOPIC,
        _variables(BITBUCKET_COMMIT="<topic>", BITBUCKET_PR_ID="7", BITBUCKET_PR_DESTINATION_BRANCH="main"),
    ),
    Row("Jenkins", "pull request", TOPIC, _variables(JENKINS_URL="x", CHANGE_ID="7", CHANGE_TARGET="main")),
    Row("TeamCity", "build of a branch", TOPIC, _variables(TEAMCITY_VERSION="2026.1")),
    Row(
        "pre-commit",
        "`--from-ref`, `--to-ref`",
        TOPIC,
        _variables(PRE_COMMIT="1", PRE_COMMIT_FROM_REF="<topic~1>", PRE_COMMIT_TO_REF="<topic>"),
    ),
)


def told(row: Row, folder: Path) -> tuple[str, ...]:
    """Run the command line in a job of this row, and return the row of the table."""
    server = pull_request(folder / "server")
    world = checkout(server, folder / "job", row.ref)
    command = [
        "review",
        "--offline",
        "--json=../report.json",
        *row.options,
    ]
    environ = {**world.environ, **row.job(folder, server)}
    chargehand(*command, cwd=world.root, env=environ)
    report = json.loads((folder / "report.json").read_text())
    if report["verdict"]["status"] == "error":
        return row.platform, row.event, "none: exit code 2, with the line to run", "", ""
    names = {
        server.git("rev-parse", revision): name
        for name, revision in {
            "the merge base": "main~1",
            "the tip of `main`": "main",
            "what was there before": "topic~1",
        }.items()
    }
    if "default branch" in row.event or row.options:
        names[server.git("rev-parse", "main~1")] = "what was there before"
    change, rules = report["change"], report["rules"]
    files = ", ".join(f"`{file['path']}`" for file in change["files"]) or "none, and that is said"
    counted = names.get(rules["commit"], "the work tree")
    begins = names.get(change["base"], change["base"]) if change["files"] else ""
    return row.platform, row.event, files, begins, counted


def table() -> str:
    """Return the table of the page."""
    lines = [HEADING, ["---"] * len(HEADING)]
    for row in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(told(row, Path(folder)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page_with(text: str, rows: str, table: str = "events") -> str:
    """Return the page with one of its tables made anew."""
    wanted = re.compile(rf"(<!-- table: {table} -->\n).*?(<!-- end -->)", re.DOTALL)
    return wanted.sub(lambda block: f"{block[1]}{rows}{block[2]}", text)


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), table()), "utf-8")
