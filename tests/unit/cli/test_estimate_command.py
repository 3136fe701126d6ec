import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from chargehand.core.fleets import FLEETS
from tests.command import chargehand, environment
from tests.messages_api import MessagesApi
from tests.test_promises import LISTING
from tests.unit.llm.fake_api import error, serving

CHANGED = "".join(f"-old_{n} = {n}\n+new_{n} = {n}\n" for n in range(60))
DIFF = f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,60 +1,60 @@\n{CHANGED}"


def run(
    environ: Mapping[str, str],
    folder: Path,
    *arguments: str,
    stdin: str = DIFF,
) -> subprocess.CompletedProcess[str]:
    return chargehand(*arguments, cwd=folder, env=environ, stdin=stdin)


def test_an_estimate_takes_no_key_and_sends_nothing(tmp_path: Path) -> None:
    with MessagesApi() as api:
        environ = {name: value for name, value in environment(api).items() if name != "ANTHROPIC_API_KEY"}
        done = run(environ, tmp_path, "estimate", "-", "--fleet", "4", "--depth", "deep")
        assert api.log == ()
    assert done.stdout.count("Depth deep. Expected at each (--depth): quick $0.0") == 2
    first, second, *_ = (line for line in done.stdout.splitlines() if line.startswith("Fleet"))
    assert first.startswith("Fleet 4 (configured): claude-opus-4-7")
    assert second.startswith("Fleet 5: claude-opus-5-5")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_estimate_is_made_without_the_sdk(tmp_path: Path) -> None:
    with MessagesApi() as api:
        command = [sys.executable, "-c", LISTING, "estimate", "-"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(api),
            input=DIFF,
            capture_output=True,
            text=True,
            check=True,
        )
    modules = done.stderr.split()
    assert "chargehand.budget.estimate" in modules
    assert "anthropic" not in modules


def test_own_models_are_estimated_beside_the_fleets(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[models]\nworker = "claude-sonnet-5-5"\n')
    with MessagesApi() as api:
        done = run(environment(api), tmp_path, "estimate", "-", "--json", "--config", "own.toml")
    estimates = json.loads(done.stdout)["estimates"]
    assert [(each["fleet"], each["models"]["worker"]) for each in estimates] == [
        ("5", "claude-sonnet-5-5"),
        *((fleet.name, fleet.worker) for fleet in FLEETS.values()),
    ]


def test_exact_has_every_prompt_counted_and_no_model_asked(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(environment(api), tmp_path, "estimate", "-", "--exact", "--json")
        assert {record.route for record in api.log} == {"/v1/messages/count_tokens"}
        assert api.bill_usd == 0
        counted = json.loads(done.stdout)["estimates"][0]
        run(environment(api), tmp_path, "review", "-", "--json", "report.json")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert counted["is_counted"]
    assert counted["low"]["by_role"]["worker"]["tokens_in"] == report["bill"]["tokens"]["input_tokens"]


def test_a_server_that_does_not_count_leaves_a_guess_and_it_says_so(tmp_path: Path) -> None:
    with MessagesApi() as api, serving(error(404), error(404)) as server:
        environ = environment(api) | {"ANTHROPIC_BASE_URL": server.url}
        done = run(environ, tmp_path, "estimate", "-", "--exact")
    assert "guessed, not counted: the server does not count tokens" in done.stderr
    assert done.stdout.count("Tokens in: guessed") == len(FLEETS)
    assert done.returncode == 0


def test_nothing_to_review_costs_nothing_and_passes(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(environment(api), tmp_path, "estimate", "-", stdin="")
    assert (done.returncode, done.stdout) == (0, "nothing to review, so there is nothing to pay\n")


def test_a_review_carries_the_estimate_that_the_command_makes(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(environment(api), tmp_path, "estimate", "-", "--json")
        reviewed = run(environment(api), tmp_path, "review", "-", "--json", "report.json")
    expected = json.loads(done.stdout)["estimates"][0]["expected"]["total_usd"]
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["bill"]["estimate_usd"] == expected
    assert f"estimated ${Decimal(expected):.4f}" in reviewed.stdout


def test_what_an_earlier_run_has_read_is_left_out_as_a_review_does(tmp_path: Path) -> None:
    other = DIFF.replace("a.py", "b.py")
    with MessagesApi() as api:
        environ = environment(api)
        run(environ, tmp_path, "review", "-", "--cache", "kept")
        done = run(environ, tmp_path, "estimate", "-", "--cache", "kept", "--json", stdin=DIFF + other)
        table = run(environ, tmp_path, "estimate", "-", "--cache", "kept", stdin=DIFF + other)
        run(environ, tmp_path, "review", "-", "--cache", "kept", "--json", "r.json", stdin=DIFF + other)
        nothing = run(environ, tmp_path, "estimate", "-", "--cache", "kept", "--json", stdin=DIFF + other)
    configured, unread, *_ = json.loads(done.stdout)["estimates"]
    assert (configured["known"], unread["known"]) == (5, 0)
    assert "Left out, since the cache has them: 5 answers" in table.stdout
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["bill"]["estimate_usd"] == configured["expected"]["total_usd"]
    assert json.loads(nothing.stdout)["estimates"][0]["high"]["calls"] == 0


def test_an_estimate_makes_no_cache(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(environment(api), tmp_path, "estimate", "-", "--cache", "kept")
    assert done.returncode == 0
    assert not (tmp_path / "kept").exists()


def test_an_estimate_with_a_batch_is_that_of_a_review_with_one(tmp_path: Path) -> None:
    with MessagesApi() as api:
        plain = run(environment(api), tmp_path, "estimate", "-", "--json")
        done = run(environment(api), tmp_path, "estimate", "-", "--batch", "--json")
        table = run(environment(api), tmp_path, "estimate", "-", "--batch")
        run(environment(api), tmp_path, "review", "-", "--batch", "--json", "report.json")
    batch, one_by_one = (json.loads(each.stdout)["estimates"][0] for each in (done, plain))
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["bill"]["estimate_usd"] == batch["expected"]["total_usd"]
    assert Decimal(batch["low"]["total_usd"]) == Decimal(one_by_one["low"]["total_usd"]) / 2
    assert batch["smallest_cap_usd"] == one_by_one["smallest_cap_usd"]
    assert "The workers answer in a batch" in table.stdout


def test_a_cap_too_small_for_any_task_is_said_before_anything_is_spent(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(
            environment(api), tmp_path, "review", "-", "--max-spend", "0.0001", "--json", "report.json"
        )
        assert api.log == ()
    assert done.returncode == 2
    assert "the cap of $0.0001 (max_spend) is too small" in done.stderr
    assert json.loads((tmp_path / "report.json").read_text())["verdict"]["status"] == "error"
