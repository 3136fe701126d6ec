"""What one change of a sample is, and what is known of its defects."""

from typing import Literal

from chargehand.core.finding import Severity
from chargehand.core.value import Value

Kind = Literal["golden", "merged", "reversed", "planted"]


class Place(Value):
    """Lines of a file after the change, both ends included, from 1."""

    file: str
    start_line: int
    end_line: int


class Golden(Value):
    """A defect that is known to be in a change; it is found by a finding at one of its `places`.

    If there are `keywords`, the finding has to use one of them, too.
    """

    places: tuple[Place, ...]
    severity: Severity
    lens: str
    category: str
    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()


class Case(Value):
    """One change of a sample.

    `golden` is None if nobody knows what is wrong with it, as with a change that was merged; then only a
    judge or people can tell what findings are worth.
    """

    id: str
    kind: Kind
    diff: str
    golden: tuple[Golden, ...] | None
    title: str = ""
    description: str = ""
    base: str = ""
    head: str = ""
