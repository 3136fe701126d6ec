"""The corpus of secrets: texts that hold one secret each, and texts that hold none, drawn anew from a seed.

The kinds are those of others' published rule lists (kinds.txt), so that nobody picks what our check knows. No
value stands in the repository: forms are filled in when the corpus is made.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from tests.secret_corpus.carriers import CARRIERS
from tests.secret_corpus.forms import filled, load_kinds
from tests.secret_corpus.innocent import INNOCENT
from tests.secret_corpus.structures import STRUCTURES


class Sample(NamedTuple):
    """A file. If `kind` is a secret's, `secret` is what no report may show; if not, it is empty."""

    source: str
    kind: str
    path: str
    text: str
    secret: str


def make_corpus(seed: int, carriers: int = 3) -> Sequence[Sample]:
    """Return the samples: each kind in so many carriers, and the innocent ones."""
    random = Random(seed)  # noqa: S311 # what is drawn protects nothing
    return (*_assigned(random, carriers), *_structured(random, carriers), *_innocent(random, carriers))


def _assigned(random: Random, carriers: int) -> Iterator[Sample]:
    for kind in load_kinds():
        for carrier in random.sample(CARRIERS, carriers):
            secret = filled(kind.form, random)
            path, text = carrier(kind.variable, secret)
            yield Sample(kind.source, kind.name, path, text, secret)


def _structured(random: Random, carriers: int) -> Iterator[Sample]:
    for name, structures in STRUCTURES.items():
        for structure in structures:
            for _ in range(carriers):
                path, text, secret = structure(random)
                yield Sample("structures", name, path, text, secret)


def _innocent(random: Random, carriers: int) -> Iterator[Sample]:
    for name, samples in INNOCENT.items():
        for path, form in samples:
            for _ in range(carriers):
                yield Sample("innocent", name, path, filled(form, random) + "\n", "")
