import json
from decimal import Decimal
from pathlib import Path

import pytest

from chargehand.core.errors import InputError
from chargehand.core.files import seal_of
from chargehand.core.plan import Chunk, Excerpt, Plan, Task
from chargehand.llm.batch.state_file import BatchFile, BatchState, Sent
from tests.unit.crew import reader_of

CHUNK = Chunk(number=1, excerpts=(Excerpt(path="caf\udce9.py", first=0, last=2),), tokens=9)
STATE = BatchState(
    change="a change",
    plan=Plan(
        tasks=(
            Task(id="security-1", reader=reader_of("security"), chunk=CHUNK, parts=CHUNK.excerpts, hint="x"),
        ),
        author="orchestrator",
    ),
    sent=(
        Sent(batch="b1", custom_id="security-1-0", worst_usd=Decimal("0.0000015")),
        Sent(batch="b2", custom_id="style-1-0", worst_usd=None),
        Sent(batch="b1", custom_id="style-2-0", worst_usd=Decimal("0.2")),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "batch.json"


def test_what_is_written_is_read_back_whole(path: Path) -> None:
    BatchFile(path, "key").write(STATE)
    assert BatchFile(path, "key").read() == STATE
    assert STATE.batches == ("b1", "b2")
    assert STATE.worst_usd == Decimal("0.2000015")


def test_without_a_file_nothing_is_under_way(path: Path) -> None:
    assert BatchFile(path, "key").read() is None
    assert list(path.parent.iterdir()) == []


def test_only_the_owner_may_read_it_and_no_draft_stays(path: Path) -> None:
    path.write_text("older")
    path.chmod(0o644)
    BatchFile(path, "key").write(STATE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_removing_it_twice_is_no_error(path: Path) -> None:
    file = BatchFile(path, "key")
    file.write(STATE)
    file.remove()
    file.remove()
    assert file.read() is None


def refused(path: Path) -> None:
    with pytest.raises(InputError, match="is not a batch state that this key or secret sealed"):
        BatchFile(path, "key").read()


def test_a_file_that_another_key_sealed_is_refused(path: Path) -> None:
    BatchFile(path, "another key").write(STATE)
    refused(path)


@pytest.mark.parametrize("old", ["security-1", '"chargehand_batch":1', "orchestrator"])
def test_a_file_that_was_changed_is_refused(path: Path, old: str) -> None:
    BatchFile(path, "key").write(STATE)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, old[:-1] + "2"))
    refused(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[]"])
def test_a_file_of_something_else_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(path)


def test_a_link_and_a_folder_in_its_place_are_refused(path: Path) -> None:
    path.symlink_to("/dev/zero")
    refused(path)
    path.unlink()
    path.mkdir()
    refused(path)


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be written to .*Name another --batch-state"):
        BatchFile(tmp_path / "nowhere" / "batch.json", "key").read()


@pytest.mark.parametrize("state", ["", "no JSON", "[" * 100_000, "17"])
def test_what_the_key_sealed_is_refused_if_it_is_no_state(path: Path, state: str) -> None:
    sealed = {"chargehand_batch": 1, "seal": seal_of(f"chargehand batch\n{state}", "key"), "state": state}
    path.write_text(json.dumps(sealed))
    with pytest.raises(InputError):
        BatchFile(path, "key").read()
