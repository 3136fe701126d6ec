"""The table of CI platforms, and whether one of them runs us."""

from collections.abc import Iterator

from chargehand.change.ci.appveyor import APPVEYOR
from chargehand.change.ci.azure import AZURE
from chargehand.change.ci.bitbucket import BITBUCKET
from chargehand.change.ci.buildkite import BUILDKITE
from chargehand.change.ci.circleci import CIRCLECI
from chargehand.change.ci.cirrus import CIRRUS
from chargehand.change.ci.codebuild import CODEBUILD
from chargehand.change.ci.drone import DRONE
from chargehand.change.ci.event import CiJob, Environ, NoChange, Platform
from chargehand.change.ci.gitea import GITEA
from chargehand.change.ci.github import GITHUB
from chargehand.change.ci.gitlab import GITLAB
from chargehand.change.ci.jenkins import JENKINS
from chargehand.change.ci.recognised import RECOGNISED
from chargehand.change.ci.semaphore import SEMAPHORE
from chargehand.change.ci.travis import TRAVIS
from chargehand.change.ci.woodpecker import WOODPECKER

PLATFORMS = (
    GITEA,  # before the one whose variables it sets
    GITHUB,
    GITLAB,
    AZURE,
    BITBUCKET,
    BUILDKITE,
    CIRCLECI,
    TRAVIS,
    DRONE,
    WOODPECKER,
    APPVEYOR,
    CODEBUILD,
    CIRRUS,
    SEMAPHORE,
    *RECOGNISED,
    JENKINS,  # late, for its sign is one of the commonest names
)

# What any of them may set, of whatever name, and what no person's shell has.
_GENERIC = (
    "CONTINUOUS_INTEGRATION",
    "BUILD_NUMBER",
    "BUILD_ID",
    "CI_APP_ID",
    "CI_BUILD_ID",
    "CI_BUILD_NUMBER",
    "CI_NAME",
    "RUN_ID",
)
# Containers in which a person works; some of them set CI to quieten the tools in it.
_DEVELOPMENT = (
    "CODESPACES",
    "REMOTE_CONTAINERS",
    "GITPOD_WORKSPACE_ID",
    "DEVPOD",
    "VSCODE_REMOTE_CONTAINERS_SESSION",
)
_OFF = ("", "0", "false", "no", "off")


def platform_of(environ: Environ) -> Platform | None:
    """Return the platform that runs us, None if it is a person, or a platform that is not known by name."""
    return next((each for each in PLATFORMS if any(_has(environ, sign) for sign in each.signs)), None)


def is_ci(environ: Environ) -> bool:
    """Tell whether a CI platform runs us.

    Its own variables decide first: some set no `CI`. A container in which a person develops is no CI, even
    if it sets `CI`.
    """
    if platform_of(environ):
        return True
    if any(_is_on(environ, name) for name in _DEVELOPMENT):
        return False
    return any(_is_on(environ, name) for name in ("CI", *_GENERIC))


def read_job(environ: Environ) -> CiJob | None:
    """Return what the platform says of the job, None outside of CI. Raises ChangeError."""
    if platform := platform_of(environ):
        return platform.read(environ)
    return CiJob(event=NoChange(kind="job")) if is_ci(environ) else None


def secrets_withheld(environ: Environ) -> str:
    """Return why the platform keeps secrets from this job, empty if it does not. Raises ChangeError."""
    job = read_job(environ)
    return job.no_secrets if job else ""


def workspaces(environ: Environ) -> Iterator[str]:
    """Yield the folder that the platform names as the checkout, if it does."""
    platform = platform_of(environ)
    if platform and (folder := environ.get(platform.workspace)):
        yield folder


def _has(environ: Environ, sign: str) -> bool:
    return all(_is_met(environ, part) for part in sign.split("&"))


def _is_met(environ: Environ, part: str) -> bool:
    name, equals, value = part.partition("=")
    return environ.get(name) == value if equals else _is_on(environ, name)


def _is_on(environ: Environ, name: str) -> bool:
    return environ.get(name, "").lower() not in _OFF
