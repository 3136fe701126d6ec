"""Drone: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://docs.drone.io/pipeline/environment/reference/"""
    return CiJob(
        event=request_by_variables(
            environ, number="DRONE_PULL_REQUEST", target="DRONE_TARGET_BRANCH", head="DRONE_COMMIT_SHA"
        ),
        request=request_name(environ, "DRONE_PULL_REQUEST"),
        default_branch=environ.get("DRONE_REPO_BRANCH", ""),
        branch=environ.get("DRONE_BRANCH", ""),
        repository=environ.get("DRONE_REPO", ""),
        address=environ.get("DRONE_GIT_HTTP_URL", ""),
        pipelines=(".drone.yml",),
        title=environ.get("DRONE_PULL_REQUEST_TITLE", ""),
    )


DRONE = Platform(
    name="Drone",
    signs=("DRONE",),
    read=_read,
    workspace="DRONE_WORKSPACE",
)
