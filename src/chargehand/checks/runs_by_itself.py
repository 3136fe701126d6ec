"""Finds files that move to a place from which they are run without anyone asking for it."""

import re
from collections.abc import Iterator

from chargehand.checks.check import Check, claim
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim

# Who runs what, by patterns that a path must match whole. What is run only when called, such as a Makefile or
# a composite action, is not among them.
_RUNNERS = (
    ("GitHub Actions, or a forge like it", r"\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml"),
    ("GitLab", r"\.gitlab-ci\.ya?ml"),
    ("CircleCI", r"\.circleci/.+"),
    ("Azure Pipelines", r"(.+/)?azure-pipelines[^/]*\.ya?ml"),
    ("Jenkins", r"(.+/)?Jenkinsfile[^/]*"),
    (
        "its CI service",
        r"\.?(travis|appveyor|drone|cirrus|woodpecker)\.(ya?ml|star|jsonnet)|bitbucket-pipelines\.yml|Dangerfile",
    ),
    (
        "its CI service",
        r"\.(woodpecker|buildkite|semaphore|teamcity)/.+|cloudbuild\.(ya?ml|json)|buildspec\.ya?ml",
    ),
    (
        "git, as a hook",
        r"(.+/)?\.(husky|githooks)/.+|\.?lefthook\.(ya?ml|toml|json)|\.pre-commit-config\.yaml",
    ),
    (
        "an editor that opens the folder",
        r"(.+/)?\.vscode/tasks\.json|\.devcontainer(/.+)?\.json|\.envrc|\.claude/settings.*\.json",
    ),
    (
        "Python, at its start or by its test runner",
        r"(.+/)?(conftest|sitecustomize|usercustomize)\.py|(.+/)?[^/]+\.pth",
    ),
    (
        "a package manager, as it installs or builds",
        r"(.+/)?(setup\.py|build\.rs|binding\.gyp|\.pnpmfile\.cjs|\.cargo/config(\.toml)?)",
    ),
)
_PLACES = tuple((runner, re.compile(pattern, re.IGNORECASE)) for runner, pattern in _RUNNERS)


def find_files_that_run(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each file that was renamed or copied to such a place from one that is none.

    The lines of such a file may all be old: nobody who reads only changed lines sees what begins to run.
    """
    for file in diff.files:
        runner = _runner(file.path)
        if file.old_path and runner and file.status in {"renamed", "copied"} and not _runner(file.old_path):
            yield claim(
                CHECK,
                file.path,
                None,
                f"It was {file.old_path}. From its new place it is run by {runner}, without anyone asking "
                "for it. Read the whole file, not only what changed in it.",
            )


def _runner(path: str) -> str | None:
    return next((runner for runner, place in _PLACES if place.fullmatch(path)), None)


CHECK = Check("runs-by-itself", ("security/runs-by-itself",), find_files_that_run)
