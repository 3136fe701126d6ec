from chargehand.core.finding import Suggestion, conceal, mask
from tests.unit.crew import finding_of

FINDING = finding_of(
    fingerprint="f",
    title="hunter2 is written here",
    message="hunter2 and hunter2000000000000",
    path="hunter2.py",
    code="p = 'hunter2'\nq = 'hunter2000000000000'",
    quote="p = 'hunter2'",
    note="claimed at line 3",
    suggestion=Suggestion(start_line=1, end_line=1, code="p = secret()"),
)


def test_a_secret_is_shown_nowhere_and_the_place_stays() -> None:
    shown = conceal(FINDING, ["hunter2", "hunter2000000000000", ""])
    assert shown.code == "p = '****'\nq = 'hunt****'"
    assert shown.message == "**** and hunt****"
    assert (shown.title, shown.quote) == ("**** is written here", "p = '****'")
    assert (shown.suggestion, shown.note) == (FINDING.suggestion, FINDING.note)
    assert (shown.path, shown.start_line, shown.fingerprint) == ("hunter2.py", 1, "f")


def test_a_suggestion_that_holds_a_secret_is_dropped_with_a_word() -> None:
    suggestion = Suggestion(start_line=1, end_line=1, code="p = 'hunter2'.upper()")
    shown = conceal(FINDING.evolve(suggestion=suggestion), ["hunter2"])
    assert shown.suggestion is None
    assert shown.note == "claimed at line 3; the suggestion was dropped: it holds a secret"


def test_a_finding_without_secrets_stays_as_it_is() -> None:
    assert conceal(FINDING, []) == FINDING


def test_the_longest_secret_is_masked_first_so_that_no_rest_of_it_remains() -> None:
    assert mask("abcd1234 abcd", ["abcd", "abcd1234"]) == "**** ****"
