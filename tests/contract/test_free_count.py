"""The provider's free count, through the command line: asked only where it decides."""

from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi

LINES = "".join(f"+total_{number} += order[{number}].amount  # {number}\n" for number in range(200))
DIFF = f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,200 @@\n{LINES}"
COUNT = "/v1/messages/count_tokens"


def review(api: MessagesApi, folder: Path, *arguments: str) -> CompletedProcess[str]:
    return chargehand("review", "-", "--fleet", "4", *arguments, cwd=folder, env=environment(api), stdin=DIFF)


def counts(api: MessagesApi) -> int:
    return sum(record.route == COUNT for record in api.log)


def test_a_small_cap_is_enough_if_the_count_says_so(tmp_path: Path) -> None:
    with MessagesApi() as api:
        ended = review(api, tmp_path, "--max-spend", "0.015")
        assert counts(api) == 1
        assert len(api.calls) > 0
        assert api.bill_usd <= Decimal("0.015")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--max-spend", "1"], [], ["--offline"]],
    ids=["an ample cap", "no cap", "no model"],
)
def test_where_nothing_hangs_on_it_nothing_is_counted(tmp_path: Path, arguments: list[str]) -> None:
    with MessagesApi() as api:
        review(api, tmp_path, *arguments)
        assert counts(api) == 0


@pytest.mark.parametrize(
    "arguments", [["--batch"], ["--record", "recording.jsonl"]], ids=["a batch", "a recording"]
)
def test_batches_and_recordings_go_by_the_estimate(tmp_path: Path, arguments: list[str]) -> None:
    with MessagesApi() as api:
        ended = review(api, tmp_path, "--max-spend", "0.015", *arguments)
        assert api.log == ()
    assert ended.returncode == 2
    assert "the cap of $0.015 (max_spend) is too small" in ended.stderr
