"""The reports: what one run found, read by people and by machines."""

from collections.abc import Callable

from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.reports import annotations, codequality, json, markdown, sarif, terminal

REPORTS: dict[str, Callable[[Review, Verdict], str]] = {
    "sarif": sarif.render,
    "markdown": markdown.render,
    "json": json.render,
    "codequality": codequality.render,
    "annotations": annotations.render,
    "terminal": terminal.render,
}
