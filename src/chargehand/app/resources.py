"""Opens what a job names: who answers, the cache of earlier answers, a batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chargehand.app.run import Run
from chargehand.app.sealing import SHORTEST_SECRET, has_seal, marker_key, secret_of
from chargehand.change import Repository
from chargehand.checks.secrets.texts import keys_in
from chargehand.config import CACHE_SECRET
from chargehand.core.cancellation import Cancellation
from chargehand.core.diff import Diff
from chargehand.core.errors import InputError
from chargehand.core.masking import Mask
from chargehand.core.prompt import Model
from chargehand.core.review import Mode
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.batch.state_file import BatchFile
from chargehand.llm.cache.store import FOLDER, CacheStore, Room
from chargehand.llm.provider.claude import Claude
from chargehand.llm.recording.replay import Recorder, Replayer


@contextmanager
def open_cache(run: Run, diff: Diff) -> Iterator[CacheStore | None]:
    """Give the store of the cache, sealed with a secret, so that nobody can fill it without that.

    In CI there is none without a secret; `refuse_unsealed` says so, once it is known that models are asked.
    """
    cache, checkout = run.job.cache, run.checkout
    if cache is None or _is_unsealed(run):
        yield None
        return
    if isinstance(checkout, Repository):
        _check_cache(cache, diff, checkout)
    keep = run.settings.keep
    room = Room(keep.cache_days, keep.cache_megabytes * 1_000_000)
    with CacheStore.below(cache, secret_of(run.checkout.environ), room) as store:
        yield store


def refuse_unsealed(run: Run) -> None:
    """Raise InputError, before anything is spent, if anyone could have written what is read as ours."""
    cache, batch = run.job.cache, run.job.batch
    if not _is_unsealed(run):
        return
    if cache is not None:
        raise InputError(
            f"Nothing was reviewed: in CI, others may write into the cache {cache}, and nothing seals it. "
            f"{_SEAL}, or run without --cache."
        )
    if batch is not None and batch.exists():
        raise InputError(
            f"Nothing was reviewed: in CI, others may have written {batch}, and nothing seals it. "
            f"{_SEAL}, and remove the file."
        )


_SEAL = (
    f"Set {CACHE_SECRET} to a random text of at least {SHORTEST_SECRET} characters that only this job gets"
)


def _is_unsealed(run: Run) -> bool:
    return not has_seal(run.checkout.environ)


def _check_cache(cache: Path, diff: Diff, repository: Repository) -> None:
    """Raise InputError if the change brings files of the cache along: it would review itself."""
    folder, root = (repository.cwd / cache / FOLDER).resolve(), repository.root.resolve()
    inside = f"{folder.relative_to(root).as_posix()}/" if folder.is_relative_to(root) else None
    if inside and any(file.path.startswith(inside) for file in diff.files):
        raise InputError(
            f"Nothing was reviewed: the change holds files of the cache {cache}, so its author could have "
            "written the answers. Name a --cache outside of the checkout."
        )


@contextmanager
def open_model(run: Run, mask: Mask, cancellation: Cancellation) -> Iterator[tuple[Model, Mode]]:
    """Give the model that answers, and the mode of the review that follows from it.

    Raises NoCredentials, and EnvironmentFault if a variable of the client is wrong.

    What it says is masked: it is recorded and kept without secrets of the change, and without keys that only
    it says, such as one that it decoded.
    """
    job, mask = run.job, mask._replace(search=keys_in)
    if job.replay:
        replaying = Replayer.from_file(job.replay, mask)
        yield replaying, "scripted" if replaying.kind == "scripted" else "replayed"
        return
    environ = run.checkout.environ
    with Claude(job.timeout_s, run.cloud, environ=environ, cancellation=cancellation, mask=mask) as claude:
        claude.check_credentials()
        if job.record is None:
            yield claude, "live"
            return
        with Recorder(claude, job.record, marker_key(run)) as recording:
            yield recording, "live"


def open_batch(run: Run, base: Model, say: Callable[[str], None]) -> BatchRun | None:
    """Return the batch that the workers answer in, None if they are asked one by one."""
    if run.job.batch is None or not isinstance(base, Claude):
        return None
    if not base.cloud.has_batches:
        raise InputError(
            f"Nothing was reviewed: {base.cloud.title} runs no message batches. Run without --batch."
        )
    file = BatchFile(run.job.batch, secret_of(run.checkout.environ))
    return BatchRun(base, file, say=say)
