"""Decides what a missing key means: the free checks if no key is asked for or can be had, else a failure."""

from collections.abc import Mapping

from chargehand.app.job import Job
from chargehand.change import secrets_withheld
from chargehand.config import Settings
from chargehand.core.clouds import CLOUDS
from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.core.review import Review

# What signs in; a login on this machine counts too, but only the SDK knows it.
_KEYS = tuple(
    name for cloud in CLOUDS.values() for name in (*cloud.chosen_by, *cloud.implied_by, *cloud.keys)
)


def job_without_key(job: Job, environ: Mapping[str, str]) -> tuple[Job, str]:
    """Return the job as it can be done, and a notice if that is not all that was asked for.

    A job from which the platform keeps secrets, such as that of a fork, runs the free checks alone.
    """
    has_key = any(environ.get(name) for name in _KEYS)
    why = "" if has_key or not job.is_paid else secrets_withheld(environ)
    if not why:
        return job, ""
    notice = f"There is no key for models, because {why}: only the free checks ran."
    return job.without_models(), notice


def without_model(review: Review, settings: Settings, why: NoCredentials | EnvironmentFault) -> Review:
    """Return what a review means for which models were wanted, and none could be asked.

    Who set a variable meant it: one that is wrong fails, whatever `require_model` says.
    """
    is_misconfigured = isinstance(why, EnvironmentFault)
    if not settings.require_model and not is_misconfigured:
        notice = "There is no key for models, and require_model is false: only the free checks ran."
        return review.evolve(notices=(*review.notices, notice))
    gaps = (str(why), *review.gaps)
    return review.evolve(gaps=gaps, is_model_missing=True, is_misconfigured=is_misconfigured)
