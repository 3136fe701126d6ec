"""Which charts the page shows, and what each point and bar of them stands for."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from chargehand.core.money import usd
from chargehand.reports.page.markup import Html
from chargehand.reports.spend.amounts import ALL_ORCHESTRATOR, ONE_PASS, day, month
from chargehand.reports.spend.page.svg import Bar, Column, Dot, Line, nested, scatter, stacked
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.runs import Run
from chargehand.reports.spend.totals import Month, Spending

DAYS_SHOWN = 62
DOTS_SHOWN = 3000


def months_chart(months: Sequence[Month]) -> Html:
    """Return each month's cost in front of what it would have cost otherwise."""
    return nested([_month(each) for each in months], _money, "What each month cost, and would have cost")


def days_chart(runs: Sequence[Run]) -> Html:
    """Return the cost over time, a column for each day, or for each week if there are many days."""
    first, last = runs[0].started_at.date(), runs[-1].started_at.date()
    step = 7 if is_weekly(runs) else 1
    start = first if step == 1 else first - timedelta(days=first.weekday())
    spans: dict[date, list[Run]] = {
        start + timedelta(days=n): [] for n in range(0, (last - start).days + 1, step)
    }
    for run in runs:
        behind = (run.started_at.date() - start).days % step
        spans[run.started_at.date() - timedelta(days=behind)].append(run)
    word = "day" if step == 1 else "week"
    is_long = (last - first).days > 366
    columns = [
        _span(begin, group, word, month(f"{begin:%Y-%m}") if is_long else day(begin))
        for begin, group in spans.items()
    ]
    return stacked(columns, _money, f"What each {word} cost")


def is_weekly(runs: Sequence[Run]) -> bool:
    """Tell whether there are so many days that a column is a week."""
    return (runs[-1].started_at.date() - runs[0].started_at.date()).days >= DAYS_SHOWN


def runs_chart(spending: Spending) -> Html:
    """Return the cost of each run against the lines that it reviewed, with the targets."""
    targets = spending.targets
    runs = [run for run in spending.runs if run.cost_usd][-DOTS_SHOWN:]
    most = max((run.lines for run in runs), default=1)
    return scatter(
        [_run(run, targets) for run in runs],
        _targets(targets, most),
        (lambda value: f"{value:,.0f}", _small_money),
        "What each run cost, by the lines that it reviewed",
        "changed lines →",
    )


def estimates_chart(runs: Iterable[Run]) -> Html:
    """Return the bill of each run against its estimate."""
    both = [run for run in runs if run.estimate_usd and run.cost_usd and run.is_priced][-DOTS_SHOWN:]
    dots = [_estimate(run, float(run.estimate_usd or 0)) for run in both]
    title = "What each run cost, by what was expected"
    return scatter(dots, _as_estimated(dots), (_small_money, _small_money), title, "estimate →")


def _month(each: Month) -> Column:
    name = month(each.part.name or "")
    strong, single = each.all_orchestrator.instead_usd, each.single_pass.instead_usd
    spent = each.part.cost_usd or Decimal(0)
    return Column(
        label=name,
        bars=(
            Bar(kind="behind", value=float(strong), tooltip=f"{name}: {usd(strong)} for {ALL_ORCHESTRATOR}"),
            Bar(kind="between", value=float(single), tooltip=f"{name}: {usd(single)} for {ONE_PASS}"),
            Bar(kind="spent", value=float(spent), tooltip=f"{name}: {usd(spent)} spent"),
        ),
    )


def _span(begin: date, runs: Sequence[Run], word: str, label: str) -> Column:
    calls = [call for run in runs for call in run.calls if call.cost_usd is not None]
    orchestrator = sum(
        (call.cost_usd or Decimal(0) for call in calls if call.role.is_orchestrator), Decimal(0)
    )
    workers = sum(
        (call.cost_usd or Decimal(0) for call in calls if not call.role.is_orchestrator), Decimal(0)
    )
    when = f"{day(begin)} {begin.year}"
    name = when if word == "day" else f"week of {when}"
    return Column(
        label=label,
        bars=(
            Bar(kind="workers", value=float(workers), tooltip=f"{name}: {usd(workers)} for workers"),
            Bar(
                kind="orchestrator",
                value=float(orchestrator),
                tooltip=f"{name}: {usd(orchestrator)} for the orchestrator",
            ),
        ),
    )


def _run(run: Run, targets: Targets) -> Dot:
    target = targets.simple_usd if run.lines <= targets.simple_lines else targets.complex_usd
    kind = "within" if run.cost_usd <= target else "over"
    return Dot(kind=kind, x=float(max(run.lines, 1)), y=float(run.cost_usd), tooltip=_tooltip(run))


def _targets(targets: Targets, most_lines: int) -> list[Line]:
    simple, others = float(targets.simple_usd), float(targets.complex_usd)
    edge = float(max(targets.simple_lines, 1))
    lines = [Line(points=((1.0, simple), (edge, simple)), label="simple")]
    if most_lines > edge:
        lines.append(Line(points=((edge, others), (float(most_lines), others)), label="complex"))
    return [line for line in lines if line.points[0][1] > 0]


def _estimate(run: Run, estimate: float) -> Dot:
    kind = "over" if run.cost_usd > Decimal(str(estimate)) else "within"
    tooltip = f"{_tooltip(run)}; {usd(run.estimate_usd)} expected"
    return Dot(kind=kind, x=estimate, y=float(run.cost_usd), tooltip=tooltip)


def _as_estimated(dots: Sequence[Dot]) -> list[Line]:
    ends = sorted(value for dot in dots for value in (dot.x, dot.y))
    if not ends:
        return []
    low, high = ends[0] / 1.4, ends[-1] * 1.4
    return [Line(points=((low, low), (high, high)), label="as estimated")]


def _tooltip(run: Run) -> str:
    where = f"{run.repository}, " if run.repository else ""
    return f"{where}{run.started_at:%Y-%m-%d %H:%M}: {run.lines:,} lines, {usd(run.cost_usd)}"


def _money(amount: float) -> str:
    if amount == int(amount):
        return f"${amount:,.0f}"
    return f"${amount:,.2f}" if round(amount, 2) == amount else _small_money(amount)


def _small_money(amount: float) -> str:
    return f"${amount:,.0f}" if amount >= 1 else f"${amount:.8f}".rstrip("0")
