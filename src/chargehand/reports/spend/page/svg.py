"""Draws the charts of the spending page as SVG, in colours that the page's style decides."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from chargehand.reports.page.markup import NOTHING, Html, tag, text, together

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 22, 16, 28
_WIDEST_BAND = 90
_LABEL_WIDTH = 74

Format = Callable[[float], str]


class Frame(NamedTuple):
    """The size of a drawing, and of the part of it inside its axes."""

    width: int
    height: int

    @property
    def right(self) -> int:
        """Where the axes end."""
        return self.width - _RIGHT

    @property
    def floor(self) -> int:
        """Where the lower axis lies."""
        return self.height - _BOTTOM

    @property
    def across(self) -> int:
        """How wide it is inside the axes."""
        return self.right - _LEFT

    @property
    def up(self) -> int:
        """How high it is inside the axes."""
        return self.floor - _TOP


WIDE, HALF = Frame(width=1000, height=240), Frame(width=480, height=270)


class Bar(NamedTuple):
    """One bar: `kind` is its class in the style sheet, `tooltip` what is shown when it is pointed at."""

    kind: str
    value: float
    tooltip: str


class Column(NamedTuple):
    """The bars over one label."""

    label: str
    bars: tuple[Bar, ...]


class Dot(NamedTuple):
    """One point of a scatter, on axes that grow tenfold from mark to mark."""

    kind: str
    x: float
    y: float
    tooltip: str


class Line(NamedTuple):
    """A line between two points of a scatter, with a word at its end; drawn is what is inside the axes."""

    points: tuple[tuple[float, float], ...]
    label: str


def nested(columns: Sequence[Column], show: Format, title: str, frame: Frame = HALF) -> Html:
    """Return columns whose bars stand in front of each other, the first one widest and behind."""
    top = max((bar.value for column in columns for bar in column.bars), default=0.0)
    scale = _Scale(top, frame)

    def draw(column: Column, middle: float, band: float) -> Iterator[Html]:
        for index, bar in enumerate(column.bars):
            yield _rect(bar, middle, band * (0.78 - 0.2 * index), frame.floor, scale.height(bar.value))

    return _columns(columns, scale, show, title, draw)


def stacked(columns: Sequence[Column], show: Format, title: str, frame: Frame = WIDE) -> Html:
    """Return columns whose bars stand on each other, the first one at the bottom."""
    top = max((sum(bar.value for bar in column.bars) for column in columns), default=0.0)
    scale = _Scale(top, frame)

    def draw(column: Column, middle: float, band: float) -> Iterator[Html]:
        floor = float(frame.floor)
        for bar in column.bars:
            yield _rect(bar, middle, band * 0.72, floor, scale.height(bar.value))
            floor -= scale.height(bar.value)

    return _columns(columns, scale, show, title, draw)


def scatter(
    dots: Sequence[Dot],
    lines: Sequence[Line],
    shows: tuple[Format, Format],
    title: str,
    x_title: str,
    frame: Frame = HALF,
) -> Html:
    """Return points on two axes that grow tenfold from mark to mark; `shows` name the marks of x and y."""
    show_x, show_y = shows
    x_marks = _tenfold([dot.x for dot in dots])
    y_marks = _tenfold([dot.y for dot in dots] + [y for line in lines for _, y in line.points])

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + frame.across * _along(x, x_marks), frame.floor - frame.up * _along(y, y_marks)

    return _svg(
        title,
        frame,
        *(_level(place(x_marks[0], mark)[1], show_y(mark), frame) for mark in y_marks),
        *(_label(place(mark, y_marks[0])[0], show_x(mark), frame) for mark in x_marks),
        *(_dot(dot, *place(dot.x, dot.y)) for dot in dots),
        *(_path(_clipped(line, x_marks, y_marks), place) for line in lines),
        tag("text", text(x_title), x=frame.right, y=_TOP - 6, class_="label end"),
    )


class _Scale:
    """How high values stand in a frame, up to a round number at or above the highest."""

    def __init__(self, top: float, frame: Frame) -> None:
        self.frame = frame
        self.marks = _marks(top)

    def height(self, value: float) -> float:
        """Return the height of a bar."""
        return self.frame.up * value / self.marks[-1]


def _columns(
    columns: Sequence[Column],
    scale: _Scale,
    show: Format,
    title: str,
    draw: Callable[[Column, float, float], Iterator[Html]],
) -> Html:
    frame = scale.frame
    band = min(frame.across / max(len(columns), 1), _WIDEST_BAND)
    every = math.ceil(_LABEL_WIDTH / band)
    drawn = [_level(frame.floor - scale.height(mark), show(mark), frame) for mark in scale.marks]
    for index, column in enumerate(columns):
        middle = _LEFT + band * (index + 0.5)
        drawn += draw(column, middle, band)
        if index % every == 0:
            drawn.append(_label(middle, column.label, frame))
    return _svg(title, frame, *drawn)


def _svg(title: str, frame: Frame, *content: Html) -> Html:
    named = tag("title", text(title))
    size = f"0 0 {frame.width} {frame.height}"
    return tag("svg", named, *content, viewBox=size, role="img", class_="chart")


def _rect(bar: Bar, middle: float, width: float, floor: float, height: float) -> Html:
    drawn = max(height, 1.0) if bar.value > 0 else 0.0  # what is little is not nothing
    return tag(
        "rect",
        tag("title", text(bar.tooltip)),
        x=middle - width / 2,
        y=floor - drawn,
        width=width,
        height=drawn,
        rx=min(2.0, width / 6),
        class_=bar.kind,
    )


def _dot(dot: Dot, x: float, y: float) -> Html:
    return tag("circle", tag("title", text(dot.tooltip)), cx=x, cy=y, r=4, class_=dot.kind)


def _path(line: Line, place: Callable[[float, float], tuple[float, float]]) -> Html:
    if not line.points:
        return NOTHING
    corners = [place(*point) for point in line.points]
    x, y = corners[-1]
    drawn = " ".join(f"{left:.1f},{down:.1f}" for left, down in corners)
    height = max(y - 5, _TOP + 8)  # above it stands what the axis means
    named = tag("text", text(line.label), x=x, y=height, class_="label end")
    return together(tag("polyline", points=drawn, class_="limit"), named)


def _clipped(line: Line, x_marks: Sequence[float], y_marks: Sequence[float]) -> Line:
    """Return the part of a line inside the axes, without points if there is none."""
    (left, first), (right, last) = (tuple(map(math.log10, point)) for point in line.points)
    start, end = 0.0, 1.0
    for at, step, marks in ((left, right - left, x_marks), (first, last - first, y_marks)):
        if step:
            ends = sorted((math.log10(mark) - at) / step for mark in (marks[0], marks[-1]))
            start, end = max(start, ends[0]), min(end, ends[1])
    inside = [(left + (right - left) * part, first + (last - first) * part) for part in (start, end)]
    points = tuple((10.0**x, 10.0**y) for x, y in inside)
    return line._replace(points=points if start < end else ())


def _level(y: float, label: str, frame: Frame) -> Html:
    line = tag("line", x1=_LEFT, x2=frame.right, y1=y, y2=y, class_="grid")
    return together(line, tag("text", text(label), x=_LEFT - 8, y=y + 4, class_="label end"))


def _label(x: float, label: str, frame: Frame) -> Html:
    return tag("text", text(label), x=x, y=frame.floor + 19, class_="label middle")


def _marks(top: float) -> list[float]:
    """Return round numbers from 0 to the first at or above `top`, at most six."""
    if top <= 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(top / 5))
    step = next(power * size for size in (1, 2, 2.5, 5, 10, 20) if power * size * 5 >= top * (1 - 1e-9))
    return [round(step * n, 12) for n in range(math.ceil(top / step - 1e-9) + 1)]


def _tenfold(values: Sequence[float]) -> list[float]:
    known = [value for value in values if value > 0] or [1.0]
    lowest, highest = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    return [10.0**power for power in range(lowest, max(highest, lowest + 1) + 1)]


def _along(value: float, marks: Sequence[float]) -> float:
    """Return where `value` lies between the first mark, 0, and the last, 1; below the first it is there."""
    first, last = math.log10(marks[0]), math.log10(marks[-1])
    return (math.log10(max(value, marks[0])) - first) / (last - first)
