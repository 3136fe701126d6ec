"""Travis CI: its variables name the pull request."""

from chargehand.change.ci.event import CiJob, Environ, Platform, of_fork, request_by_variables, request_name


def _read(environ: Environ) -> CiJob:
    """Read https://docs.travis-ci.com/user/environment-variables/"""
    return CiJob(
        event=request_by_variables(
            environ, number="TRAVIS_PULL_REQUEST", target="TRAVIS_BRANCH", head="TRAVIS_PULL_REQUEST_SHA"
        ),
        request=request_name(environ, "TRAVIS_PULL_REQUEST"),
        branch=environ.get("TRAVIS_BRANCH", ""),
        repository=environ.get("TRAVIS_REPO_SLUG", ""),
        pipelines=(".travis.yml",),
        no_secrets=of_fork(
            is_fork=environ.get("TRAVIS_SECURE_ENV_VARS") == "false" and "TRAVIS_PULL_REQUEST_SLUG" in environ
        ),
    )


TRAVIS = Platform(
    name="Travis CI",
    signs=("TRAVIS",),
    read=_read,
    workspace="TRAVIS_BUILD_DIR",
)
