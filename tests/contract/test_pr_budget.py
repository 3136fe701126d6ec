"""A budget for the whole pull request, over pushes, through the command line and against a server's bill."""

import json
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi

DIFF = "diff --git a/{0}.py b/{0}.py\n--- a/{0}.py\n+++ b/{0}.py\n@@ -1 +1 @@\n-a = 1\n+a = {1}\n"


class Pushes:
    """Runs of a merge request's job; each reviews another diff."""

    def __init__(self, api: MessagesApi, folder: Path, budget: str | None) -> None:
        self._api = api
        self._folder = folder
        self._config: tuple[str, ...] = ()
        if budget:  # named, since a job without a repository takes no file of the folder for the rules
            (folder / "rules.toml").write_text(f'pr_budget = "{budget}"\n')
            self._config = ("--config", "rules.toml")
        self._number = 0

    def push(self, *arguments: str) -> CompletedProcess[str]:
        """Run one review."""
        self._number += 1
        job = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_PATH": "group/project"}
        files = "".join(DIFF.format(name, self._number) for name in "abc")
        options = ("--json", "report.json", *self._config, *arguments)
        env = environment(self._api) | job
        return chargehand("review", "-", *options, cwd=self._folder, env=env, stdin=files)

    def report(self) -> dict[str, Any]:  # Any: a JSON report
        """Return the last run's report."""
        found: dict[str, Any] = json.loads((self._folder / "report.json").read_text())  # Any: as above
        return found


def test_pushes_together_never_pass_the_budget_and_the_last_one_is_over_it(tmp_path: Path) -> None:
    budgets, codes = ("0.02", "0.0016"), []
    with MessagesApi() as api:
        for budget in budgets:
            pushes = Pushes(api, tmp_path, budget)
            last = pushes.push("--state", "state.json")
            codes.append(last.returncode)
            assert Decimal(pushes.report()["bill"]["pr"]["spent_usd"]) == api.bill_usd <= Decimal(budget)
    assert codes == [0, 4]
    report = pushes.report()
    assert report["bill"]["calls"] == 0
    assert report["verdict"]["status"] == "over_budget"
    assert "the rest of the pr_budget of $0.0016" in report["verdict"]["reasons"][0]
    assert {cell["reason"] for cell in report["coverage"]} == {"budget"}
    assert any("would be enough" in notice for notice in report["notices"])
    assert report["bill"]["pr"]["budget_usd"] == budget
    assert report["bill"]["pr"]["runs"] == len(codes)
    assert "All runs on merge request 7" in last.stdout


def test_a_state_file_alone_counts_and_stops_nothing(tmp_path: Path) -> None:
    with MessagesApi() as api:
        pushes = Pushes(api, tmp_path, None)
        assert [pushes.push("--state", "state.json").returncode for _ in range(2)] == [0, 0]
        counted = pushes.report()["bill"]["pr"]
        assert (counted["runs"], Decimal(counted["spent_usd"])) == (2, api.bill_usd)
        assert counted["budget_usd"] is None


@pytest.mark.parametrize("flag", ["--offline", "--replay=recording.jsonl"])
def test_where_nothing_is_paid_a_state_file_is_refused_and_a_budget_is_no_hindrance(
    tmp_path: Path, flag: str
) -> None:
    with MessagesApi() as api:
        pushes = Pushes(api, tmp_path, "1")
        refused = pushes.push("--state", "state.json", flag)
        assert refused.returncode == 2
        assert "--state counts what is paid" in refused.stderr
        assert pushes.push("--offline").returncode == 0


def test_a_budget_without_a_state_file_bounds_the_run_and_says_so(tmp_path: Path) -> None:
    with MessagesApi() as api:
        pushes = Pushes(api, tmp_path, "0.002")
        assert pushes.push().returncode == 4
        assert api.bill_usd <= Decimal("0.002")
    report = pushes.report()
    assert (report["bill"]["cap_usd"], report["bill"]["cap_from"], report["bill"]["pr"]) == (
        "0.002",
        "pr_budget",
        None,
    )
    assert report["verdict"]["reasons"][0].startswith("the pr_budget of $0.002 left ")
    assert any("bounds this run by itself" in notice for notice in report["notices"])


def test_a_damaged_state_file_spends_nothing(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with MessagesApi() as api:
        done = Pushes(api, tmp_path, "1").push("--state", "state.json")
        assert done.returncode == 2
        assert "damaged" in done.stderr
        assert api.calls == ()
