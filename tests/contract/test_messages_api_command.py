"""`python -m tests.messages_api`, as a developer or a benchmark starts it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import anthropic
import pytest

from tests.contract.asking import asked, text_of

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "tests.messages_api", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    replies = tmp_path / "replies.json"
    replies.write_text('[{"role": "judge", "reply": {"summary": "From the file."}}]')
    log = tmp_path / "log.jsonl"
    options = ("--replies", str(replies), "--log", str(log), "--delay", "judge=0.1", "--key", "k")
    with start(*options, "--fault", "overloaded:role=plan") as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        with anthropic.Anthropic(base_url=url, api_key="k", max_retries=0) as client:
            said = text_of(client.messages.create(**asked(role="judge")))
            with pytest.raises(anthropic.OverloadedError):
                client.messages.create(**asked(role="plan"))
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=10)
    assert server.returncode == 0
    assert json.loads(said)["summary"] == "From the file."
    assert err.startswith("2 requests, 2 of them for a message, $0.0000")
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(record["role"], record["status"]) for record in records] == [("judge", 200), ("plan", 529)]
    assert records[0]["answered_at"] - records[0]["received_at"] >= 0.1


@pytest.mark.parametrize(
    ("option", "value"), [("--fault", "explodes"), ("--delay", "soon"), ("--fault", "timeout:when=now")]
)
def test_a_misspelt_option_is_refused(option: str, value: str) -> None:
    with start(option, value) as server:
        _, err = server.communicate(timeout=10)
    assert server.returncode == 2
    assert option in err
