from chargehand.checks.configuration import CHECK
from chargehand.core.change import RuleFault
from tests.unit.changes import added, diff_of

FAULT = RuleFault(path=".chargehand.toml", key="fail_om", message="fail_om is unknown.")


def test_a_wrong_setting_is_claimed_at_the_line_that_sets_it() -> None:
    diff = diff_of(added("a.py", "fail_om"), added(".chargehand.toml", "threads = 3", 'fail_om = "low"'))
    (claim,) = CHECK.find(diff, [FAULT])
    assert (claim.path, claim.line, claim.severity.value) == (".chargehand.toml", 2, "high")
    assert claim.message.startswith("fail_om is unknown. After the merge")


def test_a_fault_that_no_added_line_names_is_the_file_s() -> None:
    (claim,) = CHECK.find(diff_of(added(".chargehand.toml", "threads = 3")), [FAULT])
    assert (claim.line, claim.quote) == (0, "")


def test_a_fault_of_a_file_outside_of_the_diff_is_none_of_it() -> None:
    assert not tuple(CHECK.find(diff_of(added("a.py", "x")), [FAULT]))
