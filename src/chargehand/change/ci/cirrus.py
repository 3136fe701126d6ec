"""Cirrus CI: its variables name the pull request."""

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
    """Read https://cirrus-ci.org/guide/writing-tasks/"""
    return CiJob(
        event=request_by_variables(
            environ,
            number="CIRRUS_PR",
            target="CIRRUS_BASE_BRANCH",
            head="CIRRUS_CHANGE_IN_REPO",
            base="CIRRUS_BASE_SHA",
        ),
        request=request_name(environ, "CIRRUS_PR"),
        default_branch=environ.get("CIRRUS_DEFAULT_BRANCH", ""),
        branch=environ.get("CIRRUS_BRANCH", ""),
        repository=environ.get("CIRRUS_REPO_FULL_NAME", ""),
        pipelines=(".cirrus.yml",),
        title=environ.get("CIRRUS_PR_TITLE", ""),
        description=environ.get("CIRRUS_PR_BODY", ""),
        is_draft=environ.get("CIRRUS_PR_DRAFT") == "true",
        labels=words(environ.get("CIRRUS_PR_LABELS", "")),
        no_secrets=of_fork(is_fork=environ.get("CIRRUS_USER_COLLABORATOR") == "false"),
    )


CIRRUS = Platform(
    name="Cirrus CI",
    signs=("CIRRUS_CI",),
    read=_read,
    workspace="CIRRUS_WORKING_DIR",
)
