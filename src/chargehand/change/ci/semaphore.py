"""Semaphore: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, of_fork, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://docs.semaphore.io/reference/env-vars"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="SEMAPHORE_GIT_PR_NUMBER",
            target="SEMAPHORE_GIT_BRANCH",
            head="SEMAPHORE_GIT_PR_SHA",
        ),
        request=request_name(environ, "SEMAPHORE_GIT_PR_NUMBER"),
        branch=environ.get("SEMAPHORE_GIT_WORKING_BRANCH", ""),
        repository=environ.get("SEMAPHORE_GIT_REPO_SLUG", ""),
        pipelines=(".semaphore/",),
        title=environ.get("SEMAPHORE_GIT_PR_NAME", ""),
        no_secrets=of_fork(
            is_fork=environ.get("SEMAPHORE_GIT_PR_SLUG", "")
            not in ("", environ.get("SEMAPHORE_GIT_REPO_SLUG"))
        ),
    )


SEMAPHORE = Platform(
    name="Semaphore",
    signs=("SEMAPHORE",),
    read=_read,
    workspace="SEMAPHORE_GIT_DIR",
)
