"""Decides what a missing key means: the free checks if the platform keeps secrets from the job."""

from collections.abc import Mapping

from chargehand.app.job import Job
from chargehand.change import secrets_withheld

_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_FEDERATION_RULE_ID")


def job_without_key(job: Job, environ: Mapping[str, str]) -> tuple[Job, str]:
    """Return the job as it can be done, and a notice if that is not all that was asked for.

    Only a job that gets no secrets, such as that of a fork, runs the free checks instead. For every other one
    the review is incomplete, because no model looked.
    """
    has_key = any(environ.get(name) for name in _KEYS)
    why = "" if has_key or not job.is_paid else secrets_withheld(environ)
    if not why:
        return job, ""
    notice = f"There is no key for models, because {why}: only the free checks ran."
    return job.evolve(is_offline=True, cache=None, state=None, batch=None, record=None), notice
