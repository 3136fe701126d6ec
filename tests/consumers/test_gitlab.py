"""The GitLab job, included as a component and run by gitlab-ci-local."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chargehand.core.identity import fingerprint
from chargehand.reports.codequality import NO_PATH
from tests.consumers.conftest import PROJECT, Clone, Tools
from tests.gitlab_api import GitLabApi, Project, Token, User, Version
from tests.messages_api import MessagesApi

SOURCE = "CI_MERGE_REQUEST_SOURCE_PROJECT_ID"
AUTHOR, BOT, BOSS = (User(2, "author", 30), User(1, "bot", 30), User(3, "boss", 40))

PIPELINE = """
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/chargehand@$CI_COMMIT_SHA
    inputs: {package: "PACKAGE", INPUTS}
"""


@pytest.fixture
def component(clone: Clone, wheel: Path) -> Clone:
    """Return the clone, with the folder in which GitLab looks for components."""
    shutil.copytree(PROJECT / "examples/gitlab/component/templates", clone.folder / "templates")
    clone.git("remote", "set-url", "origin", "git@gitlab.example:someone/consumer.git")
    _write_pipeline(clone, str(wheel), "fail-on: high")
    return clone


def test_the_models_review_a_merge_request_and_the_second_job_posts_it(
    tools: Tools, component: Clone, models: MessagesApi
) -> None:
    head, base = component.git("rev-parse", "HEAD"), component.git("rev-parse", "main")
    version = Version(base, head, component.git("diff", "main...HEAD"))
    project = Project(AUTHOR, [Token("token-of-a-bot", BOT)], [version], members=[AUTHOR, BOT, BOSS])
    waived = fingerprint("correctness/off-by-one", "mean.py", "return sum(values) / len(values)", 0)
    project.open(BOSS, f"/chargehand waive {waived} never empty", is_individual=True)
    secrets = {"ANTHROPIC_API_KEY": models.key, "CHARGEHAND_GITLAB_TOKEN": "token-of-a-bot"}
    with GitLabApi(project) as gitlab:
        done = _run(component, tools, "chargehand-publish", CI_API_V4_URL=gitlab.url, **secrets)
    assert done.returncode == 1, done.stdout
    assert "GitLab: 2 comments added. Blocked (live): " in done.stdout
    assert [note.position["new_path"] for note in project.notes if note.position] == ["notes.py"]
    issues = json.loads((component.folder / "gl-code-quality-report.json").read_bytes())
    placed = {issue["location"]["path"] for issue in issues} - {NO_PATH}
    assert placed == {"mean.py", "notes.py"}
    # The request brings the pipeline that runs us, and everybody is told so.
    assert [".gitlab-ci.yml" in each["description"] for each in issues if _is_placeless(each)] == [True]
    assert "Divides by zero" in (component.folder / "chargehand.md").read_text()
    report = json.loads((component.folder / "chargehand.json").read_bytes())
    assert report["change"]["base"] == component.git("rev-parse", "main")
    suppressed = {each["path"]: each["suppressed_in"] for each in report["findings"]}
    assert suppressed == {"mean.py": "request", "notes.py": None}


def test_a_second_push_pays_for_what_is_new_and_counts_both(
    tools: Tools, component: Clone, models: MessagesApi
) -> None:
    _run(component, tools, ANTHROPIC_API_KEY=models.key)
    asked = len(models.calls)
    done = _run(component, tools, ANTHROPIC_API_KEY=models.key)
    assert len(models.calls) == asked > 0, done.stdout
    told = json.loads((component.folder / "chargehand.json").read_bytes())["bill"]["pr"]
    assert (told["subject"], told["runs"]) == ("merge request 7", 2)
    assert float(told["spent_usd"]) == float(models.bill_usd)


def test_the_next_job_takes_what_one_has_installed_from_who_knows_its_secret(
    tools: Tools, component: Clone, models: MessagesApi, wheel: Path
) -> None:
    links = component.environment.get("PIP_FIND_LINKS", "")
    component.environment["PIP_FIND_LINKS"] = f"{links} {wheel.parent}".strip()
    _write_pipeline(component, "chargehand==0.1.0", "fail-on: high")
    said = []
    for secret in ("", "", "another secret of this job"):
        done = _run(component, tools, ANTHROPIC_API_KEY=models.key, CHARGEHAND_CACHE_SECRET=secret)
        assert "Divides by zero" in done.stdout
        said.append("installed by an earlier job" in done.stdout)
    assert said == [False, True, False]


def test_without_a_key_the_free_checks_run_and_the_log_says_so(tools: Tools, component: Clone) -> None:
    done = _run(component, tools)
    assert "only the free checks ran" in done.stdout
    report = json.loads((component.folder / "chargehand.json").read_bytes())
    assert report["mode"] == "offline"
    own, fork = (_run(component, tools, "--list", **each) for each in ({}, {SOURCE: "99"}))
    assert ("chargehand-publish" in own.stdout, "chargehand-publish" in fork.stdout) == (True, False)
    assert "chargehand " in fork.stdout


def test_the_nightly_example_reviews_what_came_in_as_a_batch(
    tools: Tools, component: Clone, models: MessagesApi, wheel: Path
) -> None:
    job = (PROJECT / "examples/gitlab/nightly.yml").read_text()
    (component.folder / ".gitlab-ci.yml").write_text(job.replace("chargehand==0.1.0", str(wheel)))
    night = {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
    since = component.git("rev-parse", "main")
    done = _run(
        component,
        tools,
        "chargehand-nightly",
        **night,
        CI_MERGE_REQUEST_IID="",
        REVIEW_SINCE=since,
        ANTHROPIC_API_KEY=models.key,
    )
    assert done.returncode == 1, done.stdout
    report = json.loads((component.folder / "chargehand.json").read_bytes())
    assert (report["mode"], report["verdict"]["complete"]) == ("batch", False)
    assert "mean.py" in {file["path"] for file in report["change"]["files"]}


def test_an_input_is_never_read_as_a_command(tools: Tools, component: Clone, wheel: Path) -> None:
    _write_pipeline(component, str(wheel), "fail-on: '$(touch $HOME/betrayed) `touch $HOME/betrayed`'")
    done = _run(component, tools)
    assert done.returncode == 1
    assert "fail-on" in done.stdout
    assert not (Path(component.environment["HOME"]) / "betrayed").exists()


def _is_placeless(issue: dict[str, Any]) -> bool:  # Any: JSON
    return bool(issue["location"]["path"] == NO_PATH)


def _write_pipeline(clone: Clone, package: str, inputs: str) -> None:
    text = PIPELINE.replace("PACKAGE", package).replace("INPUTS", inputs)
    (clone.folder / ".gitlab-ci.yml").write_text(text)
    clone.git("add", ".gitlab-ci.yml", "templates")
    clone.git("commit", "-q", "-m", "Review")


def _run(
    clone: Clone, tools: Tools, job: str = "chargehand", **variables: str
) -> "subprocess.CompletedProcess[str]":
    predefined = {
        "GITLAB_CI": "true",  # gitlab-ci-local says `false`, to be told from the real one
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        SOURCE: "42",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": clone.git("rev-parse", "main"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    return subprocess.run(
        [
            "timeout",
            "300",
            *tools.gitlab_ci_local,
            "--force-shell-executor",
            "--shell-isolation",
            "--needs",
            job,
        ]
        + [f"--variable={name}={value}" for name, value in (predefined | variables).items()],
        cwd=clone.folder,
        env=clone.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
