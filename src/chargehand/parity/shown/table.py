"""The scores of a comparison as text for a terminal."""

from collections.abc import Iterator, Sequence

from chargehand.core.counting import count
from chargehand.core.escaping import for_log, one_line
from chargehand.core.money import usd
from chargehand.parity.score.scores import Row, Scores, View
from chargehand.parity.shown.words import (
    NOT_KNOWN,
    beside_words,
    cheaper,
    points,
    price,
    sentence,
    share,
    verdict,
)


def table(scores: Scores) -> str:
    """Return the verdicts first, then cost beside quality, then each source in groups."""
    return for_log("".join(f"{line}\n" for line in _lines(scores)))


def _lines(scores: Scores) -> Iterator[str]:
    for view in scores.views:
        for fleet in range(1, len(view.fleets)):
            yield sentence(scores, view, fleet)
    yield ""
    yield beside_words(scores.trial.beside, scores.sample)
    yield from _grid([("fleet", "models", "reviews", "cost", "a review", ""), *_costs(scores)])
    for view in scores.views:
        yield ""
        yield f"By {view.source}, {count(view.changes, 'change')}:"
        yield from _grid([_HEAD, *_rows(scores, view)])
        yield from (f"  {note}" for note in view.notes)


def _costs(scores: Scores) -> Iterator[tuple[str, ...]]:
    for index, (fleet, cost) in enumerate(zip(scores.trial.fleets, scores.costs, strict=True)):
        models = ", ".join(dict.fromkeys(fleet.models.values()))
        incomplete = f" ({cost.incomplete} not complete)" if cost.incomplete else ""
        total = NOT_KNOWN if cost.total_usd is None else usd(cost.total_usd)
        reviews = f"{cost.reviews:,}{incomplete}"
        yield (
            fleet.name,
            models,
            reviews,
            total,
            price(cost),
            cheaper(scores, index) if index else "the baseline",
        )


_HEAD = (
    "",
    "fleet",
    "known",
    "found",
    "recall",
    "findings",
    "precision",
    *("recall, points", "precision, points"),
    "",
)


def _rows(scores: Scores, view: View) -> Iterator[tuple[str, ...]]:
    for group in (row.group for row in view.fleets[0]):
        for index, rows in enumerate(view.fleets):
            row = next(each for each in rows if each.group == group)
            if row.known or row.made:
                yield _row(scores, row, index)


def _row(scores: Scores, row: Row, fleet: int) -> tuple[str, ...]:
    return (
        "" if fleet else one_line(row.group),
        scores.trial.fleets[fleet].name,
        f"{row.known:,}",
        f"{row.found:,}",
        share(row.recall),
        f"{row.made:,}",
        share(row.precision),
        points(row.recall_difference) if fleet else "",
        points(row.precision_difference) if fleet else "",
        verdict(row, scores.margin) if fleet else "",
    )


def _grid(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
