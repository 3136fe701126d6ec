import pytest

from chargehand.checks.executable_bit import find_executable_bits
from chargehand.core.diff import FileDiff
from chargehand.core.finding import Severity
from tests.unit.changes import changed, diff_of


def test_a_file_that_becomes_executable_is_one_claim_on_the_file() -> None:
    only_mode = FileDiff(path="run.sh", status="mode", modes=("100644", "100755"))
    edited = changed("tool.py", ["a"], ["b"]).evolve(modes=("100644", "100755"))
    moved, second = find_executable_bits(diff_of(only_mode, edited))
    assert (moved.path, moved.line, moved.quote) == ("run.sh", 0, "")
    assert (moved.rule, moved.severity) == ("security/executable-bit", Severity.LOW)
    assert "from 100644 to 100755" in moved.message
    assert (second.path, second.line) == ("tool.py", 0)


@pytest.mark.parametrize(
    "modes", [("100755", "100644"), ("", "100755"), ("100755", "100755"), ("", ""), ("120000", "100755")]
)
def test_other_modes_are_not_claimed(modes: tuple[str, str]) -> None:
    assert list(find_executable_bits(diff_of(FileDiff(path="a", status="mode", modes=modes)))) == []
