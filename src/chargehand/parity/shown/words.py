"""How the figures of a comparison are said: the same words in the table, and on the page."""

from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.parity.score.bootstrap import Interval
from chargehand.parity.score.parity import Difference, Parity, needed_by
from chargehand.parity.score.scores import Cost, Row, Scores, View
from chargehand.parity.score.tally import ALL

NOT_KNOWN = "-"


def share(figure: Interval | None) -> str:
    """Return a share in per cent with its bounds."""
    if figure is None:
        return NOT_KNOWN
    return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"


def points(difference: Difference | None) -> str:
    """Return a difference in points of a hundred, with its bounds."""
    if difference is None:
        return NOT_KNOWN
    bounds = f"{100 * difference.low:+.0f} to {100 * difference.high:+.0f}"
    return f"{100 * difference.value:+.0f} ({bounds})"


def verdict(row: Row, margin: float) -> str:
    """Return what the differences of a row mean."""
    match row.parity:
        case Parity.WITHIN:
            return f"within {100 * margin:g} points"
        case Parity.BELOW:
            return f"more than {100 * margin:g} points below"
        case Parity.TOO_FEW:
            return _too_few(row, margin)


def _too_few(row: Row, margin: float) -> str:
    differences = [each for each in (row.recall_difference, row.precision_difference) if each]
    if not differences:
        return "too few samples: the baseline found nothing"
    needed = needed_by(differences, margin)
    if needed is None:
        return "too few samples, and hardly any number would tell: it is just at the margin"
    return f"too few samples: about {needed:,} changes needed"


def sentence(scores: Scores, view: View, fleet: int) -> str:
    """Return the verdict on one fleet, as one source has it."""
    row = next((each for each in view.fleets[fleet] if each.group == ALL), None)
    name, baseline = scores.trial.fleets[fleet].name, scores.trial.fleets[0].name
    said = verdict(row, scores.margin) if row else "too few samples"
    return f"{name} against {baseline}, by {view.source}: {said}"


def beside_words(number: int, changes: int) -> str:
    """Return of how many changes models are shown what stands beside them."""
    which = f"{number:,} of {count(changes, 'change')}" if number < changes else count(changes, "change")
    if number:
        said = f"Beside {which} models are shown what they use and what uses them."
        return said if number == changes else f"{said} The commits of the others are not in this repository."
    return (
        "Models are shown the changes alone: their commits are not in this repository, so nothing is known "
        "of what they use and what uses them."
    )


def price(cost: Cost) -> str:
    """Return what a review costs with a fleet."""
    return NOT_KNOWN if cost.review_usd is None else usd(cost.review_usd)


def cheaper(scores: Scores, fleet: int) -> str:
    """Return how much less a review costs than with the baseline; nothing if that is not known."""
    own, other = scores.costs[fleet].review_usd, scores.costs[0].review_usd
    if own is None or not other:
        return ""
    saved = float((other - own) / other)
    return f"{abs(saved):.0%} {'less' if saved >= 0 else 'more'}"
