"""The corpus of other scanners' kinds: what is found of it, and that what is found is masked whole."""

from collections import Counter

from chargehand.checks.secrets import search
from tests.secret_corpus import Sample, make_corpus
from tests.unit.changes import added, diff_of

SEED = 11
LEAST_FOUND = 0.97


def shown(sample: Sample) -> str | None:
    """Return the lines of a sample as models see them, or None if nothing is claimed about them."""
    diff = diff_of(added(sample.path, *sample.text.splitlines()))
    found = search(diff)
    return found.mask.diff(diff).files[0].hunks[0].body if found.claims else None


def test_nearly_all_secrets_of_the_corpus_are_found_and_no_innocent_line() -> None:
    corpus = make_corpus(SEED, carriers=1)
    found = Counter((bool(sample.secret), shown(sample) is not None) for sample in corpus)
    assert found[True, True] >= LEAST_FOUND * (found[True, True] + found[True, False]) > 300
    assert found[False, True] == 0


def test_what_is_found_of_the_corpus_is_masked_whole() -> None:
    for sample in make_corpus(SEED, carriers=1):
        text = shown(sample)
        assert text is None or sample.secret not in text
