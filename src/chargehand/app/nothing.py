"""The review of nothing: there is no text in the change, or an error came first."""

from contextlib import suppress
from decimal import Decimal
from typing import TextIO

from chargehand.app.outputs import Outputs, write_outputs
from chargehand.core import exit_codes
from chargehand.core.change import Change
from chargehand.core.diff import Diff
from chargehand.core.errors import ChargehandError
from chargehand.core.review import Mode, Review
from chargehand.core.usage import Bill, Counterfactuals, Usage
from chargehand.core.verdict import Status, Verdict
from chargehand.pipeline.stopwatch import Stopwatch

ZERO = Decimal(0)
NO_BILL = Bill(
    total_usd=ZERO,
    orchestrator_usd=ZERO,
    workers_usd=ZERO,
    by_role={},
    by_model={},
    by_lens={},
    calls=0,
    usage=Usage(),
    counterfactuals=Counterfactuals(single_pass_usd=ZERO, all_orchestrator_usd=ZERO),
    prices_from="no call",
)


def nothing(change: Change, mode: Mode, watch: Stopwatch) -> Review:
    """Return the review of a change without text."""
    return Review(
        change=change,
        diff=Diff(),
        mode=mode,
        lenses=(),
        findings=(),
        coverage=(),
        notices=change.notices,
        summary="",
        bill=NO_BILL,
        timing=watch.timing(),
    )


def report_error(outputs: Outputs, said: str, watch: Stopwatch, stdout: TextIO) -> None:
    """Write the reports that were asked for, so that their reader learns why nothing was reviewed."""
    # Start-up time: few runs end so.
    from chargehand.checks.secrets.texts import masked_text  # noqa: PLC0415 - as above

    said = masked_text(said)
    change = Change(source="unknown", diff=b"", is_whole=False)
    review = nothing(change, "offline", watch).evolve(gaps=(said,))
    verdict = Verdict(status=Status.ERROR, exit_code=exit_codes.INPUT_ERROR, reasons=(said,))
    if outputs.paths:
        with suppress(ChargehandError):  # the error itself is shown in any case
            write_outputs(review, verdict, outputs, stdout, is_for_person=False)
