"""Answers from a file in place of a model, and how such a file is made."""

from collections import deque
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

from chargehand.core.errors import ChargehandError, InputError, ModelError, ReplayError
from chargehand.core.files import check_space, read_bounded, write_whole
from chargehand.core.masking import NO_MASK, Mask
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.prompt_hash import prompt_hash
from chargehand.core.usage import Role
from chargehand.cost.call_log import task_order
from chargehand.llm.recording.format import (
    Entry,
    Header,
    Kind,
    Recording,
    end_of,
    play,
    read_header,
    read_recording,
    write_recording,
)

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on

# More than any review writes down: a reply has some kilobytes.
MAX_BYTES = 64 * 1024 * 1024


class Recorder:
    """Writes down what `model` answers, attempt by attempt; the file appears whole when the block ends.

    It holds the models' words about the change, so only its owner may read it. A place that cannot
    be written is an InputError at the start of the block, before anything is spent. `marker_key` made the
    tags of the markers in the prompts.
    """

    def __init__(self, model: Model, path: Path, marker_key: str = "") -> None:
        self._model = model
        self._path = path
        self._marker_key = marker_key
        self._lock = Lock()
        self._entries: list[Entry] = []

    def __enter__(self) -> "Self":
        if self._path.exists() and not self._path.is_file():
            raise InputError(
                f"Nothing was reviewed: {self._path} is not a regular file. Name another for --record."
            )
        try:
            check_space(self._path.parent)
        except OSError as error:
            raise InputError(
                f"Nothing was reviewed: the recording cannot be written to {self._path} ({error.strerror}). "
                "Name another file for --record, in a folder that is writable and has room."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            write_whole(self._path, write_recording(self._recording()), is_private=True)
        except OSError as cause:
            raise ChargehandError(
                f"The recording was not written to {self._path} ({cause.strerror})."
            ) from cause

    def ask(self, prompt: Prompt) -> Reply:
        """Return what the model returns, or raise what it raises.

        What is said of planted defects is written nowhere: it is about no change.
        """
        if prompt.role is Role.PROBE:
            return self._model.ask(prompt)
        try:
            reply = self._model.ask(prompt)
        except ModelError as error:
            self._note(prompt, error)
            raise
        self._note(prompt, reply)
        return reply

    def _recording(self) -> Recording:
        # Attempts at one task stay in the order in which they were made: a task runs in one thread.
        entries = sorted(self._entries, key=lambda each: (*task_order(each.role, each.task), each.model))
        header = Header(chargehand_recording=1, kind="recorded", marker_key=self._marker_key)
        return Recording(header=header, entries=tuple(entries))

    def _note(self, prompt: Prompt, met: Reply | ModelError) -> None:
        asked = {"role": prompt.role, "task": prompt.task, "model": prompt.model}
        entry = Entry.model_validate({**asked, "prompt": prompt_hash(prompt), **end_of(met)})
        with self._lock:
            self._entries.append(entry)


class Replayer:
    """A model that answers from a recording: by role, task and model, in the order of the attempts.

    What people wrote, or earlier versions recorded, may hold a secret of the change: `mask` hides it.
    """

    def __init__(self, recording: Recording, source: str, mask: Mask = NO_MASK) -> None:
        self._mask = mask
        self._kind = recording.header.kind
        self._source = source
        self._lock = Lock()
        self._waiting: dict[tuple[Role, str, str], deque[Entry]] = {}
        for entry in recording.entries:
            self._waiting.setdefault((entry.role, entry.task, entry.model), deque()).append(entry)

    @classmethod
    def from_file(cls, path: Path, mask: Mask = NO_MASK) -> "Replayer":
        """Return a player of the file at `path`; raise ReplayError if that is no recording."""
        return cls.from_text(_text_of(path), str(path), mask)

    @classmethod
    def from_text(cls, text: str, source: str, mask: Mask = NO_MASK) -> "Replayer":
        """Return a player of `text`, which messages call `source`."""
        return cls(read_recording(text, source), source, mask)

    @property
    def kind(self) -> Kind:
        """Whether models said this (`recorded`) or people wrote it (`scripted`)."""
        return self._kind

    def ask(self, prompt: Prompt) -> Reply:
        """Return the next reply, raise the next error; ReplayError if it is of another change."""
        with self._lock:
            waiting = self._waiting.get((prompt.role, prompt.task, prompt.model))
            entry = waiting.popleft() if waiting else None
        if entry is None:
            raise self._other_change(prompt, "holds no answer")
        if entry.prompt is not None and entry.prompt != prompt_hash(prompt):
            raise self._other_change(prompt, "answers another question")
        return play(self._masked(entry)).masked(self._mask)

    def _masked(self, entry: Entry) -> Entry:
        """Return the entry with the words of an error masked; those of a reply are when it was played."""
        said, met = self._mask.said, entry.failure
        if met:
            met = met.evolve(detail=said(met.detail), request_id=met.request_id and said(met.request_id))
        return entry.evolve(failure=met, stopped=entry.stopped and said(entry.stopped))

    def _other_change(self, prompt: Prompt, what: str) -> ReplayError:
        return ReplayError(
            f"The review was not replayed: {self._source} {what} for {prompt.task} ({prompt.role.value}, "
            f"{prompt.model}). It was made for another change, configuration or version of chargehand. "
            "Make a new one with --record."
        )


def read_marker_key(path: Path) -> str:
    """Return what made the tags of markers in the recording at `path`; ReplayError if it is none."""
    return read_header(_text_of(path), str(path)).marker_key


def _text_of(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ReplayError(f"Nothing was reviewed: {path} cannot be read ({why}).") from error
