"""Bitbucket Pipelines: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="BITBUCKET_PR_ID",
            target="BITBUCKET_PR_DESTINATION_BRANCH",
            head="BITBUCKET_COMMIT",
        ),
        request=request_name(environ, "BITBUCKET_PR_ID"),
        branch=environ.get("BITBUCKET_BRANCH", ""),
        repository=environ.get("BITBUCKET_REPO_FULL_NAME", ""),
        address=environ.get("BITBUCKET_GIT_HTTP_ORIGIN", ""),
        pipelines=("bitbucket-pipelines.yml",),
    )


BITBUCKET = Platform(
    name="Bitbucket Pipelines",
    signs=(
        "BITBUCKET_BUILD_NUMBER",
        "BITBUCKET_COMMIT",
    ),
    read=_read,
    workspace="BITBUCKET_CLONE_DIR",
)
