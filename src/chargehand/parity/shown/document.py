"""The scores of a comparison for programs."""

from chargehand.core.money import decimal_string
from chargehand.parity.score.bootstrap import Interval
from chargehand.parity.score.parity import Difference
from chargehand.parity.score.scores import Row, Scores, View
from chargehand.reports.document import Json, as_text


def document(scores: Scores) -> str:
    """Return the scores as JSON; docs/parity.md says what stands where."""
    trial = scores.trial
    return as_text(
        {
            "schema_version": 1,
            "changes": scores.cases,
            "sample": scores.sample,
            "beside": trial.beside,
            "repeats": trial.repeats,
            "margin": scores.margin,
            "baseline": trial.fleets[0].name,
            "fleets": [
                {
                    "name": fleet.name,
                    "models": fleet.models,
                    "reviews": cost.reviews,
                    "incomplete": cost.incomplete,
                    "total_usd": decimal_string(cost.total_usd),
                    "review_usd": decimal_string(cost.review_usd),
                }
                for fleet, cost in zip(trial.fleets, scores.costs, strict=True)
            ],
            "views": [_view(scores, view) for view in scores.views],
        }
    )


def _view(scores: Scores, view: View) -> Json:
    names = [each.name for each in scores.trial.fleets]
    return {
        "source": view.source,
        "changes": view.changes,
        "notes": list(view.notes),
        "rows": [
            {"fleet": name, **_row(row, is_baseline=index == 0)}
            for index, (name, rows) in enumerate(zip(names, view.fleets, strict=True))
            for row in rows
        ],
    }


def _row(row: Row, *, is_baseline: bool) -> dict[str, Json]:
    return {
        "group": row.group,
        "known": row.known,
        "found": row.found,
        "findings": row.made,
        "hits": row.hit,
        "recall": _interval(row.recall),
        "precision": _interval(row.precision),
        "recall_difference": _difference(row.recall_difference),
        "precision_difference": _difference(row.precision_difference),
        "parity": None if is_baseline else row.parity.value,
    }


def _interval(figure: Interval | None) -> Json:
    return figure and {name: round(value, 6) for name, value in figure._asdict().items()}


def _difference(difference: Difference | None) -> Json:
    if difference is None:
        return None
    return {
        "value": round(difference.value, 6),
        "low": round(difference.low, 6),
        "high": round(difference.high, 6),
        "parity": difference.parity.value,
        "changes_needed": difference.needed,
    }
