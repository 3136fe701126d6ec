"""How the spending of many runs is printed."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from chargehand.core.counting import count
from chargehand.core.escaping import for_log
from chargehand.core.money import usd, usd_exact
from chargehand.reports.spend.acted import Acted
from chargehand.reports.spend.amounts import (
    ALL_ORCHESTRATOR,
    NO_LENS,
    NO_REPOSITORY,
    ONE_PASS,
    cost,
    error,
    kind,
    percent,
    saving,
    unspent,
)
from chargehand.reports.spend.quality import Estimates, TargetResult
from chargehand.reports.spend.repricing import Repriced
from chargehand.reports.spend.totals import Comparison, Month, Part, Spending
from chargehand.reports.spend.vigilance import Vigilance

NAMES_SHOWN, DAYS_SHOWN = 10, 31
_WIDEST_NAME = 48


def table(spending: Spending) -> str:
    """Return everything as plain text."""
    blocks = [
        _heading(spending),
        _totals(spending),
        _months(spending.by_month),
        _days(spending),
        _parts("By repository", spending.by_repository, spending, NO_REPOSITORY),
        _parts("By model", spending.by_model, spending),
        _parts("By lens", spending.by_lens, spending, NO_LENS),
        _parts("By role", spending.by_role, spending),
        _targets(spending),
        _estimates(spending.estimates),
        _failures(spending),
        _vigilance(spending.vigilance),
        _acted(spending.acted),
        _repriced(spending.repriced),
        _left_out(spending),
    ]
    return for_log("\n\n".join("\n".join(block) for each in blocks if (block := list(each)))) + "\n"


def _heading(spending: Spending) -> Iterator[str]:
    if spending.period is None:
        yield "No run paid for a model."
        return
    first, last = (f"{when:%Y-%m-%d}" for when in spending.period)
    span = f"on {first}" if first == last else f"from {first} to {last}"
    yield f"{count(spending.total.runs, 'run')} {span}, {count(spending.total.calls, 'call')}"


def _totals(spending: Spending) -> Iterator[str]:
    if not spending.runs:
        return
    caching = spending.caching
    yield from _grid(
        [
            (cost(spending.total), "spent"),
            (
                usd(spending.orchestrator_usd),
                f"of it the orchestrator's: {percent(spending.orchestrator_share)}",
            ),
            (usd(spending.single_pass.instead_usd), _instead(ONE_PASS, spending.single_pass, spending)),
            (
                usd(spending.all_orchestrator.instead_usd),
                _instead(ALL_ORCHESTRATOR, spending.all_orchestrator, spending),
            ),
            (
                percent(caching.hit_rate),
                f"of {count(caching.prompt_tokens, 'prompt token')} read from the cache",
            ),
        ],
        left=1,
    )
    if spending.reused_calls:
        yield f"{count(spending.reused_calls, 'answer')} came from a local cache, without a call."
    if spending.total.unpriced_calls:
        models = sorted({call.model for run in spending.runs for call in run.calls if call.cost_usd is None})
        yield (
            f"The price of {count(spending.total.unpriced_calls, 'call')} is not known, so sums with them "
            f"are lower bounds: {', '.join(models)}."
        )


def _instead(name: str, compared: Comparison, spending: Spending) -> str:
    runs = spending.total.runs
    over = f", known of {compared.runs:,} of {count(runs, 'run')}" if compared.runs < runs else ""
    return f"for {name} instead{over}: {saving(compared)} was paid"


def _months(months: Sequence[Month]) -> Iterator[str]:
    if not months:
        return
    heads = ("By month", "runs", "calls", "cost", "one pass", "", "all strong", "")
    yield from _grid([heads, *map(_month, months)])


def _month(month: Month) -> tuple[str, ...]:
    part, single, strong = month.part, month.single_pass, month.all_orchestrator
    return (
        part.name or "",
        f"{part.runs:,}",
        f"{part.calls:,}",
        cost(part),
        usd(single.instead_usd) if single.runs else "–",
        saving(single),
        usd(strong.instead_usd) if strong.runs else "–",
        saving(strong),
    )


def _days(spending: Spending) -> Iterator[str]:
    yield from _parts("By day", spending.by_day[-DAYS_SHOWN:], spending)
    if len(spending.by_day) > DAYS_SHOWN:
        yield f"{count(len(spending.by_day) - DAYS_SHOWN, 'earlier day')} with runs: see --json or --html"


def _parts(title: str, parts: Sequence[Part], spending: Spending, unnamed: str = "") -> Iterator[str]:
    if parts:
        rows = (_part(part, spending.total.cost_usd, unnamed) for part in parts)
        yield from _grid([(title, "runs", "calls", "cost", "share"), *rows])


def _part(part: Part, whole: Decimal | None, unnamed: str) -> tuple[str, ...]:
    share = part.cost_usd / whole if whole and part.cost_usd is not None else None
    name = part.name if part.name is not None else unnamed
    return _cut(name), f"{part.runs:,}", f"{part.calls:,}", cost(part), percent(share)


def _targets(spending: Spending) -> Iterator[str]:
    results = [result for result in spending.against_targets if result.runs]
    if not results:
        return
    heads = ("Cost per run", "target", "runs", "within", "median", "highest")
    yield from _grid(
        [
            heads,
            *(
                (
                    kind(result, spending.targets),
                    usd_exact(result.target_usd),
                    f"{result.runs:,}",
                    _within(result),
                    usd(result.median_usd),
                    usd(result.highest_usd),
                )
                for result in results
            ),
        ]
    )


def _within(result: TargetResult) -> str:
    share = percent(Decimal(result.within) / result.runs)
    unknown = f", {result.unknown:,} not known" if result.unknown else ""
    return f"{result.within:,} ({share}{unknown})"


def _estimates(estimates: Estimates) -> Iterator[str]:
    if not estimates.runs:
        return
    yield (
        f"Estimates: {usd(estimates.estimated_usd)} expected and {usd(estimates.billed_usd)} billed over "
        f"{count(estimates.runs, 'run')} with an estimate ({estimates.without:,} without)"
    )
    if estimates.median_error is not None:
        yield (
            f"  half of them off by at most {percent(estimates.median_error)}; "
            f"from {error(estimates.lowest_error)} to {error(estimates.highest_error)}"
        )


def _failures(spending: Spending) -> Iterator[str]:
    failures = spending.failures
    if failures.kinds:
        yield f"Paid without an answer: {usd(failures.cost_usd)} for {count(failures.calls, 'call')}"
        yield from _grid(
            [("", kind.outcome, f"{kind.calls:,}", usd(kind.cost_usd)) for kind in failures.kinds]
        )
    if failures.assumed_calls:
        yield (
            f"Charged at the worst case, since their end is not known: {usd(failures.assumed_usd)} for "
            f"{count(failures.assumed_calls, 'call')}"
        )


def _vigilance(months: Sequence[Vigilance]) -> Iterator[str]:
    for month in months:
        by_lens = ", ".join(f"{each.lens} {each.noticed:,} of {each.planted:,}" for each in month.by_lens)
        total = month.total
        unanswered = f"; {total.unanswered:,} without an answer" if total.unanswered else ""
        yield (
            f"Workers noticed {total.noticed:,} of {total.planted:,} planted defects in {month.month}: "
            f"{by_lens}{unanswered}; {usd(month.cost_usd)}"
        )


def _acted(rules: Sequence[Acted]) -> Iterator[str]:
    if not rules:
        return
    heads = ("What became of findings", "found", "gone", "suppressed", "waived", "left", "acted on")
    yield from _grid([heads, *map(_acted_on, rules[:NAMES_SHOWN])])
    if len(rules) > NAMES_SHOWN:
        yield f"  and {len(rules) - NAMES_SHOWN:,} more rules"


def _acted_on(each: Acted) -> tuple[str, ...]:
    numbers = (each.found, each.gone, each.suppressed, each.waived, each.left)
    return (each.rule, *(f"{number:,}" for number in numbers), percent(Decimal(each.acted_on) / each.found))


def _repriced(repriced: Repriced | None) -> Iterator[str]:
    if repriced is None:
        return
    yield f"By the prices of {repriced.prices_from}, each call at the time of its run"
    for each in repriced.before:
        yield (
            f"  billed by {each.prices_from}: {count(each.recomputed, 'call')} of {count(each.runs, 'run')} "
            f"cost {usd(each.was_usd)}, now {usd(each.now_usd)}: {_difference(each.difference_usd)}"
        )
        for number, amount, what in (
            (each.found, each.found_usd, "had no price and have one now"),
            (each.lost, each.lost_usd, "were billed at a price that this data does not have"),
        ):
            if number:
                yield f"    {count(number, 'call')} {what}: {usd(amount)}"
        if each.unknown:
            yield f"    {count(each.unknown, 'call')} had no price and still have none"
        if each.kept:
            yield f"    {count(each.kept, 'call')} without usage, or not charged, stay as billed"
    if repriced.unpriced:
        yield f"  without a price: {', '.join(repriced.unpriced)}"


def _difference(amount: Decimal) -> str:
    if not amount:
        return "no difference"
    return f"{usd(abs(amount))} {'more' if amount > 0 else 'less'}"


def _left_out(spending: Spending) -> Iterator[str]:
    if spending.unspent:
        yield "Not counted, since no model was paid:"
        yield from (f"  {unspent(group)}" for group in spending.unspent)
    reading = spending.reading
    yield from _listed(
        "given more than once and counted once", [f"{each.name}: as {each.of}" for each in reading.duplicates]
    )
    yield from _listed(
        "with calls that were counted already; these were left out, and so was the run from comparisons",
        [f"{each.name}: as in {each.of}" for each in reading.overlapping],
    )
    yield from _listed("not read", [f"{each.name}: {each.reason}" for each in reading.unread])


def _listed(what: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{count(len(lines), 'file')} {what}:"
        yield from (f"  {line}" for line in lines[:NAMES_SHOWN])
    if len(lines) > NAMES_SHOWN:
        yield f"  and {len(lines) - NAMES_SHOWN:,} more"


def _cut(name: str) -> str:
    return name if len(name) <= _WIDEST_NAME else f"{name[: _WIDEST_NAME - 1]}…"


def _grid(rows: Sequence[Sequence[str]], left: int = 0) -> Iterable[str]:
    """Return the rows with their columns aligned: column `left` to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.ljust(width) if index == left else text.rjust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
