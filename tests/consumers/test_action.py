"""The action and the example workflows, run by act."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clouds import BEARER, REGION, CloudServer
from tests.consumers.conftest import Clone, Tools
from tests.github_api import GitHubApi, PullRequest, Token
from tests.messages_api import MessagesApi

WORKFLOW = """
on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    env:
      PYTHONPATH: ${{ github.workspace }}
    steps:
      - uses: actions/checkout@v7
      - id: it
        uses: chargehand/chargehand@main
        with: {api-key: "${{ secrets.ANTHROPIC_API_KEY }}", INPUTS}
"""
TOKEN = "ghs_" + "0" * 36
FREE_RULES = {"correctness/conflict-marker"}
# Modules that a Python would take from the workspace, in the place of ours and of its own.
STOLEN = (
    *("anthropic", "argparse", "chargehand", "click", "hatchling", "json", "pip", "pydantic"),
    *("sitecustomize", "typing", "usercustomize", "venv"),
)
OUTPUTS = {
    *("folder", "python", "no-bytecode", "verdict", "complete", "spend-usd", "findings"),
    *("sarif-file", "markdown-file", "html-file", "json-file"),
}
LABELED: dict[str, Any] = {"action": "labeled", "label": {"name": "ai-review"}}  # Any: JSON


@dataclass(frozen=True)
class Run:
    """What a workflow run showed; `outputs` holds the last value of each name, empty if there is no other."""

    is_success: bool
    log: str
    summary: str
    outputs: dict[str, str]
    commands: set[str]
    home: Path


@dataclass(frozen=True)
class Act:
    """Runs workflows in a clone as GitHub would, on this machine, with this project as the action."""

    tools: Tools
    project: Path
    clone: Clone

    def run(
        self,
        workflow: str,
        event: str = "pull_request",
        *,
        key: str = "",
        api: GitHubApi | None = None,
        **payload: Any,
    ) -> Run:
        """Return what the run of the text of a workflow showed; `payload` is what the event says besides."""
        home = Path(self.clone.environment["HOME"])
        path = self.clone.folder / ".github/workflows/it.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(workflow)
        (home / "event.json").write_text(json.dumps(_event(self.clone) | payload))
        machine = ("--platform", "ubuntu-latest=-self-hosted", "--no-cache-server")
        local = (f"--local-repository={used}={self._local(used)}" for used in _used(workflow))
        secrets = [f"--secret=ANTHROPIC_API_KEY={key}"] if key else []
        if api:
            secrets += [f"--secret=GITHUB_TOKEN={TOKEN}", f"--env=GITHUB_API_URL={api.url}"]
            secrets += [f"--env=GITHUB_REPOSITORY={api.pull.repository}"]
        what = (event, "--eventpath", home / "event.json", "--workflows", path)
        done = subprocess.run(
            ("timeout", "300", self.tools["act"], *what, *machine, *local, *secrets, "--json"),
            cwd=self.clone.folder,
            env=self.clone.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        entries = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return Run(
            is_success=done.returncode == 0,
            log="\n".join([*(str(entry.get("msg")) for entry in entries), done.stderr]),
            summary="".join({e["content"]: "" for e in entries if e.get("command") == "summary"}),
            outputs=_outputs([e for e in entries if e.get("command") == "set-output"]),
            commands={str(e["command"]) for e in entries if "command" in e},
            home=home,
        )

    def _local(self, used: str) -> Path:
        owner, name = used.partition("@")[0].split("/")
        return self.project if owner == "chargehand" else self.project / "tests/stubs" / name


@pytest.fixture
def api(clone: Clone) -> Iterator[GitHubApi]:
    """Serve the pull request that the clone's branch `feature` is."""
    diff, head = clone.git("diff", "main...feature") + "\n", clone.git("rev-parse", "feature")
    pull = PullRequest(diff=diff, head=head, tokens=[Token(TOKEN)], repository="someone/consumer")
    with GitHubApi(pull) as api:
        yield api


@pytest.fixture
def act(tools: Tools, project: Path, clone: Clone) -> Act:
    return Act(tools, project, clone)


def test_with_a_key_models_look_the_gate_blocks_and_the_example_publishes(
    act: Act, models: MessagesApi, api: GitHubApi
) -> None:
    run = act.run(_example("review"), key=models.key, api=api)
    assert not run.is_success
    assert "Divides by zero" in run.summary, run.log
    assert run.outputs["verdict"] == "blocked", run.log
    assert run.outputs["complete"] == "true"
    assert float(run.outputs["spend-usd"]) > 0
    assert run.outputs["findings"] == str(len(FREE_RULES) + 1)
    assert run.outputs["markdown-file"].endswith("report.md")
    [uploaded] = json.loads((run.home / "uploaded.sarif").read_bytes())["runs"]
    assert {result["ruleId"] for result in uploaded["results"]} == FREE_RULES | {"correctness/off-by-one"}
    assert models.key not in run.log
    assert TOKEN not in run.log
    assert len(api.pull.threads) == len(FREE_RULES) + 1, run.log
    assert [run["conclusion"] for run in api.pull.check_runs] == ["failure"]


def test_a_second_push_of_the_example_pays_for_what_is_new_and_counts_both(
    act: Act, models: MessagesApi, api: GitHubApi
) -> None:
    first = act.run(_example("review"), key=models.key, api=api)
    asked = len(models.calls)
    second = act.run(_example("review"), key=models.key, api=api)
    assert asked > 0
    assert len(models.calls) == asked, second.log
    assert float(first.outputs["spend-usd"]) > float(second.outputs["spend-usd"]) == 0
    assert second.outputs["findings"] == first.outputs["findings"]
    [kept] = (first.home / "caches").iterdir()
    assert kept.name.startswith("chargehand-7-")
    [change] = json.loads((kept / "state.json").read_bytes())["changes"]
    assert [float(run["spent_usd"]) for run in change["runs"]] == [float(first.outputs["spend-usd"])]


def test_a_new_title_starts_no_review_of_the_example_and_a_new_target_does(
    act: Act, models: MessagesApi, api: GitHubApi
) -> None:
    title, target = {"title": {"from": "Old"}}, {"base": {"ref": {"from": "release"}}}
    titled = act.run(_example("review"), key=models.key, api=api, action="edited", changes=title)
    assert (titled.outputs, api.log, api.pull.check_runs) == ({}, [], []), titled.log
    moved = act.run(_example("review"), key=models.key, api=api, action="edited", changes=target)
    assert [run["conclusion"] for run in api.pull.check_runs] == ["failure"], moved.log


def test_a_fork_s_request_gets_the_free_checks_it_is_said_and_the_example_publishes_nothing(
    act: Act, api: GitHubApi
) -> None:
    request = _event(act.clone)["pull_request"]
    request["head"]["repo"] = {"full_name": "stranger/consumer"}
    run = act.run(_example("review"), api=api, pull_request=request)
    assert (api.pull.threads, api.pull.conversation, api.pull.check_runs) == ([], [], [])
    assert "Free checks" in run.log
    assert "only the free checks ran" in run.log
    assert not run.is_success
    assert "notes.py" in run.summary
    assert run.outputs["verdict"] == "blocked"
    assert run.outputs["complete"] == "false"
    assert float(run.outputs["spend-usd"]) == 0
    assert run.outputs["findings"] == str(len(FREE_RULES))
    assert not (run.home / "uploaded.sarif").exists()


def test_a_hostile_request_runs_no_code_sets_no_rules_and_commands_no_runner(
    act: Act, models: MessagesApi
) -> None:
    betrayal = "import os, pathlib\n(pathlib.Path(os.environ['HOME']) / 'betrayed').touch()\n"
    modules = dict.fromkeys(STOLEN, betrayal)
    shout = {
        name: f"<<<<<<< {name}\n" for name in ("::set-output name=verdict::passed", "##[set-output name=a;]b")
    }
    (act.clone.folder / ".chargehand.toml").write_text(
        'fail_on = "never"\n[checks]\ndisabled = ["conflict-markers"]\n'
    )
    (act.clone.folder / ".gitattributes").write_text("* linguist-generated\n")
    act.clone.commit("Betray", **modules, **shout)
    run = act.run(_workflow("fleet: '5'"), key=models.key)
    assert not run.is_success
    assert run.outputs["verdict"] == "blocked", run.log
    assert run.outputs["complete"] == "true"
    assert run.outputs.keys() == OUTPUTS
    assert run.commands <= {"set-output", "summary", "error", "warning", "notice"}
    assert not (run.home / "betrayed").exists()
    assert models.key not in run.log
    assert {call.model for call in models.calls} <= {"claude-haiku-5-5", "claude-opus-5-5"}


def test_a_python_without_pip_is_enough(act: Act, tmp_path: Path) -> None:
    subprocess.run((sys.executable, "-I", "-m", "venv", "--without-pip", tmp_path / "bare"), check=True)
    act.clone.environment["PATH"] = f"{tmp_path}/bare/bin:{act.clone.environment['PATH']}"
    run = act.run(_workflow("fail-on: never, require-model: 'false'"))
    assert run.outputs["verdict"] == "passed", run.log


def test_a_cloud_is_asked_with_what_the_action_installs_for_it(act: Act, models: MessagesApi) -> None:
    with CloudServer(models) as cloud:
        account = {"AWS_BEARER_TOKEN_BEDROCK": BEARER, "AWS_REGION": REGION}
        act.clone.environment.update(account, ANTHROPIC_BEDROCK_BASE_URL=cloud.url)
        run = act.run(_workflow("cloud: bedrock"))
    assert run.outputs["verdict"] == "blocked", run.log
    assert run.outputs["complete"] == "true"
    assert {path.split("/")[1] for path in cloud.seen} == {"model"}
    refused = act.run(_workflow("cloud: $(touch $HOME/betrayed)"))
    assert "the input cloud takes bedrock, vertex or foundry" in refused.log
    assert not (run.home / "betrayed").exists()


def test_an_input_is_never_read_as_a_command(act: Act) -> None:
    run = act.run(
        _workflow("""base: '$(touch $HOME/betrayed); `touch $HOME/betrayed` "; touch $HOME/betrayed; "'""")
    )
    assert not run.is_success
    assert run.outputs["verdict"] == "error"
    assert run.outputs["findings"] == ""
    assert not (run.home / "betrayed").exists()


def test_the_example_for_forks_reviews_the_head_and_never_checks_it_out(
    act: Act, models: MessagesApi, api: GitHubApi
) -> None:
    act.clone.git("push", "-q", "origin", "feature:refs/pull/7/head")
    act.clone.git("checkout", "-q", "--detach", "main")
    api.pull.roles = {"maintainer": "write"}
    api.pull.say("maintainer", f"/chargehand waive {'0' * 32} no such finding")
    run = act.run(_example("fork"), "pull_request_target", key=models.key, api=api, **LABELED)
    assert len(api.pull.threads) == len(FREE_RULES) + 1, run.log
    assert [run["conclusion"] for run in api.pull.check_runs] == ["failure"]
    assert run.outputs["verdict"] == "blocked", run.log
    assert run.outputs["findings"] == str(len(FREE_RULES) + 1)
    assert not (act.clone.folder / "notes.py").exists()


def test_the_example_for_forks_spends_nothing_on_a_commit_that_nobody_labelled(
    act: Act, models: MessagesApi
) -> None:
    act.clone.git("push", "-q", "origin", "main:refs/pull/7/head")
    run = act.run(_example("fork"), "pull_request_target", key=models.key, **LABELED)
    assert not run.is_success
    assert "was pushed to after the label was set" in run.log
    assert not models.calls


def test_one_job_may_review_and_comment(act: Act, models: MessagesApi, api: GitHubApi) -> None:
    run = act.run(_workflow("comment: 'true'"), key=models.key, api=api)
    assert len(api.pull.threads) == len(FREE_RULES) + 1, run.log
    assert not run.is_success
    assert run.outputs["verdict"] == "blocked"


def test_the_example_for_a_merge_queue_reports_the_check(act: Act) -> None:
    run = act.run(_example("merge-queue"), "merge_group", pull_request=None)
    assert run.is_success, run.log


def test_the_nightly_example_reviews_what_came_in_as_a_batch(act: Act, models: MessagesApi) -> None:
    asked = {"since": act.clone.git("rev-parse", "main")}
    run = act.run(_example("nightly"), "workflow_dispatch", key=models.key, inputs=asked, pull_request=None)
    assert run.outputs["verdict"] == "blocked", run.log
    assert "Blocked (batch)" in run.summary
    assert run.outputs["complete"] == "false"
    assert float(run.outputs["spend-usd"]) > 0


def _outputs(entries: list[dict[str, str]]) -> dict[str, str]:
    named = [(entry["name"], entry["arg"]) for entry in entries]
    return dict(named) | {name: value for name, value in named if value}


def _workflow(inputs: str) -> str:
    return WORKFLOW.replace("INPUTS", inputs)


def _example(name: str) -> str:
    return (Path(__file__).parents[2] / f"examples/github/{name}.yml").read_text()


def _used(workflow: str) -> set[str]:
    """Return owner/name@revision of each action that a workflow takes from elsewhere."""
    found = re.findall(r"uses: ([\w.-]+/[\w.-]+)[^@\s]*@(\S+)", workflow)
    return {f"{name}@{revision}" for name, revision in found}


def _event(clone: Clone) -> dict[str, Any]:  # Any: JSON
    repository = {"full_name": "someone/consumer", "default_branch": "main"}
    return {
        "action": "opened",
        "number": 7,
        "repository": repository,
        "pull_request": {
            "number": 7,
            "draft": False,
            "base": {"ref": "main", "sha": clone.git("rev-parse", "main"), "repo": repository},
            "head": {"ref": "feature", "sha": clone.git("rev-parse", "feature"), "repo": repository},
        },
    }
