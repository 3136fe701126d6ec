"""AppVeyor: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, of_fork, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://www.appveyor.com/docs/environment-variables/"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="APPVEYOR_PULL_REQUEST_NUMBER",
            target="APPVEYOR_REPO_BRANCH",
            head="APPVEYOR_PULL_REQUEST_HEAD_COMMIT",
        ),
        request=request_name(environ, "APPVEYOR_PULL_REQUEST_NUMBER"),
        branch=environ.get("APPVEYOR_REPO_BRANCH", ""),
        repository=environ.get("APPVEYOR_REPO_NAME", ""),
        pipelines=("appveyor.yml",),
        title=environ.get("APPVEYOR_PULL_REQUEST_TITLE", ""),
        no_secrets=of_fork(
            is_fork=environ.get("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "")
            not in ("", environ.get("APPVEYOR_REPO_NAME"))
        ),
    )


APPVEYOR = Platform(
    name="AppVeyor",
    signs=("APPVEYOR",),
    read=_read,
    workspace="APPVEYOR_BUILD_FOLDER",
)
