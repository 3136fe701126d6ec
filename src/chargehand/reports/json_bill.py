"""The bill and the calls as the JSON report has them: each amount a decimal in a string."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from chargehand.core.money import decimal_string
from chargehand.core.targets import Target
from chargehand.core.usage import Bill, Call, RequestSpending, Usage
from chargehand.reports.amounts import known
from chargehand.reports.document import Json


def bill_json(bill: Bill, calls: Sequence[Call]) -> dict[str, Json]:
    """Return the bill."""
    return {
        "total_usd": _sum(bill.total_usd, calls),
        "orchestrator_usd": _sum(
            bill.orchestrator_usd, (call for call in calls if call.role.is_orchestrator)
        ),
        "workers_usd": _sum(bill.workers_usd, (call for call in calls if not call.role.is_orchestrator)),
        "by_role": _sums(bill.by_role, calls, lambda call: call.role.value),
        "by_model": _sums(bill.by_model, calls, lambda call: call.paid_model),
        "by_lens": _sums(bill.by_lens, calls, lambda call: call.lens),
        "calls": bill.calls,
        "cached_calls": bill.reused_calls,
        "tokens": _tokens(bill.usage),
        "estimate_usd": decimal_string(bill.estimate_usd),
        "cap_usd": decimal_string(bill.limit.usd) if bill.limit else None,
        "cap_from": bill.limit.source if bill.limit else None,
        "counterfactuals": {
            "single_pass_usd": decimal_string(bill.counterfactuals.single_pass_usd),
            "all_orchestrator_usd": decimal_string(bill.counterfactuals.all_orchestrator_usd),
        },
        "target": _target(bill.target) if bill.target else None,
        "unpriced": list(bill.unpriced),
        "prices_from": bill.prices_from,
        "pr": _pr(bill.pr) if bill.pr else None,
    }


def _target(target: Target) -> dict[str, Json]:
    return {
        "kind": target.kind,
        "lines": target.lines,
        "usd": decimal_string(target.usd),
        "is_met": target.is_met,
    }


def _pr(pr: RequestSpending) -> dict[str, Json]:
    return {
        "subject": pr.subject,
        "budget_usd": decimal_string(pr.budget_usd),
        "runs": pr.runs,
        "spent_before_usd": decimal_string(pr.spent_before_usd),
        "spent_usd": decimal_string(pr.spent_usd),
        "unpriced": list(pr.unpriced),
    }


def _sums(
    sums: Mapping[str, Decimal], calls: Sequence[Call], key: Callable[[Call], str | None]
) -> dict[str, Json]:
    return {name: _sum(cost, (call for call in calls if key(call) == name)) for name, cost in sums.items()}


def _sum(amount: Decimal, calls: Iterable[Call]) -> Json:
    return decimal_string(known(amount, calls))


def call_json(call: Call) -> dict[str, Json]:
    """Return one attempt."""
    return {
        "role": call.role.value,
        "task": call.task,
        "lens": call.lens,
        "model": call.model,
        "attempt": call.attempt,
        "outcome": call.outcome,
        "usage": _usage(call.usage) if call.usage else None,
        "cost_usd": decimal_string(call.cost_usd),
        "is_assumed": call.is_assumed,
        "seconds": call.seconds,
        "request_id": call.request_id,
        "served_by": call.served_by,
    }


def _usage(usage: Usage) -> dict[str, Json]:
    """Return what a price depends on, so that a bill can be computed again with other prices."""
    return {
        **_tokens(usage),
        "service_tier": usage.service_tier,
        "inference_geo": usage.inference_geo,
        "speed": usage.speed,
    }


def _tokens(usage: Usage) -> dict[str, Json]:
    return {
        "input_tokens": usage.input_tokens,
        "cache_write_5m_tokens": usage.cache_write_5m_tokens,
        "cache_write_1h_tokens": usage.cache_write_1h_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "output_tokens": usage.output_tokens,
        "thinking_tokens": usage.thinking_tokens,
    }
