"""How many claims a review will make, and how many of them judges will have before them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from chargehand.budget.likely_claims import Claims, Likely, likeliest_claims, likely_claims
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.finding import Finding
from chargehand.core.plan import Depth, Plan
from chargehand.cost.assumptions import ASSUMED
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.readers import SAMPLES
from chargehand.pipeline.stakes import Stakes


class ClaimsForecast(NamedTuple):
    """How many claims the workers are `expected` to make, and how many `distinct` ones: both are means.

    `likely` are those that are judged, by their chance, and `likeliest` is one number for them. `most` are
    all that workers may make, and `known` are there before anybody is asked.
    """

    expected: Decimal
    distinct: Decimal
    likely: tuple[Likely, ...]
    likeliest: Claims
    most: Claims
    known: Claims

    @property
    def all_of_them(self) -> Claims:
        """Return all claims that may have to be judged."""
        return self.most.beside(self.known)

    @property
    def set_aside(self) -> Claims:
        """Return for which claims money is set aside: for some also where none is likely."""
        claims, most = self.likeliest.beside(self.known), self.all_of_them
        return Claims(max(claims.grave, min(most.grave, 1)), max(claims.mild, min(most.mild, 2)))


def claims_forecast(plan: Plan, diff: Diff, crew: Crew, depth: Depth, stakes: Stakes) -> ClaimsForecast:
    """Return how many claims the tasks of `plan` will make, and what other tools have said already."""
    share = stakes.expected_share(tuple(lens.name for lens in crew.lenses))
    expected, most = expected_claims(plan, diff), most_claims(plan, diff)
    distinct = _distinct(expected, SAMPLES[depth])
    return ClaimsForecast(
        expected=expected,
        distinct=distinct,
        likely=tuple(likely_claims(distinct, share)),
        likeliest=likeliest_claims(distinct, share),
        most=Claims(most, 0) if share else Claims(0, most),
        known=_known(crew.reported, stakes),
    )


def expected_claims(plan: Plan, diff: Diff) -> Decimal:
    """Return how many claims the workers are expected to make: a mean, and so no whole number."""
    lines = sum(_changed_lines(plan, diff))
    usual = (ASSUMED.usual_claims_a_task * len(task.reader.lenses) for task in plan.tasks)
    most = sum(min(each, ASSUMED.most_claims_a_task) for each in usual)
    return min(ASSUMED.claims_per_100_lines * lines / 100, Decimal(most))


def most_claims(plan: Plan, diff: Diff) -> int:
    """Return how many claims there are if each lens has one for each changed line, as far as it may."""
    return sum(min(lines, ASSUMED.most_claims_a_task) for lines in _changed_lines(plan, diff))


def _changed_lines(plan: Plan, diff: Diff) -> Iterator[int]:
    """Yield how many changed lines each task is about, once for each of its lenses."""
    files: dict[str, list[FileDiff]] = {}
    for file in diff.files:
        files.setdefault(file.path, []).append(file)
    for task in plan.tasks:
        hunks = (files[part.path][part.nth].hunks[part.first : part.last + 1] for part in task.parts)
        yield sum(hunk.changed for each in hunks for hunk in each) * len(task.reader.lenses)


def _distinct(claims: Decimal, samples: int) -> Decimal:
    """Return how many different ones there are among the claims of so many samples: these are judged."""
    return claims / samples * (1 + ASSUMED.further_claims * (samples - 1))


def _known(reported: Sequence[Finding], stakes: Stakes) -> Claims:
    """Return how many claims there are before anybody is asked: what other tools say is judged as well."""
    grave = sum(map(stakes.could_block, reported))
    return Claims(grave, len(reported) - grave)
