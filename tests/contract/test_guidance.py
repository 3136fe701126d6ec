"""The reason of a suppression reaches the workers that it concerns, by the target branch's word alone."""

import json
from pathlib import Path

import pytest

from tests.command import environment
from tests.contract.publishing import BASE, LENS
from tests.contract.publishing_gitlab import MergeRequest
from tests.messages_api import MessagesApi

GUIDING = f"""
[lenses.security]
enabled = true

[[suppressions]]
rule = "{LENS}/off-by-one"
path = "*.py"
reason = "pages count from one"
guidance = true

[[suppressions]]
path = "elsewhere/"
reason = "nobody reads that"
guidance = true

[[suppressions]]
rule = "{LENS}/null-dereference"
reason = "not told to anybody"
"""

TOLD = "- off-by-one in `*.py`: pages count from one"


def told(world: MergeRequest) -> dict[str | None, str]:
    """Review the request, and return by lens what its worker was asked."""
    with MessagesApi() as api:
        world.run("review", "-q", env=environment(api) | world.job())
    return {call.lens: json.dumps(call.request) for call in api.calls if call.role == "worker"}


def test_a_reason_guides_the_workers_of_its_lens_by_the_word_of_the_target_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = MergeRequest(tmp_path, monkeypatch, capsys)
    settings = (world.folder / ".chargehand.toml").read_text("utf-8")
    guiding = settings.replace("[lenses.security]\nenabled = false\n", "") + GUIDING
    world.commit({".chargehand.toml": guiding.split("\n")})
    world.push([*BASE, "x = 1"])
    brought = told(world)
    assert brought.keys() == {LENS}
    assert TOLD not in brought[LENS]

    world.git("switch", "-q", "main")
    world.git("checkout", "-q", "topic", "--", ".chargehand.toml")
    world.git("commit", "-qm", "Guide")
    world.git("switch", "-q", "topic")
    there = told(world)
    assert there.keys() == {LENS, "security"}
    assert {lens for lens, text in there.items() if TOLD in text} == {LENS}
    assert not any(
        each in text for text in there.values() for each in ("- any claim", "- null-dereference: ")
    )
