"""Decides what a change is called: by its repository, and by its request or branch across pushes."""

from chargehand.change.address import clean_name, path_of
from chargehand.change.ci.event import Environ
from chargehand.change.ci.platforms import read_job
from chargehand.change.git.repository import Checkout, NoRepository
from chargehand.change.target import job_here
from chargehand.core.escaping import one_line

_MAX_BRANCH_LENGTH = 300


def repository_name(checkout: Checkout, environ: Environ) -> str | None:
    """Return the repository's name, such as `owner/name`: as the CI job says, else as `origin` does.

    None if neither says. Raises `ChangeError` if the event of a job cannot be read.
    """
    job = read_job(environ)
    if job and not isinstance(checkout, NoRepository):
        job = job_here(checkout, job)
    if named := clean_name(job.repository if job else ""):
        return named
    if isinstance(checkout, NoRepository):
        return None
    ran = checkout.ask("config", "--get", "remote.origin.url")
    return path_of(ran.lines[-1]) if ran.code == 0 and ran.lines else None


def subject_of(checkout: Checkout, environ: Environ) -> str | None:
    """Return `pull request 12`, `merge request 7` or `branch NAME`: as the CI job says, else as git does.

    None if neither says. Raises `ChangeError` if the event of a job cannot be read.
    """
    job = read_job(environ)
    if job and job.request:
        return job.request
    return _branch((job.branch if job else "") or branch_of_work_tree(checkout))


def branch_of_work_tree(checkout: Checkout) -> str:
    """Return the branch that is checked out, empty if none is."""
    if isinstance(checkout, NoRepository):
        return ""
    ran = checkout.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return ran.lines[0] if ran.code == 0 and ran.lines else ""


def _branch(name: str) -> str | None:
    return f"branch {one_line(name)[:_MAX_BRANCH_LENGTH]}" if name else None
