"""docs/reports.md says what the code does."""

import re
from pathlib import Path

from chargehand.core.finding import Severity
from chargehand.reports import annotations, codequality, markdown, sarif
from chargehand.reports.html import colours, room
from chargehand.reports.notifications import Kind
from chargehand.reports.sarif import rules
from chargehand.reports.sarif.beside import FINDING_WITHOUT_PLACE, LIMIT
from chargehand.reports.sarif.results import RANKS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "reports.md").read_text("utf-8")


def test_the_table_of_severities_is_the_one_in_the_code() -> None:
    rows = [
        (
            severity.value,
            rules.LEVELS[severity],
            f"{RANKS[severity]:.0f}",
            codequality.SEVERITIES[severity],
            annotations.LEVELS[severity],
        )
        for severity in Severity
    ]
    for row in rows:
        assert f"| {' | '.join(row)} |" in DOCUMENT


def test_every_kind_of_notification_is_named() -> None:
    assert all(
        f"`{kind}`" in DOCUMENT for kind in (*(each.value for each in Kind), LIMIT, FINDING_WITHOUT_PLACE)
    )


def test_the_limits_are_those_in_the_code() -> None:
    numbers = set(re.findall(r"\d+(?:,\d{3})+", DOCUMENT))
    limits = (
        sarif.MAX_RESULTS,
        sarif.SHOWN_RESULTS,
        markdown.LIMIT_BYTES,
        colours.MOST_CHARACTERS,
    )
    assert numbers == {f"{limit:,}" for limit in limits}
    assert f"nothing makes more than {room.LIMIT_BYTES // 1_000_000} MB" in DOCUMENT


def test_the_words_of_code_quality_are_those_in_the_code() -> None:
    assert f"`{codequality.NO_PATH}`" in DOCUMENT
    assert f"`{codequality.NOT_REVIEWED}`" in DOCUMENT
