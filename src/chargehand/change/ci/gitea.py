"""Gitea and Forgejo Actions: they set what GitHub does, and a name of their own beside it."""

from chargehand.change.ci.event import CiJob, Environ, Platform
from chargehand.change.ci.github import GITHUB


def _read(environ: Environ) -> CiJob:
    """Read https://docs.gitea.com/usage/actions/comparison and https://forgejo.org/docs/latest/user/actions/"""
    job = GITHUB.read(environ)
    return job.evolve(pipelines=(*job.pipelines, ".gitea/workflows/", ".forgejo/workflows/"))


GITEA = Platform(
    name="Gitea or Forgejo Actions",
    signs=("GITEA_ACTIONS", "FORGEJO_ACTIONS"),
    read=_read,
    workspace="GITHUB_WORKSPACE",
)
