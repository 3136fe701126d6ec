"""The spending of many runs as JSON, spelled out field by field."""

from collections.abc import Sequence
from decimal import Decimal

from chargehand import __version__
from chargehand.core.money import decimal_string
from chargehand.reports.document import Json, as_text
from chargehand.reports.spend.acted import Acted
from chargehand.reports.spend.quality import Caching, Estimates, Failures, TargetResult
from chargehand.reports.spend.reading import Duplicate
from chargehand.reports.spend.repricing import Recomputed, Repriced
from chargehand.reports.spend.totals import Comparison, Month, Part, Spending
from chargehand.reports.spend.vigilance import Noticed, Vigilance

SCHEMA_VERSION = 1


def document(spending: Spending) -> str:
    """Return everything as JSON; amounts and shares are decimals in strings, null if not known."""
    return as_text(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "chargehand", "version": __version__},
            **_sums(spending),
            "by_month": [_month(month) for month in spending.by_month],
            "by_day": _parts(spending.by_day),
            "by_repository": _parts(spending.by_repository),
            "by_model": _parts(spending.by_model),
            "by_lens": _parts(spending.by_lens),
            "by_role": _parts(spending.by_role),
            "targets": {
                "simple_lines": spending.targets.simple_lines,
                "results": [_target(result) for result in spending.against_targets],
            },
            "estimates": _estimates(spending.estimates),
            "cache": _caching(spending.caching),
            "failures": _failures(spending.failures),
            "vigilance": [_vigilance(month) for month in spending.vigilance],
            "acted_on": [_acted(each) for each in spending.acted],
            "repriced": _repriced(spending.repriced) if spending.repriced else None,
            **_left_out(spending),
        }
    )


def _sums(spending: Spending) -> dict[str, Json]:
    first, last = spending.period or (None, None)
    return {
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
        "total": {
            **_figures(spending.total),
            "cached_calls": spending.reused_calls,
            "orchestrator_usd": decimal_string(spending.orchestrator_usd),
            "orchestrator_share": _share(spending.orchestrator_share),
        },
        "instead": {
            "single_pass": _comparison(spending.single_pass),
            "all_orchestrator": _comparison(spending.all_orchestrator),
        },
    }


def _parts(parts: Sequence[Part]) -> list[Json]:
    return [{"name": part.name, **_figures(part)} for part in parts]


def _figures(part: Part) -> dict[str, Json]:
    return {
        "runs": part.runs,
        "calls": part.calls,
        "cost_usd": decimal_string(part.cost_usd),
        "unpriced_calls": part.unpriced_calls,
    }


def _month(month: Month) -> dict[str, Json]:
    return {
        "name": month.part.name,
        **_figures(month.part),
        "single_pass": _comparison(month.single_pass),
        "all_orchestrator": _comparison(month.all_orchestrator),
    }


def _comparison(compared: Comparison) -> dict[str, Json]:
    return {
        "runs": compared.runs,
        "cost_usd": decimal_string(compared.cost_usd),
        "instead_usd": decimal_string(compared.instead_usd),
        "saved_usd": decimal_string(compared.saved_usd),
        "saved_share": _share(compared.saved_share),
    }


def _target(result: TargetResult) -> dict[str, Json]:
    return {
        "kind": result.kind,
        "target_usd": decimal_string(result.target_usd),
        "runs": result.runs,
        "within": result.within,
        "unknown": result.unknown,
        "median_usd": decimal_string(result.median_usd),
        "highest_usd": decimal_string(result.highest_usd),
    }


def _vigilance(month: Vigilance) -> dict[str, Json]:
    return {
        "month": month.month,
        **_noticed(month.total),
        "cost_usd": decimal_string(month.cost_usd),
        "by_lens": [{"name": each.lens, **_noticed(each)} for each in month.by_lens],
    }


def _noticed(noticed: Noticed) -> dict[str, Json]:
    return {"planted": noticed.planted, "noticed": noticed.noticed, "unanswered": noticed.unanswered}


def _acted(acted: Acted) -> dict[str, Json]:
    return {
        "rule": acted.rule,
        "found": acted.found,
        "gone": acted.gone,
        "suppressed": acted.suppressed,
        "waived": acted.waived,
        "left": acted.left,
    }


def _estimates(estimates: Estimates) -> dict[str, Json]:
    return {
        "runs": estimates.runs,
        "without": estimates.without,
        "estimated_usd": decimal_string(estimates.estimated_usd),
        "billed_usd": decimal_string(estimates.billed_usd),
        "median_error": _share(estimates.median_error),
        "lowest_error": _share(estimates.lowest_error),
        "highest_error": _share(estimates.highest_error),
    }


def _caching(caching: Caching) -> dict[str, Json]:
    return {
        "prompt_tokens": caching.prompt_tokens,
        "read_tokens": caching.read_tokens,
        "written_tokens": caching.written_tokens,
        "hit_rate": _share(caching.hit_rate),
    }


def _failures(failures: Failures) -> dict[str, Json]:
    return {
        "calls": failures.calls,
        "cost_usd": decimal_string(failures.cost_usd),
        "by_outcome": [
            {"outcome": kind.outcome, "calls": kind.calls, "cost_usd": decimal_string(kind.cost_usd)}
            for kind in failures.kinds
        ],
        "assumed_calls": failures.assumed_calls,
        "assumed_usd": decimal_string(failures.assumed_usd),
    }


def _repriced(repriced: Repriced) -> dict[str, Json]:
    return {
        "prices_from": repriced.prices_from,
        "before": [_recomputed(each) for each in repriced.before],
        "unpriced": list(repriced.unpriced),
    }


def _recomputed(recomputed: Recomputed) -> dict[str, Json]:
    return {
        "prices_from": recomputed.prices_from,
        "runs": recomputed.runs,
        "calls": recomputed.recomputed,
        "was_usd": decimal_string(recomputed.was_usd),
        "now_usd": decimal_string(recomputed.now_usd),
        "difference_usd": decimal_string(recomputed.difference_usd),
        "kept_calls": recomputed.kept,
        "found_calls": recomputed.found,
        "found_usd": decimal_string(recomputed.found_usd),
        "lost_calls": recomputed.lost,
        "lost_usd": decimal_string(recomputed.lost_usd),
        "unknown_calls": recomputed.unknown,
    }


def _left_out(spending: Spending) -> dict[str, Json]:
    reading = spending.reading
    return {
        "not_spent": [
            {"mode": each.mode, "runs": each.runs, "list_usd": decimal_string(each.list_usd)}
            for each in spending.unspent
        ],
        "duplicates": _duplicates(reading.duplicates),
        "overlapping": _duplicates(reading.overlapping),
        "unread": [{"name": each.name, "reason": each.reason} for each in reading.unread],
    }


def _duplicates(duplicates: Sequence[Duplicate]) -> list[Json]:
    return [{"name": each.name, "of": each.of} for each in duplicates]


def _share(ratio: Decimal | None) -> str | None:
    return None if ratio is None else f"{ratio:.6f}"
