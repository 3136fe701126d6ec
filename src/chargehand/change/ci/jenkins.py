"""Jenkins: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://www.jenkins.io/doc/book/pipeline/multibranch/

    The others are of https://github.com/jenkinsci/branch-api-plugin (`BranchNameContributor`).
    """
    return CiJob(
        event=request_by_variables(environ, number="CHANGE_ID", target="CHANGE_TARGET"),
        request=request_name(environ, "CHANGE_ID"),
        branch=environ.get("BRANCH_NAME", ""),
        pipelines=("Jenkinsfile",),
        title=environ.get("CHANGE_TITLE", ""),
    )


JENKINS = Platform(
    name="Jenkins",
    signs=(
        "JENKINS_URL",
        "HUDSON_URL",
        "JENKINS_HOME&BUILD_ID",
    ),
    read=_read,
    workspace="WORKSPACE",
)
