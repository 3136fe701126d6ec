"""What is said about a batch: that it may still be running, what it saved, which change it belongs to."""

from pathlib import Path

from chargehand.core.counting import count
from chargehand.core.errors import InputError
from chargehand.core.money import usd
from chargehand.llm.batch.billing import Settled
from chargehand.llm.batch.state_file import BatchState


def still_running(state: BatchState, path: Path, *, is_saved: bool) -> str:
    """Return what holds if the run ends now; `is_saved` says that `path` names the batch."""
    if not is_saved:
        return (
            f"The {named(state)} may still be running, and no run can pick up the results, because its state "
            "could not be written. Its requests stand in the bill at their worst case."
        )
    return (
        f"The {named(state)} may still be running and cost at most {usd(state.worst_usd)}, which "
        f"is not in this bill. Run again with {path} in place to pick up the results."
    )


def other_change(state: BatchState, path: Path) -> InputError:
    """Return the error that what stands in `path` was sent by a run that would ask something else."""
    return InputError(
        f"Nothing was reviewed: {path} names {named(state)}, sent for another change, "
        "configuration or version of chargehand. Review that change again to pick up the results, name "
        "another --batch-state, or remove the file to give them up: they cost at most "
        f"{usd(state.worst_usd)}."
    )


def summary(state: BatchState, settled: Settled) -> str:
    """Return how the batch went."""
    requests, unanswered = count(len(state.sent), "request"), settled.unanswered
    if unanswered:
        requests += (
            f"; {unanswered} of them had no answer and {'was' if unanswered == 1 else 'were'} sent again"
        )
    return (
        f"The workers ran as a batch ({named(state)}, {requests}): at batch prices this saved "
        f"{usd(settled.saved_usd)}."
    )


def named(state: BatchState) -> str:
    """Return the batches by their ids."""
    return f"{'batch' if len(state.batches) == 1 else 'batches'} {', '.join(state.batches)}"
