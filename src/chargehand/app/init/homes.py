"""Where reviews run: by which signs a repository belongs there, and which example begins them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chargehand.change import Repository


class Home(NamedTuple):
    """A platform, or git's own hooks.

    `example` is written to `path`. A repository belongs here if the host of a remote matches `host`, or if
    one of the files or folders `signs` is there. `then` is what is left to do, as lines to type or to follow.
    """

    name: str
    example: str
    path: str
    host: str = ""
    signs: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


_VARIABLE = "add the secret variable ANTHROPIC_API_KEY to the project's settings"

PRE_COMMIT = Home(
    "pre-commit",
    "pre-commit/.pre-commit-config.yaml",
    ".pre-commit-config.yaml",
    signs=(".pre-commit-config.yaml",),
    then=("pre-commit install --hook-type pre-commit --hook-type pre-push", "export ANTHROPIC_API_KEY=…"),
)
HOMES = (
    Home(
        "github",
        "github/review.yml",
        ".github/workflows/chargehand.yml",
        host=r"(.*\.)?github\.com|github\..*",
        signs=(".github",),
        then=("gh secret set ANTHROPIC_API_KEY",),
    ),
    Home(
        "gitlab",
        "gitlab/.gitlab-ci.yml",
        ".gitlab-ci.yml",
        host=r"(.*\.)?gitlab\..*",
        signs=(".gitlab-ci.yml",),
        then=(f'{_VARIABLE}: masked, and with "Protect variable" unticked',),
    ),
    Home(
        "gitea",
        "gitea/review.yml",
        ".gitea/workflows/chargehand.yml",
        host=r"(.*\.)?(codeberg\.org|(gitea|forgejo)\..*)",
        signs=(".gitea", ".forgejo"),
        then=("add the secret ANTHROPIC_API_KEY to the repository's settings",),
    ),
    Home(
        "bitbucket",
        "bitbucket/bitbucket-pipelines.yml",
        "bitbucket-pipelines.yml",
        host=r"(.*\.)?bitbucket\..*",
        signs=("bitbucket-pipelines.yml",),
        then=(_VARIABLE,),
    ),
    Home(
        "azure",
        "azure/azure-pipelines.yml",
        "azure-pipelines.yml",
        host=r"(.*\.)?(dev\.azure|visualstudio)\.com",
        signs=("azure-pipelines.yml",),
        then=(_VARIABLE,),
    ),
    Home("circleci", "circleci/config.yml", ".circleci/config.yml", signs=(".circleci",), then=(_VARIABLE,)),
    Home("jenkins", "jenkins/Jenkinsfile", "Jenkinsfile", signs=("Jenkinsfile",), then=(_VARIABLE,)),
    Home(
        "buildkite",
        "buildkite/pipeline.yml",
        ".buildkite/pipeline.yml",
        signs=(".buildkite",),
        then=(_VARIABLE,),
    ),
    Home("drone", "drone/.drone.yml", ".drone.yml", signs=(".drone.yml",), then=(_VARIABLE,)),
    Home(
        "woodpecker",
        "woodpecker/review.yml",
        ".woodpecker/chargehand.yml",
        signs=(".woodpecker", ".woodpecker.yml"),
        then=(_VARIABLE,),
    ),
    PRE_COMMIT,
)


def homes_of(repository: Repository, wanted: Sequence[str]) -> tuple[Home, ...]:
    """Return the homes of these names; without names those that the repository shows, else pre-commit.

    A remote's host counts before files: a mirror keeps the files of another platform.
    """
    if wanted:
        return tuple(home for home in HOMES if home.name in wanted)
    hosts = [_host(line.partition(" ")[2]) for line in _remotes(repository)]
    by_host = [home for home in HOMES if home.host and any(re.fullmatch(home.host, each) for each in hosts)]
    by_files = [home for home in HOMES if any((repository.root / sign).exists() for sign in home.signs)]
    hooks = [home for home in by_files if home is PRE_COMMIT]
    return tuple(dict.fromkeys([*(by_host or by_files), *hooks])) or (PRE_COMMIT,)


def _remotes(repository: Repository) -> list[str]:
    return repository.ask("config", "--get-regexp", r"^remote\..*\.url$").lines


def _host(address: str) -> str:
    """Return the host of an address of git: `https://host/…`, `ssh://user@host:22/…` or `user@host:…`."""
    found = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?([\w.-]+)", address)
    return found[1].lower() if found else ""
