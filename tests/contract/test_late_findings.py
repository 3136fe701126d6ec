"""On a later push, what is found in lines that did not change is listed apart, unless it fails the build."""

from pathlib import Path

import pytest

from tests.contract.publishing import BASE, Json, added, claim
from tests.contract.publishing_gitlab import MergeRequest

NUMBERS = range(40)


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> MergeRequest:
    world = MergeRequest(tmp_path, monkeypatch, capsys)
    world.push([*BASE, *added(*NUMBERS)])
    return world


def mild(number: int) -> Json:
    return claim(number, severity="medium")


def states(report: Json) -> dict[int, str]:
    return {int(each["title"].split()[1]): each["state"] for each in report["findings"]}


def test_a_later_push_lists_apart_what_it_finds_in_lines_that_did_not_change(world: MergeRequest) -> None:
    file = world.folder / ".git/state.json"
    state = ("--state", str(file))
    first = world.review(mild(0), options=state)
    assert states(first) == {0: "new"}
    head = first["change"]["head"]

    lines = added(*NUMBERS)
    world.push(["import os"] * 10 + [*BASE, *lines[:30], "changed = 1", *lines[30:]])
    again = world.review(mild(0), mild(12), claim(20), mild(31), options=state)
    # The first was found before, and moved; 20 fails the build, and 31 stands beside a changed line.
    assert states(again) == {0: "new", 12: "late", 20: "new", 31: "new"}
    assert again["verdict"]["reasons"] == ["1 finding at or above high"]
    [blocking] = [each for each in again["findings"] if each["severity"] == "high"]
    assert "the last review read these lines too" in blocking["note"]
    assert f"1 finding on lines that the review of {head[:12]} read" in " ".join(again["notices"])

    third = world.review(mild(0), mild(12), mild(13), claim(14), options=(*state, "--fail-on=never"))
    assert states(third) == {0: "new", 12: "late", 13: "late", 14: "new"}

    file.write_text(file.read_text().replace(again["change"]["head"], "f" * 40))
    rewritten = world.review(mild(15), options=state)
    assert states(rewritten) == {15: "new"}
    assert "not in this clone: all findings count as new" in " ".join(rewritten["notices"])


def test_a_baseline_that_models_wrote_for_this_change_is_its_last_review(
    world: MergeRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sarif = tmp_path_factory.mktemp("outside") / "earlier.sarif"
    world.review(mild(0), options=("--sarif", str(sarif)))
    baseline = ("--baseline", str(sarif))
    again = world.review(mild(0), mild(5), claim(6), options=baseline)
    assert states(again) == {0: "existing", 5: "late", 6: "new"}
    assert again["verdict"]["status"] == "blocked"
    sarif.write_text(sarif.read_text().replace('"mode": "live"', '"mode": "offline"'))
    assert states(world.review(mild(5), options=baseline)) == {5: "new"}
