import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from chargehand.budget.state_file import Run, State, Subject, check_state, read_state, write_state
from chargehand.core.errors import InputError

ONE = Subject(repository="owner/name", name="pull request 1")
TWO = Subject(repository="owner/name", name="pull request 2")

WITH_A_RUN = (
    '{"chargehand_state": 1, "changes": [{"subject": {"repository": null, "name": "x"}, "runs": '
    '[{"started_at": "", "head": null, "spent_usd": "0.5"}]}]}'
)


def run(spent: str) -> Run:
    return Run(started_at="2026-11-22T10:00:00+00:00", head="a" * 40, spent_usd=Decimal(spent))


def test_a_missing_file_has_seen_no_run(tmp_path: Path) -> None:
    assert read_state(tmp_path / "state.json") == State(chargehand_state=1)


def test_what_is_written_is_read_to_the_last_digit_and_change_by_change(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state = State(chargehand_state=1)
    for subject, spent in ((ONE, "0.1"), (TWO, "0.0000001"), (ONE, "0.20000000000000000001")):
        state = state.with_run(subject, run(spent))
        write_state(path, state)
    assert read_state(path) == state
    assert [each.spent_usd for each in read_state(path).runs_on(ONE)] == [
        Decimal("0.1"),
        Decimal("0.20000000000000000001"),
    ]
    assert [str(each.spent_usd) for each in read_state(path).runs_on(TWO)] == ["1E-7"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_reads_it_and_no_draft_stays(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    check_state(path)
    write_state(path, State(chargehand_state=1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"chargehand_state": 2, "changes": []}',
        '{"chargehand_state": 1, "changes": [], "more": 1}',
        WITH_A_RUN.replace("0.5", "-1"),
        WITH_A_RUN.replace("0.5", "NaN"),
        WITH_A_RUN[:-1],
    ],
)
def test_a_damaged_file_is_refused_and_never_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(InputError, match=r"state\.json is damaged, or of another version"):
        read_state(tmp_path / "state.json")


def test_a_file_with_the_least_is_read(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(WITH_A_RUN)
    (run_,) = read_state(tmp_path / "state.json").runs_on(Subject(repository=None, name="x"))
    assert run_.spent_usd == Decimal("0.5")


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_state(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    write_state(tmp_path / "real.json", State(chargehand_state=1))
    (tmp_path / "state.json").symlink_to("real.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_state(tmp_path / "state.json")


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "here" / "state.json"
    check_state(path)
    write_state(path, State(chargehand_state=1))
    assert path.exists()


def test_a_folder_that_cannot_be_made_is_known_before_money_is_spent(tmp_path: Path) -> None:
    (tmp_path / "no").write_text("a file")
    with pytest.raises(InputError, match="could not be written"):
        check_state(tmp_path / "no" / "state.json")


def test_what_rested_too_long_is_forgotten_and_never_the_newest() -> None:
    old = Run(started_at="2025-11-22T10:00:00+00:00", head=None, spent_usd=Decimal(1))
    state = State(chargehand_state=1).with_run(ONE, old).with_run(TWO, run("0.1"))
    assert state.kept_since("2025-11-22") == state
    assert [each.subject for each in state.kept_since("2025-11-23").changes] == [TWO]
    assert [each.subject for each in state.kept_since("2999-01-01").changes] == [TWO]
    assert [each.subject for each in state.kept_since("2000-01-01", most_bytes=300).changes] == [TWO]
    assert state.with_run(ONE, run("0.2")).kept_since("2026-01-01").runs_on(ONE)[0] == old
