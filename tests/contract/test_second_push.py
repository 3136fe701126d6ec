"""What a second push costs with `--cache`, by the server's own bill, and who may fill the cache."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.cli.main import commands
from chargehand.core.fleets import FLEETS
from chargehand.core.models import capabilities
from chargehand.lenses import BUILT_IN_LENSES
from chargehand.llm.cache.store import FOLDER
from tests.command import chargehand, environment, start
from tests.messages_api import MessagesApi, Script

Json = dict[str, Any]  # Any: JSON
FILES = 10
COMMAND = ("review", "change.diff", "--json", "report.json", "--fail-on", "never")
MESSAGE = (
    "With an empty list the loop never runs, and the value of the call before is returned as if it were new. "
    "A caller that tries again after a failure then writes the same record twice."
)


class Run(NamedTuple):
    """One run of the command: the server's bill, who was asked, and the JSON report."""

    bill_usd: Decimal
    asked: tuple[str, ...]
    report: Json


def change(lines: int, *touched: int) -> str:
    """Return a diff of ten files, so many lines added to each; a push after it touches some of them."""
    return "".join(_file(number, lines, is_touched=number in touched) for number in range(FILES))


def _file(number: int, lines: int, *, is_touched: bool) -> str:
    added = [_line(number, line) for line in range(lines)]
    added += [f"touched_{number} = again(record) or default_of(record)"] if is_touched else []
    body = "".join(f"+    {line}\n" for line in added)
    path = f"src/module_{number}.py"
    return (
        f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
        f"@@ -1,3 +1,{3 + len(added)} @@ def total(record):\n import os\n import re\n import sys\n{body}"
    )


def _line(number: int, line: int) -> str:
    return f"value_{number}_{line} = compute(record[{line}], factor={number}) or default_of(record)"


def claim(lens: str, number: int, quote: str) -> Json:
    return {
        "rule": f"{lens}/other",
        "severity": "medium",
        "confidence": "high",
        "file": f"src/module_{number}.py",
        "line": 4,
        "quote": quote,
        "title": f"The {lens} of module {number} fails for an empty list: {quote[:9]}",
        "message": MESSAGE,
    }


def script(*security: Json) -> Script:
    """Return a server's script: each lens has a claim on a file of its own, and the first is dismissed.

    `security` are other claims of this lens in place of its one.
    """
    said = [claim(lens, number, _line(number, 0)) for number, lens in enumerate(BUILT_IN_LENSES)]
    dismissed = {"claim": said[0]["title"], "action": "dismiss", "severity": "medium", "reason": "Checked."}
    return Script.of(
        [
            *([{"role": "worker", "lens": "security", "reply": {"claims": security}}] if security else []),
            *(
                {"role": "worker", "lens": lens, "reply": {"claims": [each]}}
                for lens, each in zip(BUILT_IN_LENSES, said, strict=True)
            ),
            {
                "role": "judge",
                "reply": {
                    "summary": "Two findings have one cause: fix the first. " * 4,
                    "rulings": [dismissed],
                },
            },
        ]
    )


Review = Callable[..., Run]


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Give a function that reviews a diff, in this process and an empty folder.

    Every run has a server of its own, and so finds no prefix in the provider's cache.
    """

    def run(diff: str, *arguments: str, answers: Script | None = None, key: str = "key") -> Run:
        (tmp_path / ".chargehand.toml").write_text('[checks]\ndisabled = ["untested-code"]\n')
        (tmp_path / "change.diff").write_text(diff)
        with MessagesApi(script=answers or script(), key=key) as api, monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            settings = environment(api)
            for name in os.environ.keys() - settings.keys():
                patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(name, value)
            code = commands.main([*COMMAND, *arguments], standalone_mode=False)
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert code == 0, report["verdict"]
        assert Decimal(report["bill"]["total_usd"]) == api.bill_usd
        return Run(api.bill_usd, tuple(call.role or "" for call in api.calls), report)

    return run


def run(
    api: MessagesApi, folder: Path, *arguments: str, command: Sequence[str] = COMMAND
) -> subprocess.CompletedProcess[str]:
    """Run a review in a process of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "change.diff").write_text(change(10))
    return chargehand(*command, *arguments, cwd=folder, env=environment(api))


def refused(folder: Path, *arguments: str, command: Sequence[str] = COMMAND) -> str:
    """Run a review that must end with a message and exit code 2, and ask nobody."""
    with MessagesApi(script=script()) as api:
        done = run(api, folder, *arguments, command=command)
        assert api.log == ()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def titles(findings: Sequence[Json]) -> list[str]:
    return [each["title"] for each in findings]


@pytest.mark.parametrize(
    ("fleet", "lines", "ratio", "readers"),
    [
        ("5", 10, "0.17", len(BUILT_IN_LENSES)),
        ("5", 200, "0.16", len(BUILT_IN_LENSES)),
        ("4", 200, "0.16", len(BUILT_IN_LENSES)),
        ("4", 40, "0.23", 1),
    ],
    ids=str,
)
def test_a_push_that_touches_one_file_of_ten_costs_a_fraction_of_the_first(
    review: Review, fleet: str, lines: int, ratio: str, readers: int
) -> None:
    options = ("--fleet", fleet, "--cache", "cache")
    focus_lines = capabilities(FLEETS[fleet].worker).focus_lines
    plain = review(change(lines), "--fleet", fleet)
    first = review(change(lines), *options)
    clean = review(change(lines, 9), *options)
    claimed = review(change(lines, 0), *options)
    assert first.bill_usd == plain.bill_usd
    for second in (clean, claimed):
        assert second.asked == ("worker",) * readers * ceil(lines / focus_lines)
        assert second.bill_usd <= Decimal(ratio) * first.bill_usd
        assert titles(second.report["findings"]) == titles(first.report["findings"])
        assert titles(second.report["dismissed"]) == titles(first.report["dismissed"])
        assert second.report["summary"] == first.report["summary"] != ""


def test_what_is_left_to_read_is_read_in_one_call_if_nothing_of_it_could_be_cached(review: Review) -> None:
    def pushed(*touched: int) -> Run:
        new = claim(
            "correctness", touched[-1], f"touched_{touched[-1]} = again(record) or default_of(record)"
        )
        answers = Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": [new]}}])
        return review(change(40, *touched), "--fleet", "4", "--cache", "cache", answers=answers)

    review(change(40), "--fleet", "4", "--cache", "cache")
    second, third, again = pushed(5), pushed(5, 6), pushed(5, 6)
    assert (second.asked, third.asked, again.asked) == (("worker",), ("worker", "judge"), ())
    for each, new in ((second, 1), (third, 2), (again, 2)):
        said = titles(each.report["findings"])
        assert len(said) == len(set(said)) == len(BUILT_IN_LENSES) - 1 + new
        cells = [(cell["path"], cell["lens"], cell["outcome"]) for cell in each.report["coverage"]]
        assert len(cells) == len(set(cells)) == FILES * len(BUILT_IN_LENSES)
        assert {outcome for *_, outcome in cells} == {"reviewed"}
    assert any("in one call" in notice for notice in second.report["notices"])
    assert not any("in one call" in notice for notice in again.report["notices"])
    estimated = Decimal(second.report["bill"]["estimate_usd"])
    assert Decimal("0.7") * second.bill_usd < estimated < Decimal("1.5") * second.bill_usd


def test_the_same_push_again_costs_nothing_and_asks_nobody(review: Review) -> None:
    first = review(change(10), "--cache", "cache")
    again = review(change(10), "--cache", "cache", "--threads", "1")
    assert again.asked == ()
    assert again.bill_usd == 0
    assert again.report["bill"]["cached_calls"] == FILES * len(BUILT_IN_LENSES) + 1
    marked = [*again.report["findings"], *again.report["dismissed"], *again.report["coverage"]]
    assert all(each.pop("is_cached") for each in marked)
    unmarked = [*first.report["findings"], *first.report["dismissed"], *first.report["coverage"]]
    assert not any(each.pop("is_cached") for each in unmarked)
    assert marked == unmarked
    assert {(call["outcome"], call["cost_usd"]) for call in again.report["calls"]} == {("cached", "0")}


def test_a_new_claim_that_is_alone_and_mild_needs_no_judge_and_the_report_says_so(review: Review) -> None:
    first = review(change(10), "--cache", "cache")
    new = claim("security", 1, "touched_1 = again(record) or default_of(record)")
    old = claim("security", 1, _line(1, 0))
    second = review(change(10, 1), "--cache", "cache", answers=script(old, new))
    assert second.asked == ("worker",) * len(BUILT_IN_LENSES)
    (unjudged,) = [each for each in second.report["findings"] if each["judged_by"] is None]
    assert unjudged["title"] == new["title"]
    assert any("One claim was not judged" in notice for notice in second.report["notices"])
    assert second.report["gaps"] == []
    assert second.report["summary"] == first.report["summary"]


def test_only_new_claims_are_judged(review: Review) -> None:
    first = review(change(10), "--cache", "cache")
    new = claim("security", 1, "touched_1 = again(record) or default_of(record)")
    more = {**claim("tests", 1, "touched_1 = again(record) or default_of(record)"), "message": "No case."}
    old = claim("security", 1, _line(1, 0))
    second = review(change(10, 1), "--cache", "cache", answers=script(old, new, more))
    assert second.asked == ("worker",) * len(BUILT_IN_LENSES) + ("judge",)
    assert [call["role"] for call in second.report["calls"] if call["cost_usd"] != "0"][-1] == "triage"
    assert sorted(titles(second.report["findings"])) == sorted(
        [*titles(first.report["findings"]), new["title"], more["title"]]
    )
    assert titles(second.report["dismissed"]) == titles(first.report["dismissed"])
    fresh = [each["title"] for each in second.report["findings"] if not each["is_cached"]]
    assert sorted(fresh) == sorted([old["title"], new["title"], more["title"]])
    assert second.bill_usd < Decimal("0.8") * first.bill_usd


def test_a_fixed_finding_is_gone_and_the_others_need_no_judge(review: Review) -> None:
    review(change(10), "--cache", "cache")
    fixed = change(10).replace(_line(1, 0), "value_1_0 = compute_safely(record)")
    answers = Script.of([])
    second = review(fixed, "--cache", "cache", answers=answers)
    assert "judge" not in second.asked
    assert len(second.report["findings"]) == len(BUILT_IN_LENSES) - 2
    assert second.report["summary"] == ""
    assert any("summary" in notice for notice in second.report["notices"])


def test_an_interrupted_run_is_taken_up_where_it_ended(review: Review, tmp_path: Path) -> None:
    (tmp_path / "change.diff").write_text(change(10))
    options = ("--cache", "cache", "--threads", "1")
    with MessagesApi(script=script(), delay_s=0.2, key="key") as api:
        with start(*COMMAND, *options, cwd=tmp_path, env=environment(api)) as running:
            deadline = time.monotonic() + 30
            while len(api.calls) < 2 and time.monotonic() < deadline:
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            ended = running.ended()
        done = len([call for call in api.calls if call.status == 200])
    assert ended.returncode == 130
    assert 2 <= done < len(BUILT_IN_LENSES)
    rest = review(change(10), *options)
    assert rest.asked == ("worker",) * (len(BUILT_IN_LENSES) - done) + ("judge",)
    assert rest.report["verdict"]["status"] == "passed"


def test_answers_that_were_sealed_with_another_key_count_for_nothing(review: Review) -> None:
    review(change(10), "--cache", "cache", key="the key of somebody else")
    first = review(change(10), "--cache", "cache")
    assert len(first.asked) == len(BUILT_IN_LENSES) + 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_cache_is_for_its_owner_alone(review: Review, tmp_path: Path) -> None:
    review(change(10), "--cache", "deep/cache")
    store = tmp_path / "deep" / "cache" / FOLDER
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    entries = list(store.glob("*.json"))
    assert entries
    assert {stat.S_IMODE(path.stat().st_mode) for path in entries} == {0o600}


@pytest.mark.parametrize("spoil", ["torn", "emptied", "swapped"])
def test_damaged_entries_are_paid_for_again_and_never_believed(
    review: Review, tmp_path: Path, spoil: str
) -> None:
    first = review(change(10), "--cache", "cache")
    entries = sorted((tmp_path / "cache" / FOLDER).glob("*.json"))
    texts = [path.read_bytes() for path in entries]
    for path, text, other in zip(entries, texts, texts[1:] + texts[:1], strict=True):
        path.write_bytes({"torn": text[: len(text) // 2], "emptied": b"", "swapped": other}[spoil])
    again = review(change(10), "--cache", "cache")
    assert again.bill_usd == first.bill_usd
    assert titles(again.report["findings"]) == titles(first.report["findings"])


def test_a_cache_that_cannot_be_is_known_before_money_is_spent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be written" in refused(tmp_path, "--cache", "file")


def test_scripted_answers_never_reach_the_cache(tmp_path: Path) -> None:
    assert "does not go with --replay" in refused(tmp_path, "--cache", "cache", "--replay", "x.jsonl")
    assert not (tmp_path / "cache").exists()


def test_a_run_without_models_leaves_the_cache_alone(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = run(api, tmp_path, "--offline", "--cache", "cache")
    assert done.returncode == 0
    assert not (tmp_path / "cache").exists()


def test_a_change_that_brings_a_cache_along_is_not_reviewed_with_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    entry = tmp_path / "ci" / "cache" / FOLDER / f"{'0' * 64}.json"
    entry.parent.mkdir(parents=True)
    entry.write_text("{}")
    git(tmp_path, "add", "-f", ".")
    told = refused(tmp_path / "ci", "--cache", "cache", command=("review", "--staged"))
    assert "outside of the checkout" in told


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environ, check=True, capture_output=True)


def test_a_recording_holds_what_was_asked(review: Review, tmp_path: Path) -> None:
    review(change(10), "--cache", "cache")
    review(change(10, 9), "--cache", "cache", "--record", "recording.jsonl")
    entries = (tmp_path / "recording.jsonl").read_text("utf-8").splitlines()[1:]
    assert len(entries) == len(BUILT_IN_LENSES)
