"""CircleCI: its variables name the pull request, and not the branch that it is for."""

from chargehand.change.ci.event import CiJob, Environ, NoChange, Platform, of_fork


def _read(environ: Environ) -> CiJob:
    """Read https://circleci.com/docs/reference/variables/#built-in-environment-variables

    No variable says the target, so git compares with the default branch, which the remote names.
    """
    number = environ.get("CIRCLE_PULL_REQUEST", "").rpartition("/")[2]
    owner, name = environ.get("CIRCLE_PROJECT_USERNAME", ""), environ.get("CIRCLE_PROJECT_REPONAME", "")
    return CiJob(
        event=NoChange(kind="build"),
        request=f"pull request {number}" if number.isascii() and number.isdecimal() else "",
        branch=environ.get("CIRCLE_BRANCH", ""),
        repository=f"{owner}/{name}" if owner and name else "",
        address=environ.get("CIRCLE_REPOSITORY_URL", ""),
        pipelines=(".circleci/",),
        no_secrets=of_fork(is_fork=bool(environ.get("CIRCLE_PR_NUMBER"))),  # set for forks alone
    )


CIRCLECI = Platform(
    name="CircleCI",
    signs=("CIRCLECI",),
    read=_read,
    workspace="CIRCLE_WORKING_DIRECTORY",
)
