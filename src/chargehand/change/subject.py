"""Decides what a change is called across its pushes: by the number of its request, else by its branch."""

from chargehand.change.ci.event import Environ
from chargehand.change.ci.platforms import read_job
from chargehand.change.git.repository import Checkout, NoRepository
from chargehand.core.escaping import one_line

_MAX_LENGTH = 300


def subject_of(checkout: Checkout, environ: Environ) -> str | None:
    """Return `pull request 12`, `merge request 7` or `branch NAME`: as the CI job says, else as git does.

    None if neither says. Raises `ChangeError` if the event of a job cannot be read.
    """
    job = read_job(environ)
    if job and job.request:
        return job.request
    return _branch((job.branch if job else "") or _branch_of_work_tree(checkout))


def _branch_of_work_tree(checkout: Checkout) -> str:
    if isinstance(checkout, NoRepository):
        return ""
    ran = checkout.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return ran.lines[0] if ran.code == 0 and ran.lines else ""


def _branch(name: str) -> str | None:
    return f"branch {one_line(name)[:_MAX_LENGTH]}" if name else None
