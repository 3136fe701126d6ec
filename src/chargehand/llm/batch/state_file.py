"""Which batches are under way, in a file: what a run needs that picks them up, and what is said of them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from chargehand.core.errors import InputError
from chargehand.core.files import check_space, is_sealed, read_plainly, seal_of, write_whole
from chargehand.core.money import usd
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Plan
from chargehand.core.shape import written
from chargehand.core.value import Value

_LARGEST_BYTES = 200_000_000


class Sent(Value):
    """One request that is under way, and what was reserved for it; the hash of its prompt is in the id."""

    batch: str = Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")
    custom_id: str
    worst_usd: Decimal | None


class BatchState(Value):
    """What is under way. `change` tells one change, crew and version from another; `plan` is theirs."""

    change: str
    plan: Plan
    sent: tuple[Sent, ...]

    @property
    def batches(self) -> tuple[str, ...]:
        """The ids of the batches, each once."""
        return tuple(dict.fromkeys(each.batch for each in self.sent))

    @property
    def worst_usd(self) -> Decimal:
        """What all of it may cost, as far as prices are known."""
        return sum((each.worst_usd or Decimal(0) for each in self.sent), Decimal(0))


class _File(Value):
    """The file; `chargehand_batch` is the version of the format."""

    chargehand_batch: Literal[1]
    seal: str
    state: str


class BatchFile:
    """The file at `path`. It is sealed with `secret`, since its plan becomes part of what is asked."""

    def __init__(self, path: Path, secret: str) -> None:
        self.path = path
        self._secret = secret

    def read(self) -> BatchState | None:
        """Return what is under way, None if no file is; InputError if it cannot be used.

        Raises InputError too if the file could not be written later.
        """
        self._check_place()
        try:
            file = _File.model_validate_json(read_plainly(self.path, _LARGEST_BYTES))
            if is_sealed(_sealed(file.state), file.seal, self._secret):
                return BatchState.model_validate(json.loads(file.state))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):  # pydantic's and json's errors are ValueErrors
            pass
        raise InputError(
            f"Nothing was reviewed: {self.path} is not a batch state that this key or secret sealed. "
            "Remove it (a batch that it names is then not picked up), or name another --batch-state."
        )

    def write(self, state: BatchState) -> None:
        """Put `state` into the file, at once and whole; only its owner may read it."""
        text = dump_json(state)
        file = _File(chargehand_batch=1, seal=seal_of(_sealed(text), self._secret), state=text)
        write_whole(self.path, file.model_dump_json(), is_private=True, is_durable=True)

    def remove(self) -> None:
        """Remove the file: nothing is under way any more."""
        self.path.unlink(missing_ok=True)

    def _check_place(self) -> None:
        try:
            check_space(self.path.parent)
        except OSError as error:
            raise InputError(
                f"Nothing was reviewed: the batch state cannot be written to {self.path} "
                f"({error.strerror}). Name another --batch-state, or run without --batch."
            ) from error


def dump_json(value: Value | PlainValue) -> str:
    """Return `value` as JSON; unlike pydantic's own, it carries undecodable bytes of paths and lines."""
    tables = value.model_dump() if isinstance(value, Value) else written(value)
    return json.dumps(tables, default=str)


def _sealed(state: str) -> str:
    """Return what is sealed: a seal of another kind of file does not fit."""
    return f"chargehand batch\n{state}"


def still_running(state: BatchState, path: Path, *, is_saved: bool) -> str:
    """Return what holds if the run ends now; `is_saved` says that `path` names the batch."""
    if not is_saved:
        return (
            f"The {named(state)} may still be running, and no run can pick up the results, because its state "
            "could not be written. The bill counts its requests at their worst case."
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


def named(state: BatchState) -> str:
    """Return the batches by their ids."""
    return f"{'batch' if len(state.batches) == 1 else 'batches'} {', '.join(state.batches)}"
