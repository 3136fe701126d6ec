"""What a missing key means at every door: run for real, as docs/ci.md says.

`python -m tests.contract.missing_key` writes the table of the page anew.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.command import chargehand
from tests.contract.ci_events import PAGE, page_with
from tests.unit.change.world import World, checkout, github, pull_request

TABLE = "keys"
HEADING = ("a job without a key", "who looks", "verdict", "exit code")
NOWHERE = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:1", "HOME": "/nonexistent"}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_DEFAULT_BRANCH": "main",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
}
PUSHED = {"PRE_COMMIT": "1", "PRE_COMMIT_REMOTE_NAME": "origin"}


class Door(NamedTuple):
    """A job or a machine; `environ` are its variables, `head_of` is where a pull request comes from."""

    name: str
    environ: Mapping[str, str]
    head_of: str = ""


def _github(name: str, head_of: str, event: str = "pull_request", **environ: str) -> Door:
    return Door(f"GitHub: {name}", {"GITHUB_EVENT_NAME": event, **environ}, head_of)


DOORS = (
    _github("`pull_request`", "owner/name"),
    _github("`pull_request` of a fork", "stranger/name"),
    _github("`pull_request` of Dependabot", "owner/name", GITHUB_ACTOR="dependabot[bot]"),
    _github("`pull_request_target` of a fork", "stranger/name", "pull_request_target"),
    _github(
        "`pull_request`, and the input `require-model` is false",
        "owner/name",
        CHARGEHAND_REQUIRE_MODEL="false",
    ),
    _github("`pull_request`, and `on-incomplete` is warn", "owner/name", CHARGEHAND_ON_INCOMPLETE="warn"),
    Door("GitLab: merge request, its branch is not protected", GITLAB),
    Door(
        "GitLab: merge request of a fork",
        {**GITLAB, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"},
    ),
    Door("GitLab: a protected branch", {**GITLAB, "CI_COMMIT_REF_PROTECTED": "true"}),
    Door("Azure Pipelines: pull request", AZURE),
    Door("Azure Pipelines: pull request of a fork", {**AZURE, "SYSTEM_PULLREQUEST_ISFORK": "True"}),
    Door("a person's machine", {}),
    Door(
        "the hook before a push",
        {**PUSHED, "PRE_COMMIT_FROM_REF": "origin/main", "PRE_COMMIT_TO_REF": "HEAD"},
    ),
    Door("any of them, with `require_model = false`", {"CHARGEHAND_REQUIRE_MODEL": "false"}),
)


def told(door: Door, folder: Path) -> tuple[str, ...]:
    """Run the command line at this door, and return the row of the table."""
    report = reported(door, folder)
    mode, verdict = report["mode"], report["verdict"]
    looked = {"offline": "the free checks alone"}.get(mode, mode)
    return door.name, looked, str(verdict["status"]), str(verdict["exit_code"])


def reported(door: Door, folder: Path) -> dict[str, Any]:  # Any: JSON
    """Return the JSON report of a review at this door."""
    server = pull_request(folder / "server")
    world = checkout(server, folder / "job", "refs/heads/topic")
    environ = {**world.environ, **NOWHERE, **door.environ, **_event(door, folder, server)}
    if "GITLAB_CI" in environ:
        environ["CI_COMMIT_SHA"] = server.git("rev-parse", "topic")
    options = ("--json=../report.json", "--markdown=../report.md")
    chargehand("review", *options, cwd=world.root, env=environ)
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found


def _event(door: Door, folder: Path, server: World) -> dict[str, str]:
    if not door.head_of:
        return {}
    ends = {
        name: {"sha": server.git("rev-parse", ref), "ref": ref, "repo": {"full_name": repository}}
        for name, ref, repository in (("base", "main", "owner/name"), ("head", "topic", door.head_of))
    }
    return github(folder, {"pull_request": ends, "repository": {"default_branch": "main"}})


def table() -> str:
    """Return the table of the page."""
    lines: list[tuple[str, ...]] = [HEADING, ("---",) * len(HEADING)]
    for door in DOORS:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(told(door, Path(folder)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), table(), TABLE), "utf-8")
