"""The bill in the Markdown report: what was paid, to whom, and what it would have cost otherwise."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_UP, Decimal

from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.core.review import Review
from chargehand.core.usage import Bill, Call, RequestSpending
from chargehand.reports.amounts import (
    LENSES_SHOWN,
    assumed,
    expected,
    is_compared,
    kind,
    known,
    saving,
    share,
    so_far,
    target_met,
    total,
    unmade,
)
from chargehand.reports.markdown.blocks import folded
from chargehand.reports.markdown.markup import cell, code_span, inline

SLICES = 8
_LABEL_LENGTH = 60
# Slices are in millionths of a dollar: Mermaid takes no number of more than two decimals, nor a 0.
_UNIT_USD = Decimal("0.000001")
_FENCE = "```"


def cost_section(review: Review) -> Iterator[str]:
    """Yield the section's blocks."""
    bill = review.bill
    yield f"### Cost: {total(bill)}"
    if not bill.calls:
        yield f"No model was asked: {unmade(bill)}." if unmade(bill) else "No model was asked."
        yield from _so_far(bill.pr)
        return
    if bill.unpriced:
        models = ", ".join(map(code_span, bill.unpriced))
        yield f"**The price of {models} is unknown**, so every sum with its calls is a lower bound."
    yield "\n".join(_who_and_instead(bill, review.calls))
    if unsure := assumed(review.calls):
        yield f"Of this, {unsure}."
    yield from _so_far(bill.pr)
    yield _tokens(bill)
    chart = cost_chart(review.calls)
    breakdown = (*_breakdown(bill, review.calls), *(("", chart) if chart else ()))
    yield folded("By role, model and lens", breakdown)


def _so_far(pr: RequestSpending | None) -> Iterator[str]:
    if pr is None:
        return
    models = ", ".join(map(code_span, pr.unpriced))
    unknown = f" The price of {models} is unknown, so this is a lower bound." if models else ""
    yield f"**All runs on {inline(pr.subject)}: {so_far(pr)}.**{unknown}"


def _who_and_instead(bill: Bill, calls: Sequence[Call]) -> Iterator[str]:
    own = [call for call in calls if call.role.is_orchestrator]
    theirs = [call for call in calls if not call.role.is_orchestrator]
    yield "| | Cost | |"
    yield "|---|--:|---|"
    yield _row("Orchestrator: plan and judge", bill.orchestrator_usd, own, bill)
    yield _row("Workers, escalations, triage", bill.workers_usd, theirs, bill)
    yield f"| **This review** | **{total(bill)}** | {expected(bill)} |"
    if bill.target:
        yield f"| Target for a {kind(bill.target)} | {usd(bill.target.usd)} | {target_met(bill.target)} |"
    for name, amount in (
        ()
        if not is_compared(bill)
        else (
            ("Instead: one plain pass of the strong model", bill.counterfactuals.single_pass_usd),
            ("Instead: every call on the strong model", bill.counterfactuals.all_orchestrator_usd),
        )
    ):
        yield f"| {name} | {usd(amount)} | this review: {saving(bill, amount) or 'unknown'} |"


def _tokens(bill: Bill) -> str:
    usage = bill.usage
    thinking = f", {usage.thinking_tokens:,} of them thinking" if usage.thinking_tokens else ""
    earlier = f" · {unmade(bill)}" if unmade(bill) else ""
    return (
        f"{count(bill.calls, 'call')}{earlier} · {count(usage.prompt_tokens, 'token')} in, "
        f"{share(usage.cache_read_tokens, usage.prompt_tokens)} of them read from the cache · "
        f"{usage.output_tokens:,} out{thinking} · prices: {inline(bill.prices_from)}"
    )


def _breakdown(bill: Bill, calls: Sequence[Call]) -> Iterator[str]:
    yield "| | Cost | Share |"
    yield "|---|--:|--:|"
    for role, amount in bill.by_role.items():
        yield _part("role", role, amount, [call for call in calls if call.role.value == role], bill)
    for model, amount in bill.by_model.items():
        yield _part("model", model, amount, [call for call in calls if call.paid_model == model], bill)
    for lens, amount in list(bill.by_lens.items())[:LENSES_SHOWN]:
        yield _part("lens", lens, amount, [call for call in calls if call.lens == lens], bill)


def _part(kind: str, name: str, amount: Decimal, calls: Sequence[Call], bill: Bill) -> str:
    return _row(f"{kind} {cell(code_span(name))}", amount, calls, bill)


def _row(name: str, amount: Decimal, calls: Sequence[Call], bill: Bill) -> str:
    sum_ = known(amount, calls)
    part = "–" if sum_ is None else share(sum_, bill.total_usd)
    return f"| {name} | {usd(sum_)} | {part} |"


def cost_chart(calls: Sequence[Call]) -> str:
    """Return a pie of what each role paid each model; empty if that is less than two slices."""
    costs: Counter[str] = Counter()
    for call in calls:
        if call.cost_usd:
            costs[_label(call)] += _parts(call.cost_usd)
    if len(costs) < 2:
        return ""
    shown = costs.most_common(SLICES)
    if rest := costs.total() - sum(parts for _, parts in shown):
        shown.append(("others", rest))
    slices = (f'    "{label}" : {parts}' for label, parts in shown)
    return "\n".join((f"{_FENCE}mermaid", "pie title Cost by role and model", *slices, _FENCE))


def _label(call: Call) -> str:
    """Return our word for the role and the model's id; what could end a label or act in one is left out."""
    model = re.sub(r"[^A-Za-z0-9._:/@+-]", "", call.paid_model)[:_LABEL_LENGTH]
    return f"{call.role.value} {model}"


def _parts(cost_usd: Decimal) -> int:
    return int((cost_usd / _UNIT_USD).quantize(Decimal(1), ROUND_UP))
