"""Which secret seals what a job keeps between runs, so that nobody else can have written it."""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from secrets import token_hex

from chargehand.app.run import Run
from chargehand.change import is_ci
from chargehand.config import CACHE_SECRET

KEY = "ANTHROPIC_API_KEY"
SHORTEST_SECRET = 16


def secret_of(environ: Mapping[str, str]) -> str:
    """Return what seals what is kept between runs: a secret for just that, else the API key."""
    return environ.get(CACHE_SECRET, "") or environ.get(KEY, "")


def has_seal(environ: Mapping[str, str]) -> bool:
    """Tell whether our files can be known: others may write those of a CI job, so that it needs a secret."""
    own = environ.get(CACHE_SECRET, "")
    return not is_ci(environ) or (len(own) >= SHORTEST_SECRET if own else bool(environ.get(KEY)))


def marker_key(run: Run) -> str:
    """Return what the tags of markers are made with: it changes with the seal, which it does not tell.

    A replay takes that of its recording, so that its prompts are the same; raises ReplayError. Without a
    seal it is drawn anew in each process, if nothing is kept that a later run must find. There is none where
    no model is asked: the markers meet nobody who could take another text for one.
    """
    job = run.job
    if job.is_offline:
        return ""
    if job.replay:
        # Start-up time: recordings are read with pydantic.
        from chargehand.llm.recording.replay import read_marker_key  # noqa: PLC0415 - as above

        return read_marker_key(job.replay)
    secret = secret_of(run.checkout.environ)
    if not secret:
        return "" if job.cache or job.batch else _drawn()
    return hmac.new(secret.encode("utf-8", "surrogateescape"), b"markers", "sha256").hexdigest()


@lru_cache(maxsize=1)
def _drawn() -> str:
    return token_hex(32)
