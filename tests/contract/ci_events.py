"""What a job of each CI platform reviews, from where, under whose rules: run for real, as docs/ci.md says.

`python -m tests.contract.ci_events` writes the table of the page anew.
"""

import json
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.command import chargehand
from tests.folders import lasting_folder
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
_ABOUT = {"head_sha": "<topic>", "pull_requests": [_ENDS]}
_ALONE = {"head_sha": "<topic>", "pull_requests": []}
_COMMENTED = {"number": 7, "pull_request": {"url": "x"}}
_NONE = "0" * 40
_GITLAB = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": "<topic>"}
_MERGE_REQUEST = {**_GITLAB, "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
_EXTERNAL = "CI_EXTERNAL_PULL_REQUEST_"
MERGE, TOPIC, MAIN = "refs/pull/7/merge", "refs/heads/topic", "refs/heads/main"


def _github(event: str, ref: str, /, *options: str, **payload: object) -> Row:
    return Row("GitHub Actions", event, ref, _payload(**payload), options)


def _gitea(**parts: object) -> Callable[[Path, World], dict[str, str]]:
    job = _payload(**parts)
    return lambda folder, server: {**job(folder, server), "GITEA_ACTIONS": "true"}


def _gitlab(event: str, ref: str, /, **variables: str) -> Row:
    return Row("GitLab CI", event, ref, _variables(**variables))


def _request(platform: str, /, **variables: str) -> Row:
    return Row(platform, "pull request", TOPIC, _variables(**variables))


def _branch(platform: str, /, **variables: str) -> Row:
    return Row(platform, "build of a branch", TOPIC, _variables(**variables))


ROWS = (
    _github("`pull_request`", MERGE, pull_request=_ENDS),
    _github("`pull_request_target`, `pull_request_review`", MAIN, pull_request=_ENDS),
    _github(
        "`pull_request`, its head is merged already", MAIN, pull_request={**_ENDS, "head": _ENDS["base"]}
    ),
    _github(
        "`merge_group`", MERGE, merge_group={"base_sha": "<main>", "head_sha": f"<{MERGE}>", "base_ref": MAIN}
    ),
    _github("`push` to a branch", TOPIC, before="<topic~1>", after="<topic>", ref=TOPIC),
    _github("`push` of a new branch", TOPIC, before=_NONE, after="<topic>", ref=TOPIC),
    _github("`push` by force, what was there is gone", TOPIC, before="e" * 40, after="<topic>", ref=TOPIC),
    _github("`push` to the default branch", MAIN, before="<main~1>", after="<main>", ref=MAIN),
    _github("`push` of a tag on the default branch", MAIN, before=_NONE, after="<main>", ref="refs/tags/v1"),
    _github("`push` that deletes a branch", MAIN, before="<topic>", after=_NONE, ref=TOPIC),
    _github("`workflow_run` of a pull request", MAIN, workflow_run=_ABOUT),
    _github("`workflow_run` of a fork", MAIN, workflow_run=_ALONE),
    _github("`check_suite`, `check_run` of a pull request", MAIN, check_suite=_ABOUT),
    _github("`check_suite`, `check_run` of a fork", MAIN, check_run=_ALONE),
    _github("`deployment`, `deployment_status`", MAIN, deployment={"sha": "<topic>"}),
    _github("`status`", MAIN, sha="<topic>"),
    _github("`issue_comment` on a pull request", MAIN, issue=_COMMENTED),
    _github("`issue_comment` on an issue", MAIN, issue={"number": 8}),
    _github("`release` on the default branch", MAIN, release={"tag_name": "v1"}),
    _github("`workflow_dispatch` on a branch", TOPIC, inputs={}),
    _github("`workflow_dispatch`, `schedule` on the default branch", MAIN, schedule="0 4 * * *"),
    _github("`schedule` with `--since=HEAD~1`", MAIN, "--since=HEAD~1", schedule="0 4 * * *"),
    Row("Gitea or Forgejo Actions", "`pull_request`", MERGE, _gitea(pull_request=_ENDS)),
    _gitlab("merge request", TOPIC, **_MERGE_REQUEST),
    _gitlab(
        "merge request, merged results or merge train",
        MERGE,
        **{**_MERGE_REQUEST, "CI_COMMIT_SHA": f"<{MERGE}>", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "<topic>"},
    ),
    _gitlab(
        "pull request of a repository elsewhere",
        TOPIC,
        **{
            **_GITLAB,
            f"{_EXTERNAL}IID": "7",
            f"{_EXTERNAL}TARGET_BRANCH_NAME": "main",
            f"{_EXTERNAL}SOURCE_BRANCH_SHA": "<topic>",
            f"{_EXTERNAL}TARGET_BRANCH_SHA": "<main~1>",
        },
    ),
    _gitlab(
        "push to a branch",
        TOPIC,
        **_GITLAB,
        CI_PIPELINE_SOURCE="push",
        CI_COMMIT_BRANCH="topic",
        CI_COMMIT_BEFORE_SHA="<topic~1>",
    ),
    _gitlab(
        "push of a new branch",
        TOPIC,
        **_GITLAB,
        CI_PIPELINE_SOURCE="push",
        CI_COMMIT_BRANCH="topic",
        CI_COMMIT_BEFORE_SHA=_NONE,
    ),
    _gitlab(
        "push to the default branch",
        MAIN,
        **{**_GITLAB, "CI_COMMIT_SHA": "<main>"},
        CI_PIPELINE_SOURCE="push",
        CI_COMMIT_BRANCH="main",
        CI_COMMIT_BEFORE_SHA="<main~1>",
    ),
    _gitlab("tag on the default branch", MAIN, **_GITLAB, CI_PIPELINE_SOURCE="push", CI_COMMIT_TAG="v1"),
    _gitlab("`web`, `api`, `trigger` on a branch", TOPIC, **_GITLAB, CI_PIPELINE_SOURCE="web"),
    _gitlab("`schedule` on the default branch", MAIN, **_GITLAB, CI_PIPELINE_SOURCE="schedule"),
    _request(
        "Azure Pipelines",
        TF_BUILD="True",
        SYSTEM_PULLREQUEST_PULLREQUESTID="7",
        SYSTEM_PULLREQUEST_TARGETBRANCH=MAIN,
        SYSTEM_PULLREQUEST_SOURCECOMMITID="<topic>",
    ),
    _branch("Azure Pipelines", TF_BUILD="True"),
    _request(
        "Bitbucket Pipelines",
        BITBUCKET_COMMIT="<topic>",
        BITBUCKET_PR_ID="7",
        BITBUCKET_PR_DESTINATION_BRANCH="main",
    ),
    _branch("Bitbucket Pipelines", BITBUCKET_COMMIT="<topic>", BITBUCKET_BRANCH="topic"),
    _request("Jenkins", JENKINS_URL="x", CHANGE_ID="7", CHANGE_TARGET="main"),
    _branch("Jenkins", JENKINS_URL="x", BRANCH_NAME="topic"),
    _request(
        "Buildkite", BUILDKITE="true", BUILDKITE_PULL_REQUEST="7", BUILDKITE_PULL_REQUEST_BASE_BRANCH="main"
    ),
    _request("Travis CI", TRAVIS="true", TRAVIS_PULL_REQUEST="7", TRAVIS_BRANCH="main"),
    _request("Drone", DRONE="true", DRONE_PULL_REQUEST="7", DRONE_TARGET_BRANCH="main"),
    _request("Woodpecker", CI="woodpecker", CI_COMMIT_PULL_REQUEST="7", CI_COMMIT_TARGET_BRANCH="main"),
    _request("AppVeyor", APPVEYOR="True", APPVEYOR_PULL_REQUEST_NUMBER="7", APPVEYOR_REPO_BRANCH="main"),
    _request(
        "AWS CodeBuild",
        CODEBUILD_BUILD_ID="x",
        CODEBUILD_WEBHOOK_TRIGGER="pr/7",
        CODEBUILD_WEBHOOK_BASE_REF=MAIN,
    ),
    _request("Cirrus CI", CIRRUS_CI="true", CIRRUS_PR="7", CIRRUS_BASE_BRANCH="main"),
    _request("Semaphore", SEMAPHORE="true", SEMAPHORE_GIT_PR_NUMBER="7", SEMAPHORE_GIT_BRANCH="main"),
    _branch("TeamCity", TEAMCITY_VERSION="2026.1"),
    _branch("CircleCI", CIRCLECI="true", CIRCLE_BRANCH="topic", CIRCLE_SHA1="<topic>"),
    _branch("any other that sets `CI`", CI="true"),
    Row(
        "pre-commit",
        "`--from-ref`, `--to-ref`",
        TOPIC,
        _variables(PRE_COMMIT="1", PRE_COMMIT_FROM_REF="<topic~1>", PRE_COMMIT_TO_REF="<topic>"),
    ),
    Row(
        "pre-commit",
        "push of two commits",
        TOPIC,
        _variables(
            PRE_COMMIT="1",
            PRE_COMMIT_REMOTE_NAME="origin",
            PRE_COMMIT_FROM_REF="<topic~2>",
            PRE_COMMIT_TO_REF="<topic>",
        ),
    ),
    Row("a person's machine", "a branch", TOPIC, _variables()),
)


@cache
def _server() -> World:
    """Return the server's repository, which no job writes to."""
    return pull_request(lasting_folder() / "server")


def told(row: Row, folder: Path) -> tuple[str, ...]:
    """Run the command line in a job of this row, and return the row of the table."""
    server = _server()
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
