from chargehand.core.finding import Suggestion, conceal
from chargehand.core.markers import Hidden, mask_of
from chargehand.core.masking import Row
from tests.unit.changes import diff_of
from tests.unit.crew import finding_of

FINDING = finding_of(
    fingerprint="f",
    title="hunter2 is written here",
    message="hunter2 and hunter2000",
    code="p = 'hunter2'\nq = 'hunter2000'",
    quote="p = 'hunter2'",
    note="claimed at line 3",
    suggestion=Suggestion(start_line=1, end_line=1, code="p = secret()"),
)
MASK = mask_of(
    [Hidden(text, "password", Row("a.py", "new", 1)) for text in ("hunter2", "hunter2000")], diff_of()
)
SHORT, LONG = MASK.everywhere["hunter2"], MASK.everywhere["hunter2000"]


def test_a_secret_is_shown_nowhere_and_the_place_stays() -> None:
    shown = conceal(FINDING, MASK.text)
    assert shown.code == f"p = '{SHORT}'\nq = '{LONG}'"
    assert shown.message == f"{SHORT} and {LONG}"
    assert (shown.title, shown.quote) == (f"{SHORT} is written here", f"p = '{SHORT}'")
    assert (shown.suggestion, shown.note) == (FINDING.suggestion, FINDING.note)
    assert (shown.path, shown.start_line, shown.fingerprint) == (FINDING.path, 1, "f")


def test_a_suggestion_that_holds_a_secret_is_dropped_with_a_word() -> None:
    suggestion = Suggestion(start_line=1, end_line=1, code="p = 'hunter2'.upper()")
    shown = conceal(FINDING.evolve(suggestion=suggestion), MASK.text)
    assert shown.suggestion is None
    assert shown.note == "claimed at line 3; the suggestion was dropped: it holds a secret"


def test_a_finding_without_secrets_stays_as_it_is() -> None:
    assert conceal(FINDING, mask_of([], diff_of()).text) == FINDING
