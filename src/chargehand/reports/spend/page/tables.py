"""The tables of the spending page."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from chargehand.core.money import usd, usd_exact
from chargehand.reports.page.markup import Html, tag, text
from chargehand.reports.spend.amounts import cost, kind, month, percent, saving, signed
from chargehand.reports.spend.quality import Failures, TargetResult, Targets
from chargehand.reports.spend.repricing import Recomputed, Repriced
from chargehand.reports.spend.totals import Month, Part


def months_table(months: Sequence[Month]) -> Html:
    """Return what each month cost, and would have cost otherwise."""
    heads = ("Month", "Runs", "Spent", "One pass", "Saved", "All strong", "Saved")
    return _table(heads, (_month(each) for each in months))


def parts_table(head: str, parts: Sequence[Part], unnamed: str = "") -> Html:
    """Return what each part cost, with a bar beside it; the longest is the dearest."""
    most = max((part.cost_usd or Decimal(0) for part in parts), default=Decimal(0))
    total = sum((part.cost_usd or Decimal(0) for part in parts), Decimal(0))
    heads = _row("th", [text(head), text(""), text("Cost"), text("Share")])
    rows = (_part(part, most, total, unnamed) for part in parts)
    return tag("table", tag("thead", heads), tag("tbody", *rows))


def days_table(days: Sequence[Part]) -> Html:
    """Return every day on which something was reviewed."""
    rows = ((day.name or "", f"{day.runs:,}", f"{day.calls:,}", cost(day)) for day in days)
    return _table(("Day", "Runs", "Calls", "Cost"), rows)


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
    return _table(("Runs", "Target", "Within", "Median", "Highest"), rows)


def failures_table(failures: Failures) -> Html:
    """Return what was paid without an answer, by how the calls ended."""
    kinds = [(each.outcome, f"{each.calls:,}", usd(each.cost_usd)) for each in failures.kinds]
    assumed = (
        "end not known, charged at the worst case",
        f"{failures.assumed_calls:,}",
        usd(failures.assumed_usd),
    )
    return _table(("How it ended", "Calls", "Cost"), [*kinds, assumed] if failures.assumed_calls else kinds)


def repriced_table(repriced: Repriced) -> Html:
    """Return what each version's calls cost then and cost now."""
    heads = ("Billed by", "Runs", "Calls", "Then", "Now", "Difference", "No price then", "No price now")
    return _table(heads, (_recomputed(each) for each in repriced.before))


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
    width = f"width:{float(amount / most) * 100:.1f}%" if most and amount else "display:none"
    share = percent(amount / total) if total and part.cost_usd is not None else "–"
    name = text(unnamed if part.name is None else part.name)
    bar = tag("td", tag("i", style=width), class_="bar")
    return tag("tr", tag("td", name), bar, tag("td", text(cost(part))), tag("td", text(share)))


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


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    body = (_row("td", [text(each) for each in row]) for row in rows)
    return tag("table", tag("thead", _row("th", [text(head) for head in heads])), tag("tbody", *body))


def _row(cell: str, contents: Sequence[Html]) -> Html:
    return tag("tr", *(tag(cell, content) for content in contents))
