import re
from xml.etree import ElementTree as ET

import pytest

from chargehand.reports.spend.page.charts import days_chart, runs_chart
from chargehand.reports.spend.page.svg import Bar, Column, Dot, Line, nested, scatter, stacked
from tests.unit.reports.spend.stored import run, spending


def marks(chart: str, name: str) -> list[dict[str, float | str]]:
    root = ET.fromstring(chart)  # noqa: S314 - our own text
    return [
        {key: value if key == "class" else float(value) for key, value in each.attrib.items()}
        for each in root.iter(name)
    ]


def labels(chart: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(chart).iter("text")]  # noqa: S314 - our own text


def column(*values: float) -> Column:
    return Column(label="x", bars=tuple(Bar(kind="k", value=value, tooltip="t") for value in values))


def show(value: float) -> str:
    return f"{value:g}"


def test_heights_are_to_each_other_as_the_values() -> None:
    first, second = marks(nested([column(1.0), column(4.0)], show, "t"), "rect")
    assert float(second["height"]) == pytest.approx(4 * float(first["height"]), rel=0.01)


def test_stacked_bars_stand_on_each_other() -> None:
    lower, upper = marks(stacked([column(3.0, 2.0)], show, "t"), "rect")
    assert float(upper["y"]) + float(upper["height"]) == pytest.approx(float(lower["y"]), abs=0.02)


def test_nested_bars_stand_on_one_floor_and_get_narrower_to_the_front() -> None:
    drawn = marks(nested([column(3.0, 5.0, 1.0)], show, "t"), "rect")
    floors = {round(float(each["y"]) + float(each["height"]), 1) for each in drawn}
    assert len(floors) == 1
    widths = [float(each["width"]) for each in drawn]
    assert widths == sorted(widths, reverse=True)


def test_a_little_is_drawn_and_nothing_is_not() -> None:
    little, nothing = marks(stacked([column(1e-6, 0.0), column(1.0)], show, "t"), "rect")[:2]
    assert float(little["height"]) == 1
    assert float(nothing["height"]) == 0


@pytest.mark.parametrize(
    ("top", "shown"),
    [
        (0.0, ["0", "1"]),
        (4.4, ["0", "1", "2", "3", "4", "5"]),
        (0.3, ["0", "0.1", "0.2", "0.3"]),
        (9.0, ["0", "2", "4", "6", "8", "10"]),
        (1234.0, ["0", "250", "500", "750", "1000", "1250"]),
    ],
)
def test_the_axis_has_few_round_marks_and_holds_the_highest_value(top: float, shown: list[str]) -> None:
    assert [label for label in labels(stacked([column(top)], show, "t")) if label != "x"] == shown


def test_labels_of_many_columns_leave_room_for_each_other() -> None:
    chart = stacked([column(1.0)] * 60, show, "t")
    assert 5 <= labels(chart).count("x") <= 14
    assert len(marks(chart, "rect")) == 60


def test_each_mark_of_a_scatter_is_ten_times_the_last() -> None:
    dots = [Dot(kind="k", x=x, y=1.0, tooltip="t") for x in (2.0, 20.0, 200.0)]
    line = Line(points=((2.0, 1.0), (200.0, 1.0)), label="even")
    chart = scatter(dots, [line], (show, show), "t", "x →")
    assert labels(chart) == ["1", "10", "1", "10", "100", "1000", "even", "x →"]
    first, second, third = (float(each["cx"]) for each in marks(chart, "circle"))
    assert second - first == pytest.approx(third - second, abs=0.02)


def test_a_line_is_drawn_as_far_as_it_is_inside_the_axes() -> None:
    dots = [Dot(kind="k", x=x, y=1.0, tooltip="t") for x in (2.0, 50.0)]
    slope = Line(points=((0.01, 0.01), (1000.0, 1000.0)), label="slope")
    outside = Line(points=((500.0, 1.0), (900.0, 1.0)), label="outside")
    chart = scatter(dots, [slope, outside], (show, show), "t", "x →")
    (drawn,) = re.findall('points="([^"]*)"', chart)
    start, end = (tuple(map(float, corner.split(","))) for corner in drawn.split())
    places = {label: float(y) for y, label in re.findall(r'y="([\d.]+)" class="label end">([\d.]+)<', chart)}
    assert [start[1] + 4, end[1] + 4] == pytest.approx([places["1"], places["100"]], abs=0.1)
    assert (start[0], end[0]) == (62, 458)
    assert "outside" not in labels(chart)


def test_a_word_in_a_chart_is_text() -> None:
    chart = stacked([Column(label="<b>", bars=(Bar(kind="k", value=1.0, tooltip='"><script>'),))], show, "&")
    assert labels(chart)[-1] == "<b>"
    assert not re.search("<b>|<script>", chart)


def test_few_days_have_a_column_each_and_many_are_taken_by_weeks() -> None:
    days = days_chart([run("a", at="2026-11-01T10:00:00Z"), run("b", at="2026-11-04T10:00:00Z")])
    assert len(marks(days, "rect")) == 2 * 4
    weeks = days_chart([run("a", at="2026-01-01T10:00:00Z"), run("b", at="2026-12-31T23:00:00Z")])
    assert len(marks(weeks, "rect")) == 2 * 53
    assert sum(float(each["height"]) > 0 for each in marks(weeks, "rect")) == 4


def test_a_run_above_its_target_stands_out() -> None:
    cheap, dear = run("a", lines=5), run("b", lines=6, made=run("b").calls * 2)
    kinds = [each["class"] for each in marks(runs_chart(spending(cheap, dear)), "circle")]
    assert kinds == ["within", "over"]
