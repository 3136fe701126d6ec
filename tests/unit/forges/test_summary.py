"""What the one comment for the whole review says, and how much."""

from typing import Any

import pytest

from chargehand.core.change import CodePages
from chargehand.core.coverage import Coverage
from chargehand.core.finding import Severity
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.comment import LARGEST_BODY, marker_in
from chargehand.forges.conclusion import conclude
from chargehand.forges.page import page_of
from chargehand.forges.report import Report
from chargehand.forges.summary import summary_body
from tests.unit.forges.reports import LENS, at, report
from tests.unit.reports.samples import gap


def summary(stored: Report, **more: Any) -> str:  # Any: fields of a Waived
    """Return the summary of a request in which nothing stands yet."""
    return summary_body(page_of(stored, conclude(stored, []), Waived(**more), (), ()))


def prints(number: int) -> dict[str, str]:
    return {"fingerprint": f"{number:032x}", "fingerprint_v2": f"{number:031x}f"}


def many(numbers: range, **more: Any) -> list[Any]:  # Any: findings, with fields of a Finding
    text = "word " * 800
    return [
        at(
            "added = 3",
            21,
            title=f"Title {n} {text}",
            message=text,
            fingerprint=f"{n:032x}",
            fingerprint_v2=f"{n:031x}f",
            **more,
        )
        for n in numbers
    ]


@pytest.mark.parametrize("notices", [(), tuple(f"{n} " + "x" * 600 for n in range(60))])
def test_it_is_never_longer_than_a_forge_takes_and_says_what_it_left_out(notices: tuple[str, ...]) -> None:
    accepted = many(range(60), suppression="why " * 400, suppressed_in="code")
    known = many(range(60, 120), state="existing")
    body = summary(report(*many(range(120, 240)), *accepted, *known, notices=notices))
    assert len(body) <= LARGEST_BODY
    assert "left out here**, for want of room" in body
    assert "accepted, with the reason" in body
    assert body.rstrip().endswith("</sub>")


def test_each_place_leads_to_the_code_at_the_reviewed_commit() -> None:
    stored = report(at("added = 3", 21, note="claimed at line 9"), at("more = 4", 22, 24, state="late"))
    pages = CodePages(address="https://github.com/o/r", forge="github")
    body = summary_body(page_of(stored, conclude(stored, []), Waived(), (), (), pages))
    file = f"https://github.com/o/r/blob/{stored.change.head}/src/app.py"
    assert f"[`src/app.py:21`]({file}#L21)" in body
    assert f"[`src/app.py:22-24`]({file}#L22-L24)" in body
    assert "> Claimed at line 9." in body


def test_a_short_one_leaves_nothing_out() -> None:
    found, late = at("added = 3", 21), at("more = 4", 22, state="late")
    body = summary(report(found, late, gaps=("The judge did not answer.",), notices=("By the way.",)))
    for text in ("About added", "About more", "The judge did not answer.", "By the way.", "1 finding late"):
        assert text in body
    assert "left out" not in body
    assert f"waive {found.fingerprint}" in body
    assert "0 of" not in body


def test_what_was_not_read_is_said_in_its_first_lines() -> None:
    cells: tuple[Coverage, ...] = (gap("src/app.py", LENS, "failed", "no answer"),)
    head, table = summary(report(coverage=cells)).split("\n\n")[:2]
    assert "⚠️ chargehand · Incomplete (live)" in head
    assert "0 of 1 reading done" in table


def test_it_remembers_what_did_not_fit_and_who_waived_what() -> None:
    one, two = at("added = 3", 21), at("more = 4", 22, severity=Severity.LOW)
    marker = marker_in(summary(report(one, two)))
    assert marker is not None
    assert (marker.known, marker.told) == ((), (one.fingerprint_v2,))
    waiver = Waiver(fingerprint=one.fingerprint_v2, by="b", reason="a `reason`")
    body = summary(report(one, two), waivers=(waiver,), refused=("A comment of c is no command.",))
    assert "waived by b: a `reason`" in body
    assert "A comment of c is no command." in body
