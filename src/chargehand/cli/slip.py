"""What a slip in the options leaves where reports were asked for: an error report, as of any other error."""

import sys
from collections.abc import Iterator, Sequence

import click

from chargehand.reports import FORMATS


def report_slip(arguments: Sequence[str], error: click.ClickException) -> None:
    """Write the reports that `arguments` name, as far as they can be read, if they are those of a review."""
    if next((each for each in arguments if not each.startswith("-")), "") != "review":
        return
    if not (paths := dict(_paths(arguments))):
        return
    from chargehand.app.nothing import report_error
    from chargehand.app.outputs import Outputs
    from chargehand.pipeline.stopwatch import Stopwatch

    said = f"Nothing was reviewed: {error.format_message()}"
    report_error(Outputs(paths=paths), said, Stopwatch(), sys.stdout)


def _paths(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield where each report goes, the last word on each last, as click would take it."""
    from chargehand.app.outputs import STDOUT

    for report in FORMATS:
        option = f"--{report.name}"
        for at, each in enumerate(arguments):
            following = arguments[at + 1] if at + 1 < len(arguments) else ""
            if report.is_printed and each == option:
                yield report.name, STDOUT
            elif each.startswith(f"{option}="):
                yield report.name, each.partition("=")[2]
            elif each == option and following and not following.startswith("--"):
                yield report.name, following
