"""Azure Pipelines: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, of_fork, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://learn.microsoft.com/azure/devops/pipelines/build/variables"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="SYSTEM_PULLREQUEST_PULLREQUESTID",
            target="SYSTEM_PULLREQUEST_TARGETBRANCH",
            head="SYSTEM_PULLREQUEST_SOURCECOMMITID",
        ),
        request=request_name(environ, "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        branch=environ.get("BUILD_SOURCEBRANCHNAME", ""),
        repository=environ.get("BUILD_REPOSITORY_NAME", ""),
        address=environ.get("BUILD_REPOSITORY_URI", ""),
        pipelines=("azure-pipelines.yml", ".azure-pipelines/", ".azuredevops/"),
        no_secrets=of_fork(is_fork=environ.get("SYSTEM_PULLREQUEST_ISFORK") == "True"),
    )


AZURE = Platform(
    name="Azure Pipelines",
    signs=("TF_BUILD",),
    read=_read,
    workspace="BUILD_SOURCESDIRECTORY",
)
