"""Workflows, action, hooks, jobs and reports, read by the linters and schemas of their consumers."""

import subprocess
from pathlib import Path

import pytest

from tests.consumers.conftest import PROJECT, Tools

OUR_WORKFLOWS = sorted(PROJECT.glob(".github/workflows/*.yml"))
EXAMPLE_WORKFLOWS = sorted(PROJECT.glob("examples/github/*.yml"))
WORKFLOWS = [*OUR_WORKFLOWS, *EXAMPLE_WORKFLOWS]
ACTIONS = [PROJECT / "action.yml"]
REPORTS = sorted(PROJECT.glob("tests/cases/*/expected/report.json"))


def test_zizmor_finds_no_weakness(tools: Tools) -> None:
    hooks = [PROJECT / ".pre-commit-hooks.yaml", PROJECT / "examples/pre-commit"]
    gitea = PROJECT / "examples/gitea/review.yml"
    _passes(
        tools["zizmor"],
        "--offline",
        "--strict-collection",
        "--persona=auditor",
        *WORKFLOWS,
        *ACTIONS,
        *hooks,
        gitea,
    )


def test_jactionlint_finds_no_mistake(tools: Tools) -> None:
    _passes(tools["jactionlint"], *WORKFLOWS, *ACTIONS)


@pytest.mark.parametrize(
    ("schema", "files"),
    [("github-workflows", WORKFLOWS), ("github-actions", ACTIONS)],
    ids=["workflows", "action"],
)
def test_github_knows_every_key(tools: Tools, schema: str, files: list[Path]) -> None:
    _passes(tools["check-jsonschema"], "--builtin-schema", f"vendor.{schema}", *files)


def test_gitlab_knows_every_key(tools: Tools, tmp_path: Path) -> None:
    _, job = (PROJECT / "examples/gitlab/component/templates/chargehand.yml").read_text().split("\n---\n")
    (tmp_path / "job.yml").write_text(job)
    own = (
        PROJECT / "examples/gitlab" / name
        for name in (".gitlab-ci.yml", "nightly.yml", "component/.gitlab-ci.yml")
    )
    files = (tmp_path / "job.yml", *own)
    _passes(tools["check-jsonschema"], "--builtin-schema", "vendor.gitlab-ci", *files)


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ("azure-pipelines", "azure/azure-pipelines.yml"),
        ("bitbucket-pipelines", "bitbucket/bitbucket-pipelines.yml"),
        ("buildkite", "buildkite/pipeline.yml"),
        ("circle-ci", "circleci/config.yml"),
        ("drone-ci", "drone/.drone.yml"),
        ("github-workflows", "gitea/review.yml"),
        ("woodpecker-ci", "woodpecker/review.yml"),
    ],
)
def test_each_ci_system_knows_every_key_of_its_example(tools: Tools, schema: str, example: str) -> None:
    options = ("--regex-variant", "python", "--builtin-schema", f"vendor.{schema}")
    _passes(tools["check-jsonschema"], *options, PROJECT / "examples" / example)


def test_a_reader_of_junit_says_of_each_review_what_its_verdict_does(tools: Tools) -> None:
    for sample, is_good in {"clean": True, "offline": True, "rich": False}.items():
        report = PROJECT / "tests/unit/reports/snapshots" / sample / "junit.xml"
        done = subprocess.run([tools["junitparser"], "verify", report], capture_output=True, check=False)
        assert (done.returncode == 0) is is_good


def test_pre_commit_knows_every_key(tools: Tools) -> None:
    _passes(tools["pre-commit"], "validate-manifest", PROJECT / ".pre-commit-hooks.yaml")
    _passes(tools["pre-commit"], "validate-config", PROJECT / "examples/pre-commit/.pre-commit-config.yaml")


def test_every_json_report_follows_the_schema_that_is_shipped(tools: Tools) -> None:
    schema = PROJECT / "src/chargehand/reports/schemas/report.schema.json"
    _passes(tools["check-jsonschema"], "--check-metaschema", schema)
    _passes(tools["check-jsonschema"], "--schemafile", schema, *REPORTS)


@pytest.mark.usefixtures("tools")
def test_shellcheck_finds_no_mistake_in_our_scripts() -> None:
    _passes("shellcheck", *(PROJECT / ".ci").iterdir())


def _passes(*command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
