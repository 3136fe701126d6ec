"""Where the reports of a run go: to files, to standard output, and to the reader's terminal."""

import io
import os
import time
from pathlib import Path
from typing import TextIO

from chargehand.app.screen import screen_of
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.plain_value import PlainValue, no_entries
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.reports import FORMATS, terminal
from chargehand.reports.write import check_writable, write

STDOUT = "-"
_READER_S = 0.01


class Outputs(PlainValue):
    """Where each report that is wanted goes, by its format's name: a path, or `-` for standard output.

    Standard output can have one report; without one, it shows the findings to a person.
    """

    paths: dict[str, str] = no_entries()

    @property
    def takes_stdout(self) -> bool:
        """Tell whether a report goes to standard output, so that no person reads the findings there."""
        return STDOUT in self.paths.values()


def check_outputs(outputs: Outputs) -> None:
    """Raise InputError if a report could not be written, before anything is spent."""
    paths = list(outputs.paths.values())
    files = [os.path.abspath(path) for path in paths if path != STDOUT]  # noqa: PTH100 - no link is followed
    if paths.count(STDOUT) > 1:
        raise InputError(
            "Nothing was reviewed: only one report can go to standard output. Give files for the others."
        )
    if len(files) != len(set(files)):
        raise InputError("Nothing was reviewed: two reports have the same path. Give each its own.")
    for file in files:
        check_writable(Path(file))


def write_outputs(
    review: Review, verdict: Verdict, outputs: Outputs, stdout: TextIO, *, is_for_person: bool = True
) -> None:
    """Write every wanted report; files first, so that a full or closed standard output loses none.

    If no report goes to standard output and it `is_for_person`, a person reads the findings there.

    If one cannot be written, the others still are; then ChargehandError says which were not.
    """
    wanted = [(outputs.paths[each.name], each) for each in FORMATS if each.name in outputs.paths]
    failed = [
        _try_to_write(Path(path), each.render(review, verdict)) for path, each in wanted if path != STDOUT
    ]
    printed = [each for path, each in wanted if path == STDOUT]
    if printed:
        failed.append(_try_to_print(printed[0].render(review, verdict), stdout))
    elif is_for_person:
        failed.append(_try_to_print(_to_a_person(review, verdict, stdout), stdout))
    if complaints := list(filter(None, failed)):
        raise ChargehandError("\n".join(complaints))


def _try_to_write(path: Path, text: str) -> str:
    """Return why `text` was not written, empty if it was."""
    try:
        write(path, text)
    except ChargehandError as error:
        return str(error)
    return ""


def _try_to_print(text: str, stdout: TextIO) -> str:
    """Return why `text` was not printed, empty if it was, or if the reader closed the pipe, as `head` does.

    What the terminal's encoding does not have becomes a question mark.
    """
    encoding = stdout.encoding or "utf-8"
    try:
        _write_all(text.encode(encoding, "replace").decode(encoding), stdout)
    except OSError as error:
        _silence(stdout)
        if isinstance(error, BrokenPipeError):
            return ""
        return f"standard output was not written: {error.strerror}. Make room, or name a file, and run again."
    return ""


def _write_all(text: str, stdout: TextIO) -> None:
    """Write the whole text: with PYTHONUNBUFFERED a full disk takes a part, and Python drops the rest."""
    bare = getattr(stdout, "buffer", None)
    if not isinstance(bare, io.RawIOBase):
        stdout.write(text)
        stdout.flush()
        return
    left = memoryview(text.encode(stdout.encoding))
    while left:
        written = bare.write(left)
        if written is None:  # a pipe that does not block, and whose reader is slow
            time.sleep(_READER_S)
        left = left[written or 0 :]


def _silence(stdout: TextIO) -> None:
    """Throw away what is left in the buffer, or it would fail again when the process ends."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stdout.fileno())


def _to_a_person(review: Review, verdict: Verdict, stdout: TextIO) -> str:
    screen = screen_of(stdout, os.environ)
    return terminal.render(
        review,
        verdict,
        colour=screen.has_colour,
        width=screen.width,
        is_cut=screen.is_cut,
        link=screen.link,
    )
