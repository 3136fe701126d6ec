"""The tables of the spending page."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from chargehand.core.money import usd, usd_exact
from chargehand.reports.page.bars import Part as Bar
from chargehand.reports.page.bars import bar
from chargehand.reports.page.markup import Html, block, scrolling, tag, text
from chargehand.reports.spend.acted import Acted
from chargehand.reports.spend.amounts import cost, kind, month, percent, saving, signed
from chargehand.reports.spend.quality import Failures, TargetResult, Targets
from chargehand.reports.spend.repricing import Recomputed, Repriced
from chargehand.reports.spend.totals import Month, Part
from chargehand.reports.spend.vigilance import Vigilance

_MANY_COLUMNS = 5


def months_table(months: Sequence[Month]) -> Html:
    """Return what each month cost, and would have cost otherwise."""
    heads = ("Month", "Runs", "Spent", "One pass", "Saved", "All strong", "Saved")
    return _table("What each month cost", heads, (_month(each) for each in months))


def parts_table(head: str, parts: Sequence[Part], unnamed: str = "") -> Html:
    """Return what each part cost, with a bar beside it; the longest is the dearest."""
    most = max((part.cost_usd or Decimal(0) for part in parts), default=Decimal(0))
    total = sum((part.cost_usd or Decimal(0) for part in parts), Decimal(0))
    rows = (_part(part, most, total, unnamed) for part in parts)
    return _drawn(f"What each {head.lower()} cost", (head, "Cost", "Share"), rows)


def days_table(days: Sequence[Part]) -> Html:
    """Return every day on which something was reviewed."""
    rows = ((day.name or "", f"{day.runs:,}", f"{day.calls:,}", cost(day)) for day in days)
    return _table("What each day cost", ("Day", "Runs", "Calls", "Cost"), rows)


def targets_table(results: Iterable[TargetResult], targets: Targets) -> Html:
    """Return how the runs did against the targets."""
    rows = (
        (
            kind(each, targets).capitalize(),
            usd_exact(each.target_usd),
            f"{each.within:,} of {each.runs:,}" + (f", {each.unknown:,} not known" if each.unknown else ""),
            usd(each.median_usd),
            usd(each.highest_usd),
        )
        for each in results
        if each.runs
    )
    return _table("The runs against their targets", ("Runs", "Target", "Within", "Median", "Highest"), rows)


def failures_table(failures: Failures) -> Html:
    """Return what was paid without an answer, by how the calls ended."""
    kinds = [(each.outcome, f"{each.calls:,}", usd(each.cost_usd)) for each in failures.kinds]
    assumed = (
        "end not known, charged at the worst case",
        f"{failures.assumed_calls:,}",
        usd(failures.assumed_usd),
    )
    return _table(
        "What was paid without an answer",
        ("How it ended", "Calls", "Cost"),
        [*kinds, assumed] if failures.assumed_calls else kinds,
    )


def repriced_table(repriced: Repriced) -> Html:
    """Return what each version's calls cost then and cost now."""
    heads = ("Billed by", "Runs", "Calls", "Then", "Now", "Difference", "No price then", "No price now")
    return _table("The bills by the prices of now", heads, (_recomputed(each) for each in repriced.before))


def vigilance_table(months: Sequence[Vigilance]) -> Html:
    """Return how many planted defects workers noticed, by month and lens."""
    rows = (
        (
            month(each.month),
            noticed.lens or "all",
            f"{noticed.noticed:,} of {noticed.planted:,}",
            percent(Decimal(noticed.noticed) / noticed.planted) if noticed.planted else "–",
        )
        for each in months
        for noticed in (each.total, *each.by_lens)
    )
    return _table("What workers noticed of planted defects", ("Month", "Lens", "Noticed", "Share"), rows)


def acted_table(rules: Sequence[Acted]) -> Html:
    """Return what became of findings, by rule."""
    heads = ("Rule", "Found", "Gone", "Suppressed", "Waived", "Left", "Acted on")
    rows = (
        (
            each.rule,
            *(f"{number:,}" for number in (each.found, each.gone, each.suppressed, each.waived, each.left)),
            percent(Decimal(each.acted_on) / each.found),
        )
        for each in rules
    )
    return _table("What became of findings", heads, rows)


def _month(each: Month) -> tuple[str, ...]:
    single, strong = each.single_pass, each.all_orchestrator
    return (
        month(each.part.name or ""),
        f"{each.part.runs:,}",
        cost(each.part),
        usd(single.instead_usd) if single.runs else "–",
        saving(single),
        usd(strong.instead_usd) if strong.runs else "–",
        saving(strong),
    )


def _part(part: Part, most: Decimal, total: Decimal, unnamed: str) -> Html:
    amount = part.cost_usd or Decimal(0)
    share = percent(amount / total) if total and part.cost_usd is not None else "–"
    name = text(unnamed if part.name is None else part.name)
    named = tag("th", name, bar((Bar("workers", amount),), most), scope="row")
    return tag("tr", named, tag("td", text(cost(part))), tag("td", text(share)))


def _recomputed(recomputed: Recomputed) -> tuple[str, ...]:
    return (
        recomputed.prices_from,
        f"{recomputed.runs:,}",
        f"{recomputed.recomputed:,}",
        usd(recomputed.was_usd),
        usd(recomputed.now_usd),
        signed(recomputed.difference_usd),
        f"{recomputed.found + recomputed.unknown:,}",
        f"{recomputed.lost + recomputed.unknown:,}",
    )


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Return a table; one of many columns is a box of its own, which the keyboard can scroll."""
    table = _drawn(caption, heads, map(_row, rows))
    if len(heads) < _MANY_COLUMNS:
        return table
    return scrolling(table, caption)


def _drawn(caption: str, heads: Sequence[str], rows: Iterable[Html]) -> Html:
    named = tag("thead", tag("tr", *(tag("th", text(head), scope="col") for head in heads)))
    return block("table", tag("caption", text(caption), class_="unseen"), named, block("tbody", *rows))


def _row(contents: Sequence[str]) -> Html:
    first, *others = map(text, contents)
    return tag("tr", tag("th", first, scope="row"), *(tag("td", content) for content in others))
