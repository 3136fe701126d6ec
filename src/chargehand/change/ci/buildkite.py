"""Buildkite: its variables name the pull request."""

from chargehand.change.ci.event import (
    CiJob,
    Environ,
    Platform,
    of_fork,
    request_by_variables,
    request_name,
    words,
)


def _read(environ: Environ) -> CiJob:
    """Read https://buildkite.com/docs/pipelines/configure/environment-variables"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="BUILDKITE_PULL_REQUEST",
            target="BUILDKITE_PULL_REQUEST_BASE_BRANCH",
            head="BUILDKITE_COMMIT",
        ),
        request=request_name(environ, "BUILDKITE_PULL_REQUEST"),
        default_branch=environ.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH", ""),
        branch=environ.get("BUILDKITE_BRANCH", ""),
        pipelines=(".buildkite/",),
        is_draft=environ.get("BUILDKITE_PULL_REQUEST_DRAFT") == "true",  # unset unless it is one
        labels=words(environ.get("BUILDKITE_PULL_REQUEST_LABELS", "")),
        no_secrets=of_fork(
            is_fork=environ.get("BUILDKITE_PULL_REQUEST_REPO", "") not in ("", environ.get("BUILDKITE_REPO"))
        ),
    )


BUILDKITE = Platform(
    name="Buildkite",
    signs=("BUILDKITE",),
    read=_read,
    workspace="BUILDKITE_BUILD_CHECKOUT_PATH",
)
