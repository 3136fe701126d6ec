"""Ten CI systems: how each is recognised, what its job reviews, and where the report of its example goes.

`python -m tests.contract.ci_systems` writes the table of docs/ci.md anew, after that of the events.
"""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from chargehand.change.ci.platforms import PLATFORMS
from tests.contract.ci_events import PAGE, page_with

ROOT = Path(__file__).parents[2]
HEADING = ("platform", "recognised by", "change", "it begins at", "rules", "the report goes to", "example")


class System(NamedTuple):
    """A system: the event of the other table, its example, and where each report of it goes.

    A report is named by its option, and what has to stand in the example for its reader to see it.
    """

    name: str
    event: str
    example: str
    places: dict[tuple[str, str], str]


_LOG = "chargehand review"
SYSTEMS = (
    System(
        "GitHub Actions",
        "`pull_request`",
        "examples/github/review.yml",
        {
            ("uses", "chargehand/chargehand@"): "the job's summary and annotations",
            ("uses", "upload-sarif"): "code scanning",
        },
    ),
    System(
        "GitLab CI",
        "merge request",
        "examples/gitlab/component/templates/chargehand.yml",
        {("--codequality", "codequality: gl"): "Code Quality", ("--markdown", "expose_as"): "an artifact"},
    ),
    System(
        "Azure Pipelines",
        "pull request",
        "examples/azure/azure-pipelines.yml",
        {
            ("--junit", "PublishTestResults@2"): "the tab Tests (JUnit)",
            ("--markdown", "task.uploadsummary"): "the run's summary",
            ("--sarif", "CodeAnalysisLogs"): "the tab of SARIF",
        },
    ),
    System(
        "Bitbucket Pipelines",
        "pull request",
        "examples/bitbucket/bitbucket-pipelines.yml",
        {
            ("--json", "reports/chargehand"): "Code Insights",
            ("--junit", "test-results"): "the tab Tests (JUnit)",
        },
    ),
    System(
        "CircleCI",
        "build of a branch",
        "examples/circleci/config.yml",
        {
            ("--junit", "store_test_results"): "the tab Tests (JUnit)",
            ("--markdown", "store_artifacts"): "an artifact",
        },
    ),
    System(
        "Jenkins",
        "pull request",
        "examples/jenkins/Jenkinsfile",
        {
            ("--junit", "junit allowEmptyResults"): "the tests of the build (JUnit)",
            ("--sarif", "recordIssues"): "the plugin Warnings (SARIF)",
        },
    ),
    System(
        "Gitea or Forgejo Actions",
        "`pull_request`",
        "examples/gitea/review.yml",
        {("--markdown", "upload-artifact"): "an artifact"},
    ),
    System(
        "Buildkite",
        "pull request",
        "examples/buildkite/pipeline.yml",
        {
            ("--markdown", "buildkite-agent annotate"): "an annotation of the build",
            ("--junit", "artifact_paths"): "artifacts",
        },
    ),
    System("Drone", "pull request", "examples/drone/.drone.yml", {("-m", _LOG): "the log"}),
    System("Woodpecker", "pull request", "examples/woodpecker/review.yml", {("-m", _LOG): "the log"}),
)


def example_of(system: System) -> str:
    """Return the text of the example."""
    return (ROOT / system.example).read_text("utf-8")


def commands_in(text: str) -> list[list[str]]:
    """Return the words of each `chargehand review` in an example, after `review`."""
    whole = re.sub(r"\\\\?\n\s*", " ", text)
    found = re.findall(r"-m chargehand review ?(.*?)(?:\|\||'?$)", whole, re.MULTILINE)
    return [shlex.split(each) for each in found]


def table(page: str) -> str:
    """Return the table; what is reviewed comes from the table of events on the same page."""
    lines = [HEADING, ["---"] * len(HEADING), *(_row(system, page) for system in SYSTEMS)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(system: System, page: str) -> tuple[str, ...]:
    (platform,) = (each for each in PLATFORMS if each.name == system.name)
    start = f"| {system.name} | {system.event} | "
    (reviewed,) = (line for line in page.splitlines() if line.startswith(start))
    signs = " or ".join(f"`{sign}`" for sign in platform.signs)
    link = f"[{Path(system.example).name}](../{system.example})"
    change, begins, rules = reviewed.removeprefix(start).removesuffix(" |").split(" | ")
    return system.name, signs, change, begins, rules, ", ".join(system.places.values()), link


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    PAGE.write_text(page_with(text, table(text), "systems"), "utf-8")
