import re
from xml.etree import ElementTree as ET

import pytest

from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.reports.spend.page import page
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Duplicate, Reading, Unread
from chargehand.reports.spend.totals import Spending, add_up
from tests.unit.reports.outline import Outline, check_accessible, check_harmless
from tests.unit.reports.samples import HAIKU, HOSTILE, LOCAL, call
from tests.unit.reports.spend.stored import run, spending


def rich() -> Spending:
    failed = call(Role.WORKER, "x-1", HAIKU, "0.01", outcome="truncated")
    reading = Reading(
        runs=(
            run("a", repository="owner/name", estimate="0.02"),
            run("b", at="2026-12-24T10:00:00Z", lines=900, made=(failed,)),
            run("c", mode="scripted"),
        ),
        duplicates=(Duplicate(name="copy.json", of="a.json"),),
        unread=(Unread(name="x.json", reason="it is not JSON"),),
    )
    return add_up(reading, Targets(), Prices())


@pytest.mark.parametrize(
    "spent",
    [rich(), spending(run("a")), spending(run("a", mode="replayed")), spending(run("a", made=()))],
    ids=["rich", "one", "none paid", "none asked"],
)
def test_a_page_is_well_formed_loads_nothing_and_can_be_heard(spent: Spending) -> None:
    check_harmless(page(spent))
    check_accessible(page(spent))


def test_it_shows_every_figure() -> None:
    text = Outline(page(rich())).text
    for shown in (
        "2 runs, 3 calls, 22 Nov 2026 to 24 Dec 2026",
        "$0.0200",
        "45 % of it the orchestrator's",
        "Nov 2026",
        "owner/name",
        "not known",
        "no lens: plan, triage and judge",
        "truncated",
        "genai-prices 0.2.3",
        "1 run answered by replies written by hand; $0.0100 at list prices",
        "copy.json: as a.json",
        "x.json: it is not JSON",
        "Simple: up to 100 changed lines",
    ):
        assert shown in text


def test_text_from_reports_is_text_wherever_it_stands() -> None:
    made = (call(Role.WORKER, HOSTILE, HOSTILE, "0.01", lens=HOSTILE, outcome=HOSTILE),)
    hostile = run("a", made=made, repository=HOSTILE, estimate="0.01", prices=HOSTILE)
    unread = (Unread(name=HOSTILE, reason=HOSTILE),)
    html = page(add_up(Reading(runs=(hostile,), unread=unread), Targets(), Prices()))
    outline = Outline(html)
    assert "script" not in {name for name, _ in outline.elements}
    assert "<script>alert(1)</script>" in outline.text
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_every_chart_is_xml_with_a_title_and_what_its_marks_mean() -> None:
    charts = re.findall(r'<svg[^>]* class="chart">.*?</svg>', page(rich()), re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        root = ET.fromstring(chart)  # noqa: S314 - our own text
        assert root[0].tag == "title"
        marks = [each for each in root.iter() if each.tag in ("rect", "circle")]
        assert marks
        assert all(each.findtext("title") for each in marks)


def test_no_chart_of_estimates_is_drawn_without_one() -> None:
    assert page(spending(run("a"))).count('class="chart"') == 3


def test_both_colour_schemes_are_served() -> None:
    text = page(rich())
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_a_sum_that_is_a_lower_bound_is_called_one() -> None:
    made = (call(Role.WORKER, "x-1", LOCAL, None), call(Role.WORKER, "x-2", HAIKU, "2"))
    text = Outline(page(spending(run("a", made=made)))).text
    assert "spent, at least: some prices are not known" in text
    assert "at least $2.0000" in text
