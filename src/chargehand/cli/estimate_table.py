"""How an estimate is printed: as a table for people, as JSON for programs."""

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal

from chargehand import __version__
from chargehand.budget.courses import ForecastCall
from chargehand.budget.estimate import Estimate, Estimates, Scenario
from chargehand.budget.probes import ProbesForecast
from chargehand.budget.smallest_cap import CapNeeds
from chargehand.core.counting import count
from chargehand.core.money import decimal_string, usd, usd_rounded_up
from chargehand.core.probe import MOST_PROBES
from chargehand.core.usage import Role
from chargehand.cost.assumptions import ASSUMED
from chargehand.reports.amounts import known
from chargehand.reports.document import Json, as_text

SCHEMA_VERSION = 1
WIDTH = 80
_LEAST_SHOWN = 0.01
NOTHING = "nothing to review, so there is nothing to pay"

_BATCH_LEGEND = (
    "The workers answer in a batch, at half price, in low and expected; in high it answers nothing, and all "
    "are asked one by one. "
)
_LEGEND = (
    "low: no lens finds anything, so nobody judges. expected: the mean over how many claims there may be, "
    "which decides whether a judge is called. high: a claim for each changed line and lens, and all of it "
    "twice as long as usual. Attempts that fail are in none. Calls are low/expected/high if they differ, and "
    "tokens are the expected ones. --json lists the assumptions."
)


def estimate_table(estimates: Estimates) -> str:
    """Return the estimates, one under the other."""
    if not estimates.estimates:
        return f"{NOTHING}\n"
    files = estimates.diff.reviewable
    lines = sum(file.added + file.removed for file in files)
    skipped = f"; {count(len(estimates.diff.skipped), 'file')} skipped" if estimates.diff.skipped else ""
    head = f"{count(len(files), 'file')}, {count(lines, 'changed line')}{skipped}"
    parts = [
        "\n".join((*_lines(each, is_configured=not nth), *_probes(None if nth else estimates.probes)))
        for nth, each in enumerate(estimates.estimates)
    ]
    prices = f"Prices: {estimates.estimates[0].expected.bill.prices_from}."
    of = f"Change: {estimates.change.shown}.\n" if estimates.change.shown else ""
    rules = f"{of}Rules: {estimates.change.rules.shown}."
    legend = _LEGEND + (f" {_BATCH_LEGEND}" if estimates.estimates[0].is_batch else "")
    return "\n\n".join([head, *parts, f"{textwrap.fill(legend, WIDTH)}\n{prices}\n{rules}"]) + "\n"


def estimate_json(estimates: Estimates) -> str:
    """Return the estimates as JSON, spelled out field by field; money is a decimal string."""
    return as_text(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "chargehand", "version": __version__},
            "change": {
                "source": estimates.change.source,
                "base": estimates.change.base,
                "head": estimates.change.head,
                "files": len({file.path for file in estimates.diff.reviewable}),
                "skipped_files": len(estimates.diff.skipped),
                "changed_lines": sum(file.added + file.removed for file in estimates.diff.reviewable),
            },
            "rules": {
                "from": estimates.change.rules.origin,
                "commit": estimates.change.rules.commit,
                "branch": estimates.change.rules.branch or None,
                "announced": list(estimates.change.rules.announced),
            },
            "estimates": [
                _estimate(each, is_configured=n == 0) for n, each in enumerate(estimates.estimates)
            ],
            "probes": _probes_json(estimates.probes) if estimates.probes else None,
            "assumptions": ASSUMED.model_dump(mode="json"),
            "notices": list(estimates.notices),
        }
    )


def _lines(estimate: Estimate, *, is_configured: bool) -> Iterator[str]:
    fleet, scenarios = estimate.fleet, (estimate.low, estimate.expected, estimate.high)
    workers = dict.fromkeys(call.model for call in estimate.low.calls if call.role is Role.WORKER)
    name = f"Fleet {fleet.name}{' (configured)' if is_configured else ''}"
    yield f"{name}: {fleet.orchestrator}, workers {', '.join(workers) or fleet.worker}"
    yield _row(("", "calls", "tokens in", "tokens out"), ("low", "expected", "high"))
    for role in Role:
        if any(_calls(scenario, role) for scenario in scenarios):
            yield _sums(role.value, [_calls(scenario, role) for scenario in scenarios])
    yield _sums("all", [scenario.calls for scenario in scenarios])
    instead = [scenario.bill.counterfactuals for scenario in scenarios]
    yield _wide("instead: one plain pass of the strong one", [each.single_pass_usd for each in instead])
    yield _wide("instead: every call on it", [each.all_orchestrator_usd for each in instead])
    depths = ", ".join(f"{depth} {usd(amount)}" for depth, amount in estimate.by_depth.items())
    yield f"  Depth {estimate.depth}. Expected at each (--depth): {depths}."
    if unpriced := estimate.high.bill.unpriced:
        yield f"  The price of {', '.join(unpriced)} is not known, so sums with it are lower bounds."
    if caps := tuple(_caps(estimate.cap_needs)):
        said = f"Caps (--max-spend): {'; '.join(caps)}."
        yield from textwrap.wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if estimate.reused_answers:
        answers = count(estimate.reused_answers, "answer")
        yield f"  Left out, since the cache has them: {answers} about a file under a lens."
    sizes = "counted by the provider" if estimate.is_counted else "guessed from the text; --exact counts them"
    yield f"  Tokens in: {sizes}."


def _probes(probes: ProbesForecast | None) -> Iterator[str]:
    """Yield what trying the workers costs, which no sum above has."""
    if probes:
        said = (
            f"Probes beside it (probe_rate {probes.rate}): {probes.number:.2g} expected, for "
            f"{usd(probes.expected_usd)}; at most {MOST_PROBES} a run, for {usd(probes.most_usd)}."
        )
        yield from textwrap.wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _caps(needs: CapNeeds) -> Iterator[str]:
    """Yield which cap carries what, as far as prices are known."""
    for amount, carries in (
        (needs.whole_usd, "a whole review"),
        (needs.workers_usd, "all workers"),
        (needs.smallest_cap_usd, "the least of use"),
    ):
        if amount is not None and needs.tasks:
            yield f"{usd_rounded_up(amount)} for {carries}"


def _calls(scenario: Scenario, role: Role) -> tuple[ForecastCall, ...]:
    return tuple(call for call in scenario.calls if call.role is role)


def _sums(name: str, scenarios: Sequence[Sequence[ForecastCall]]) -> str:
    numbers = [_number(_made(calls)) for calls in scenarios]
    usages = [call.usage for call in scenarios[1]]
    cells = (
        name,
        numbers[0] if len(set(numbers)) == 1 else "/".join(numbers),
        f"{sum(usage.prompt_tokens for usage in usages):,}",
        f"{sum(usage.output_tokens for usage in usages):,}",
    )
    return _row(cells, [usd(_cost(calls)) for calls in scenarios])


def _made(calls: Sequence[ForecastCall]) -> float:
    """Return how many of the calls are made on average."""
    return float(sum((call.chance for call in calls), Decimal(0)))


def _number(calls: float) -> str:
    return f"<{_LEAST_SHOWN}" if 0 < calls < _LEAST_SHOWN else f"{calls:.2f}".removesuffix(".00")


def _cost(calls: Sequence[ForecastCall]) -> Decimal | None:
    return known(sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0)), calls)


def _row(cells: tuple[str, str, str, str], amounts: Sequence[str]) -> str:
    name, calls, tokens_in, tokens_out = cells
    return f"  {name:8}{calls:>11}{tokens_in:>11}{tokens_out:>11}" + _amounts(amounts)


def _amounts(amounts: Sequence[str]) -> str:
    return "".join(f"{each.replace('under ', '<'):>12}" for each in amounts)


def _wide(name: str, amounts: Sequence[Decimal | None]) -> str:
    return f"  {name:41}" + _amounts([usd(each) for each in amounts])


def _estimate(estimate: Estimate, *, is_configured: bool) -> Json:
    return {
        "fleet": estimate.fleet.name,
        "is_configured": is_configured,
        "models": {
            "orchestrator": estimate.fleet.orchestrator,
            "worker": estimate.fleet.worker,
            "escalation": estimate.fleet.escalation,
        },
        "depth": estimate.depth,
        "by_depth": {depth: decimal_string(amount) for depth, amount in estimate.by_depth.items()},
        "is_batch": estimate.is_batch,
        "is_counted": estimate.is_counted,
        "known": estimate.reused_answers,
        "smallest_cap_usd": decimal_string(estimate.cap_needs.smallest_cap_usd),
        "workers_cap_usd": decimal_string(estimate.cap_needs.workers_usd),
        "whole_cap_usd": decimal_string(estimate.cap_needs.whole_usd),
        "low": _scenario(estimate.low),
        "expected": _scenario(estimate.expected),
        "high": _scenario(estimate.high),
        "prices_from": estimate.expected.bill.prices_from,
    }


def _probes_json(probes: ProbesForecast) -> Json:
    return {
        "rate": decimal_string(probes.rate),
        "expected": round(probes.number, 4),
        "expected_usd": decimal_string(probes.expected_usd),
        "most_usd": decimal_string(probes.most_usd),
    }


def _scenario(scenario: Scenario) -> Json:
    instead = scenario.bill.counterfactuals
    return {
        "total_usd": decimal_string(_cost(scenario.calls)),
        "calls": len(scenario.calls),
        "expected_calls": _made(scenario.calls),
        "by_role": {role.value: _part(calls) for role in Role if (calls := _calls(scenario, role))},
        "counterfactuals": {
            "single_pass_usd": decimal_string(instead.single_pass_usd),
            "all_orchestrator_usd": decimal_string(instead.all_orchestrator_usd),
        },
        "unpriced": list(scenario.bill.unpriced),
    }


def _part(calls: Sequence[ForecastCall]) -> Json:
    usages = [call.usage for call in calls]
    return {
        "calls": len(calls),
        "expected_calls": _made(calls),
        "tokens_in": sum(usage.prompt_tokens for usage in usages),
        "cached_tokens_in": sum(usage.cache_read_tokens for usage in usages),
        "tokens_out": sum(usage.output_tokens for usage in usages),
        "cost_usd": decimal_string(_cost(calls)),
    }
