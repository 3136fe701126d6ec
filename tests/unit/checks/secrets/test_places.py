from chargehand.checks.secrets import search
from chargehand.checks.secrets.detection import may_hold_secret, rows_that_may_hold_secret
from tests.secret_corpus import make_corpus
from tests.unit.changes import added, diff_of

CORPUS = make_corpus(5, carriers=2)


def test_to_look_at_a_hunk_as_a_whole_misses_no_line_that_is_worth_a_look() -> None:
    for sign in "+- ":
        lines = [line for sample in CORPUS for line in sample.text.split("\n")]
        rows = rows_that_may_hold_secret("\n".join(sign + line for line in lines))
        assert {row for row, line in enumerate(lines) if may_hold_secret(line)} <= rows


def test_of_a_secret_that_is_claimed_nothing_is_left_in_the_masked_change() -> None:
    found = 0
    for sample in CORPUS:
        diff = diff_of(added(sample.path, *sample.text.rstrip("\n").split("\n")))
        searched = search(diff)
        if sample.secret and searched.claims:
            found += 1
            body = searched.mask.diff(diff).files[0].hunks[0].body
            assert not [line for line in sample.secret.split("\n") if line and line in body], sample
    assert found > 100
