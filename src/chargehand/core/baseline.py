"""A baseline: what an earlier report found, and how a review stands to it."""

from chargehand.core.plain_value import PlainValue


class Earlier(PlainValue):
    """A finding of an earlier report; what the report does not say is empty.

    `path` and all text are as that report shows them: printable. `model` names a free check, or a model.
    """

    fingerprint: str
    fingerprint_v2: str = ""
    rule: str
    lens: str = ""
    severity: str = ""
    title: str = ""
    message: str = ""
    path: str = ""
    line: int | None = None
    quote: str = ""
    model: str = ""


class Baseline(PlainValue):
    """What an earlier report found.

    `name` says which report, `head` which commit it was about. `is_partial`: its review was not complete.
    `has_models`: models looked, now or when their answers were recorded.
    """

    name: str
    head: str = ""
    findings: tuple[Earlier, ...] = ()
    is_partial: bool = False
    has_models: bool = False


class Compared(PlainValue):
    """How a review stands to its baseline: how many of its findings were found again, and which are gone.

    `gone` holds only what was looked for: the line that was quoted is no longer there, and its file was read
    again under its lens.
    """

    name: str
    head: str
    is_partial: bool
    total: int
    existing: int
    gone: tuple[Earlier, ...] = ()
