"""A server behind ANTHROPIC_BASE_URL that ignores what Claude obeys, as llama.cpp and Ollama do."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chargehand.lenses import BUILT_IN_LENSES
from tests.command import chargehand, plain_environment
from tests.contract.struck_run import run
from tests.messages_api import Fault, FaultKind
from tests.unit.llm.fake_api import Answer, serving

DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"


def answered(text: str) -> Answer:
    """Return a reply with what local servers send of one: no cache, no tier, two counts."""
    message = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 900, "output_tokens": 9},
    }
    return Answer(200, json.dumps(message).encode())


def test_what_a_gateway_ignores_is_met_and_said(tmp_path: Path) -> None:
    off = "".join(f"[lenses.{name}]\nenabled = false\n" for name in BUILT_IN_LENSES[1:])
    (tmp_path / ".chargehand.toml").write_text(f'[models]\nworker = "qwen3-coder:30b"\n{off}')
    with serving(answered("Looks good to me!"), answered('{"claims": []}')) as server:
        environ = {**plain_environment(), "ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "x"}
        done = chargehand("review", "-", "--json=r.json", cwd=tmp_path, env=environ, stdin=DIFF)
        first, second = server.requests
    report: Any = json.loads((tmp_path / "r.json").read_text())  # Any: JSON
    assert (done.returncode, report["verdict"]["status"]) == (0, "passed")
    assert [call["outcome"] for call in report["calls"]] == ["invalid", "answered"]
    assert any(notice.startswith("qwen3-coder:30b: not known here") for notice in report["notices"])
    assert report["bill"]["unpriced"] == ["qwen3-coder:30b"]
    assert "Its JSON schema" in first["system"]
    assert not {"thinking"} & first.keys()
    assert first["output_config"].keys() == {"format"}
    assert "cache_control" not in json.dumps(first)
    assert first["messages"] != second["messages"]


def test_a_dearer_model_in_the_place_of_the_one_asked_is_billed_named_and_capped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run(tmp_path, monkeypatch, [Fault(FaultKind.SUBSTITUTED, role="worker")], max_spend="0.15")
    assert Decimal(ran.report["bill"]["total_usd"]) == ran.bill_usd
    read = [call for call in ran.report["calls"] if call["role"] == "worker"]
    assert {call["served_by"] for call in read} == {"claude-fable-5-2"}
    assert "claude-fable-5-2" in ran.report["bill"]["by_model"]
    assert any(
        "claude-haiku-5-5 with claude-fable-5-2, which is dearer" in each for each in ran.report["notices"]
    )
    # The first went alone. Of the others the cap holds what they may cost, so not all of them are sent.
    assert len(read) < 5
    assert ran.verdict.exit_code == 4


@pytest.mark.parametrize("kind", [FaultKind.USAGE_ZERO, FaultKind.USAGE_MISSING])
def test_answers_without_their_tokens_cost_the_most_they_can_and_are_compared_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: FaultKind
) -> None:
    ran = run(tmp_path, monkeypatch, [Fault(kind, role="worker")])
    bill = ran.report["bill"]
    assert Decimal(bill["total_usd"]) > ran.bill_usd
    assert set(bill["counterfactuals"].values()) == {None}
    assert any("the server did not say what" in each for each in ran.report["notices"])
