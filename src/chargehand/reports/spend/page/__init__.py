"""The spending of many runs as one page that needs nothing from anywhere else."""

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from statistics import median

from chargehand import __version__
from chargehand.core.counting import count
from chargehand.core.money import usd, usd_exact
from chargehand.reports.page.bars import Part, bar
from chargehand.reports.page.document import document
from chargehand.reports.page.markup import NOTHING, Html, block, scrolling, tag, text, together
from chargehand.reports.spend.amounts import (
    ALL_ORCHESTRATOR,
    NO_LENS,
    NO_REPOSITORY,
    ONE_PASS,
    cost,
    day,
    error,
    percent,
    saving,
    unspent,
)
from chargehand.reports.spend.page.charts import (
    days_chart,
    estimates_chart,
    is_weekly,
    months_chart,
    runs_chart,
)
from chargehand.reports.spend.page.tables import (
    acted_table,
    days_table,
    failures_table,
    months_table,
    parts_table,
    repriced_table,
    targets_table,
    vigilance_table,
)
from chargehand.reports.spend.totals import Comparison, Spending

NAMES_SHOWN = 50


def page(spending: Spending) -> str:
    """Return the page, in HTML."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    foot = tag("footer", text(f"Made by chargehand {__version__}. Days and months are in UTC."))
    return document("Spending on code review", style, block("main", *_content(spending)), foot)


def _content(spending: Spending) -> Iterator[Html]:
    yield _header(spending)
    if spending.runs:
        yield _hero(spending)
        yield tag("div", *_tiles(spending), class_="tiles")
        yield from _sections(spending)
    yield from _left_out(spending)


def _header(spending: Spending) -> Html:
    if spending.period is None:
        words = "No run paid for a model."
    else:
        first, last = spending.period
        ends = dict.fromkeys(f"{day(when)} {when.year}" for when in (first, last))
        words = (
            f"{count(spending.total.runs, 'run')}, {count(spending.total.calls, 'call')}, {' to '.join(ends)}"
        )
    return tag("header", tag("h1", text("Spending on code review")), tag("p", text(words)))


def _hero(spending: Spending) -> Html:
    """Return the sum, and bars for what the same work would have cost otherwise."""
    share = f"{percent(spending.orchestrator_share)} of it the orchestrator's"
    reused = f"; {count(spending.reused_calls, 'answer')} from a local cache" if spending.reused_calls else ""
    bound = ", at least: some prices are not known" if spending.total.unpriced_calls else ""
    spent = tag(
        "div",
        text(_rounded(spending.total.cost_usd)),
        tag("small", text(f"spent{bound}; {share}{reused}")),
        class_="sum",
    )
    known = [each for each in (spending.single_pass, spending.all_orchestrator) if each.runs]
    most = max((spending.total.cost_usd or Decimal(0), *(each.instead_usd for each in known)))
    rows = (
        _beside("These reviews", spending, most),
        _instead(ONE_PASS, spending.single_pass, spending.total.runs, most, "between"),
        _instead(ALL_ORCHESTRATOR, spending.all_orchestrator, spending.total.runs, most, "behind"),
    )
    return tag("div", spent, tag("div", *rows, class_="beside"), class_="hero")


def _beside(name: str, spending: Spending, most: Decimal) -> Html:
    total = spending.total.cost_usd or Decimal(0)
    parts = (
        Part("workers", total - spending.orchestrator_usd),
        Part("orchestrator", spending.orchestrator_usd),
    )
    return tag("div", tag("span", text(name)), tag("b", text(cost(spending.total))), bar(parts, most))


def _instead(name: str, compared: Comparison, runs: int, most: Decimal, kind: str) -> Html:
    parts = (Part(kind, compared.instead_usd),) if compared.runs else ()
    words = f"{usd(compared.instead_usd)}: {saving(compared)} was paid" if compared.runs else "not known"
    over = f" (known of {compared.runs:,} of {runs:,} runs)" if 0 < compared.runs < runs else ""
    return tag("div", tag("span", text(f"Instead, {name}{over}")), tag("b", text(words)), bar(parts, most))


def _tiles(spending: Spending) -> Iterator[Html]:
    costs = [run.cost_usd for run in spending.runs if run.calls and run.is_priced]
    caching, estimates = spending.caching, spending.estimates
    yield _tile(usd(median(costs)) if costs else "–", "a run, in the median")
    for result in spending.against_targets:
        within = Decimal(result.within) / result.runs if result.runs else None
        yield _tile(percent(within), f"of {result.kind} runs within {usd_exact(result.target_usd)}")
    yield _tile(percent(caching.hit_rate), "of prompt tokens read from the cache")
    yield _tile(percent(estimates.median_error), "off is the median estimate")
    failed = spending.failures.cost_usd + spending.failures.assumed_usd
    yield _tile(usd(failed), "paid for calls without an answer")


def _tile(figure: str, caption: str) -> Html:
    return tag("div", tag("b", text(figure)), tag("span", text(caption)), class_="tile")


def _sections(spending: Spending) -> Iterator[Html]:
    yield _section(
        "Month by month",
        "What was spent, in front of what the same reviews would have cost otherwise.",
        _legend(("spent", "spent"), ("between", ONE_PASS), ("behind", ALL_ORCHESTRATOR)),
        tag("div", months_chart(spending.by_month), months_table(spending.by_month), class_="split"),
    )
    yield _section(
        "Over time",
        f"A column is a {'week' if is_weekly(spending.runs) else 'day'}.",
        _legend(
            ("orchestrator", "orchestrator: plan and judge"), ("workers", "workers, escalations and triage")
        ),
        scrolling(days_chart(spending.runs), "The chart over time"),
        tag("details", tag("summary", text("Every day as a table")), days_table(spending.by_day)),
    )
    yield _pair(
        _section("By repository", "", parts_table("Repository", spending.by_repository, NO_REPOSITORY)),
        _section("By model", "", parts_table("Model", spending.by_model)),
    )
    yield _pair(
        _section("By lens", "", parts_table("Lens", spending.by_lens, NO_LENS)),
        _section("By role", "", parts_table("Role", spending.by_role)),
    )
    yield from _runs(spending)
    if spending.failures.kinds or spending.failures.assumed_calls:
        note = "Calls that ended without an answer and cost money all the same."
        yield _section("Paid for nothing", note, failures_table(spending.failures))
    if spending.repriced:
        note = f"The same tokens by {spending.repriced.prices_from}, each call at the time of its run."
        yield _section("By the prices of now", note, repriced_table(spending.repriced))
    if spending.vigilance:
        note = "Defects that were planted in copies of the changes: easier than real ones."
        yield _section("Vigilance", note, vigilance_table(spending.vigilance))
    if spending.acted:
        note = "Each finding once for each request or branch; gone on a later push, or accepted."
        yield _section("What became of findings", note, acted_table(spending.acted))


def _runs(spending: Spending) -> Iterator[Html]:
    targets = _section(
        "Each run against its target",
        "A point is a run; both axes grow tenfold from mark to mark.",
        _legend(("workers", "within its target"), ("over", "above")),
        runs_chart(spending),
        targets_table(spending.against_targets, spending.targets),
    )
    estimates = spending.estimates
    if not estimates.runs:
        yield targets
        return
    note = (
        f"{usd(estimates.estimated_usd)} expected, {usd(estimates.billed_usd)} billed over "
        f"{count(estimates.runs, 'run')}; "
        f"single runs from {error(estimates.lowest_error)} to {error(estimates.highest_error)}."
    )
    legend = _legend(("workers", "at most as expected"), ("over", "more than that"))
    yield _pair(targets, _section("Estimate and bill", note, legend, estimates_chart(spending.runs)))


def _left_out(spending: Spending) -> Iterator[Html]:
    reading = spending.reading
    lists = (
        ("Not counted: no model was paid", [unspent(group) for group in spending.unspent]),
        ("Given more than once, counted once", [f"{each.name}: as {each.of}" for each in reading.duplicates]),
        ("With calls that were counted already", [f"{each.name}: {each.of}" for each in reading.overlapping]),
        ("Not read", [f"{each.name}: {each.reason}" for each in reading.unread]),
    )
    for title, lines in lists:
        if lines:
            more = [f"and {len(lines) - NAMES_SHOWN:,} more"] if len(lines) > NAMES_SHOWN else []
            items = (tag("li", text(line)) for line in (*lines[:NAMES_SHOWN], *more))
            yield _section(title, "", tag("ul", *items))


def _section(title: str, note: str, *content: Html) -> Html:
    below = tag("p", text(note), class_="note") if note else NOTHING
    return block("section", tag("h2", text(title)), below, *content)


def _pair(*sections: Html) -> Html:
    return tag("div", *sections, class_="pair")


def _legend(*entries: tuple[str, str]) -> Html:
    marks = (tag("span", together(tag("i", class_=kind), text(name))) for kind, name in entries)
    return tag("p", *marks, class_="legend")


def _rounded(amount: Decimal | None) -> str:
    """Return a sum as a headline; what is small keeps the digits that tell it from nothing."""
    return usd(amount, 2) if amount is not None and amount >= 1 else usd(amount)
