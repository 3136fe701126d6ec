"""docs/reliability.md says what the tests hold."""

from chargehand.config import Settings
from chargehand.core.cancellation import GRACE_S
from chargehand.core.errors import Failure
from chargehand.llm.attempts.retrying import REMEDIES, RetryPolicy
from tests.contract.reliability_page import FAILURES, PAGE, page_with_tables, tables


def test_the_page_has_the_tables_that_the_tests_make() -> None:
    """If this fails: `python -m tests.contract.reliability_page`, and read the difference."""
    text = PAGE.read_text("utf-8")
    assert text == page_with_tables(text)
    for name, table in tables().items():
        assert text.count(f"<!-- table: {name} -->\n{table}<!-- end -->") == 1


def test_every_failure_is_told_with_its_remedy() -> None:
    assert FAILURES.keys() == REMEDIES.keys() == set(Failure)


def test_the_figures_in_the_prose_are_those_of_the_code() -> None:
    policy, text = RetryPolicy(), " ".join(PAGE.read_text("utf-8").split())
    for told in (
        f"lasts {policy.first_wait_s:g} seconds, doubles up to {policy.longest_backoff_s:g}",
        f"One over {policy.longest_wait_s:g} seconds",
        f"there are at most {policy.paid} of these, and at most {policy.attempts} in all",
        f"({Settings().escalation_share:g} unless set, rounded up)",
        f"| {GRACE_S:g} seconds before it (at most half of it)",
        f"calls in flight have {GRACE_S:g} seconds to end",
    ):
        assert told in text
