"""What people are told of a batch: that it may still be running, what it saved, whose it is."""

from pathlib import Path

from chargehand.core.errors import InputError
from chargehand.core.money import usd
from chargehand.llm.batch.results import Taken
from chargehand.llm.batch.state_file import BatchState


def left_running(state: BatchState, path: Path, *, is_saved: bool) -> str:
    """Return what holds if the run ends now; `is_saved` says that `path` tells of the batch."""
    if not is_saved:
        return (
            f"The {named(state)} may still be running, and nobody can pick it up: its state was not "
            "written. Its requests stand in the bill at their worst case."
        )
    return (
        f"The {named(state)} may still be running and cost at most {usd(state.worst_usd)}, which "
        f"is not in this bill. Run again with {path} in place to take the results over."
    )


def other_change(state: BatchState, path: Path) -> InputError:
    """Return the error that what stands in `path` was sent by a run that would ask something else."""
    return InputError(
        f"Nothing was reviewed: {path} tells of {named(state)}, sent for another change, "
        "configuration or version of chargehand. Review that one again to take the results over, name "
        "another --batch-state, or remove the file to give them up: they cost at most "
        f"{usd(state.worst_usd)}."
    )


def summary(state: BatchState, taken: Taken) -> str:
    """Return how the batch went."""
    again = f"; {taken.left_open} of them had no answer and were asked again one by one" * bool(
        taken.left_open
    )
    return (
        f"The workers ran as a batch ({named(state)}, {len(state.sent)} requests{again}): at batch prices "
        f"this saved {usd(taken.saved_usd)}."
    )


def named(state: BatchState) -> str:
    """Return the batches by their ids."""
    noun = "batch" if len(state.batches) == 1 else "batches"
    return f"{noun} {', '.join(state.batches)}"
