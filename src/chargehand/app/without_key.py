"""Decides what a missing key means: the free checks if no key is asked for or can be had, else a failure."""

from collections.abc import Mapping

from chargehand.app.job import Job
from chargehand.change import secrets_withheld
from chargehand.config import Settings
from chargehand.core.review import Review

# What the SDK signs in with; a login on this machine counts too, but only the SDK knows it.
_KEYS = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_PROFILE",
    "ANTHROPIC_FEDERATION_RULE_ID",
    "ANTHROPIC_CUSTOM_HEADERS",
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
    return job.evolve(is_offline=True, cache=None, state=None, batch=None, record=None), notice


def without_model(review: Review, settings: Settings, why: str) -> Review:
    """Return what a review means for which models were wanted, and nobody could sign in."""
    if not settings.require_model:
        notice = "There is no key for models, and require_model is false: only the free checks ran."
        return review.evolve(notices=(*review.notices, notice))
    return review.evolve(gaps=(why, *review.gaps), is_model_missing=True)
