"""Woodpecker: its variables name the pull request."""

from chargehand.change.ci.event import (
    CiJob,
    Environ,
    Platform,
    request_by_variables,
    request_name,
    told,
    words,
)


def _read(environ: Environ) -> CiJob:
    """Read https://woodpecker-ci.org/docs/usage/environment"""
    return CiJob(
        event=request_by_variables(
            environ, number="CI_COMMIT_PULL_REQUEST", target="CI_COMMIT_TARGET_BRANCH", head="CI_COMMIT_SHA"
        ),
        request=request_name(environ, "CI_COMMIT_PULL_REQUEST"),
        default_branch=environ.get("CI_REPO_DEFAULT_BRANCH", ""),
        branch=environ.get("CI_COMMIT_BRANCH", ""),
        repository=environ.get("CI_REPO", ""),
        address=environ.get("CI_REPO_CLONE_URL", ""),
        pipelines=(".woodpecker/",),
        is_draft=told(environ, "CI_COMMIT_PULL_REQUEST_DRAFT"),
        labels=words(environ.get("CI_COMMIT_PULL_REQUEST_LABELS", "")),
    )


WOODPECKER = Platform(
    name="Woodpecker",
    signs=(
        "CI=woodpecker",
        "CI_SYSTEM_NAME=woodpecker",
    ),
    read=_read,
    workspace="CI_WORKSPACE",
)
