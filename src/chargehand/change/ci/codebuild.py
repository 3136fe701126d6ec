"""AWS CodeBuild: the variables of its webhook name the pull request."""

from chargehand.change.ci.event import (
    CiJob,
    Environ,
    Event,
    NoChange,
    Platform,
    Request,
    short_name,
)

_TRIGGER, _TARGET = "CODEBUILD_WEBHOOK_TRIGGER", "CODEBUILD_WEBHOOK_BASE_REF"


def _read(environ: Environ) -> CiJob:
    """Read https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"""
    kind, _, number = environ.get(_TRIGGER, "").partition("/")
    is_request = kind == "pr" and number.isascii() and number.isdecimal()
    return CiJob(
        event=_event(environ),
        request=f"pull request {number}" if is_request else "",
        branch=number if kind == "branch" else "",
        pipelines=("buildspec.yml",),
    )


def _event(environ: Environ) -> Event:
    if not environ.get(_TRIGGER, "").startswith("pr/") or not environ.get(_TARGET):
        return NoChange(kind="build")
    head = environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION") or "HEAD"
    return Request(source="pull_request", target=short_name(environ[_TARGET]), head=head)


CODEBUILD = Platform(
    name="AWS CodeBuild",
    signs=("CODEBUILD_BUILD_ARN", "CODEBUILD_BUILD_ID"),
    read=_read,
    workspace="CODEBUILD_SRC_DIR",
)
