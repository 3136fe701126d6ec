"""`--batch` against a server that runs batches: what it costs, what falls back, and what is picked up."""

import json
import random
import signal
import sys
import time
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from chargehand.cli.main import commands
from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Reviewed, Skipped
from chargehand.core.usage import Call, Role
from chargehand.cost.prices import Prices
from chargehand.llm.batch.requests import Limits, Requests
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.batch.state_file import BatchFile
from chargehand.llm.chain import build_chain
from chargehand.llm.provider.batch_response import BatchProgress
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch
from tests.command import chargehand, environment, start
from tests.messages_api import Fault, FaultKind, MessagesApi, Rule, Script, some_fail
from tests.unit.crew import LENSES, diff_of

FILES = ("a.py", "b.py", "c.py")
PLANNING = Planning(orchestrator="x", small_files=50, small_lines=900, chunk_tokens=300, measure=len)
CREW = Crew(fleet=FLEETS["5"], lenses=LENSES, threads=4)
TASKS = 6


class Clock:
    """The server's clock; sleeping moves it, and interrupts the run when it was done too often."""

    def __init__(self, naps: float = 1e9) -> None:
        self.now_s = 1_000_000.0
        self.naps = naps
        self.cancellation = Cancellation()

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.naps -= 1
        if self.naps < 0:
            self.cancellation.cancel(INTERRUPTED)
        self.now_s += seconds


class Silent(Claude):
    """A provider that says nothing more of a batch, so that whoever interrupts the run waits in vain."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # Any: those of Claude
        super().__init__(*arguments, **options)
        self.cancellation = Cancellation()
        self.is_over = Event()

    def batch_progress(self, batch_id: str, requests: Requests) -> BatchProgress:
        self.cancellation.grace_s = 0.2
        self.cancellation.cancel(INTERRUPTED)
        self.is_over.wait(30)
        return super().batch_progress(batch_id, requests)


class Ran(NamedTuple):
    asked: Asked
    said: str
    committed_usd: Decimal


def review(
    api: MessagesApi,
    path: Path,
    clock: Clock | None = None,
    *,
    cap: Decimal | None = None,
    files: tuple[str, ...] = FILES,
    is_batch: bool = True,
    client: type[Claude] = Claude,
    **limits: Any,  # Any: fields of Limits
) -> Ran:
    clock = clock or Clock()
    stream = StringIO()
    progress = Progress(stream, verbosity=1)
    with client(10, api_key=api.key, base_url=api.url) as claude:
        chain = build_chain(claude, Prices(), cap, on_call=progress.called, sleep=lambda _seconds: None)
        clock.cancellation = chain.cancellation
        if isinstance(claude, Silent):
            claude.cancellation = chain.cancellation
        run = BatchRun(
            claude,
            BatchFile(path, "secret"),
            say=progress.say,
            pause=clock.sleep,
            clock=clock,
            limits=Limits(**limits),
        )
        brief = Brief(diff=diff_of(*files, lines=9), crew=CREW, planning=PLANNING)
        batch = run if is_batch else None
        asked = ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache(), batch))
        if isinstance(claude, Silent):
            claude.is_over.set()
    return Ran(asked, stream.getvalue(), chain.ledger.committed_usd)


def cost(calls: tuple[Call, ...]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


def creations(api: MessagesApi) -> int:
    return sum(record.route == "/v1/messages/batches" and record.custom_id is None for record in api.log)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "batch.json"


def test_workers_cost_exactly_half_and_the_bill_is_the_servers(path: Path) -> None:
    with MessagesApi() as api:
        plain = review(api, path, is_batch=False)
        assert cost(plain.asked.calls) == api.bill_usd
    clock = Clock()
    with MessagesApi(clock=clock, batch_s=100) as api:
        ran = review(api, path, clock)
        assert cost(ran.asked.calls) == api.bill_usd == cost(plain.asked.calls) / 2 > 0
        assert len(api.calls) == TASKS == len(ran.asked.outcomes)
        assert all(record.custom_id for record in api.calls)
    assert all(isinstance(outcome, Reviewed) for outcome in ran.asked.outcomes)
    assert {call.usage.service_tier for call in ran.asked.calls if call.usage} == {"batch"}
    assert all(call.request_id and call.request_id.startswith("msgbatch_") for call in ran.asked.calls)
    (notice,) = ran.asked.notices
    assert "msgbatch_000001" in notice
    assert f"saved ${api.bill_usd:.4f}" in notice
    assert not path.exists()


def test_every_result_reaches_its_own_task(path: Path) -> None:
    rules = [
        Rule(role="worker", contains=(f"{name} line 1",), reply={"claims": [
            {"file": name, "line": 1, "quote": f"{name} line 1", "rule": "correctness/other",
             "severity": "high", "confidence": "high", "title": f"In {name}", "message": "Wrong."}]})
        for name in FILES
    ]  # fmt: skip
    with MessagesApi(script=Script(rules)) as api:
        ran = review(api, path)
    for outcome in ran.asked.outcomes:
        assert isinstance(outcome, Reviewed)
        assert [claim.path for claim in outcome.claims] == list(outcome.task.chunk.paths)


def test_what_errs_or_expires_is_asked_again_one_by_one(path: Path) -> None:
    faults = [
        Fault(FaultKind.OVERLOADED, nth=1),
        Fault(FaultKind.TIMEOUT, nth=2, billed=False),
    ]
    with MessagesApi(faults=faults) as api:
        ran = review(api, path)
        single = [record for record in api.calls if record.custom_id is None]
        assert len(single) == 2
        assert cost(ran.asked.calls) == api.bill_usd
    assert all(isinstance(outcome, Reviewed) for outcome in ran.asked.outcomes)
    assert Counter(call.outcome for call in ran.asked.calls) == {
        "answered": TASKS,
        "overloaded": 1,
        "timeout": 1,
    }
    assert "2 of them had no answer" in ran.asked.notices[-1]


def test_an_unusable_answer_has_the_same_remedy_as_ever(path: Path) -> None:
    faults = [
        Fault(FaultKind.GARBAGE, nth=1),
        Fault(FaultKind.TRUNCATED, nth=2),
        Fault(FaultKind.REFUSED, nth=3),
    ]
    with MessagesApi(faults=faults) as api:
        ran = review(api, path)
        assert cost(ran.asked.calls) == api.bill_usd
    assert all(isinstance(outcome, Reviewed) for outcome in ran.asked.outcomes)
    assert Counter(call.outcome for call in ran.asked.calls if call.role is Role.WORKER) == {
        "answered": TASKS - 1,
        "invalid": 1,
        "truncated": 1,
        "refused": 1,
    }
    assert sum(call.role is Role.ESCALATION for call in ran.asked.calls) == 1


def test_what_the_batch_answered_is_taken_although_all_before_it_was_of_no_use(path: Path) -> None:
    files = tuple(f"{name}.py" for name in "abcdefghij")
    faults = [Fault(FaultKind.TRUNCATED, role="worker", contains=name) for name in files[:-1]]
    with MessagesApi(faults=faults) as api:
        ran = review(api, path, files=files)
    read = [outcome.task.paths for outcome in ran.asked.outcomes if isinstance(outcome, Reviewed)]
    assert read == [files[-1:]] * len(LENSES)


def test_an_interrupted_run_is_picked_up_and_paid_once(path: Path) -> None:
    clock = Clock(naps=3)
    with MessagesApi(clock=clock, batch_s=3600) as api:
        first = review(api, path, clock)
        assert first.asked.is_interrupted
        assert {outcome.reason for outcome in first.asked.outcomes if isinstance(outcome, Skipped)} == {
            "interrupted"
        }
        assert first.asked.calls == ()
        assert str(path) in first.asked.notices[-1]
        assert path.stat().st_mode & 0o777 == 0o600
        clock.naps = 1e9
        second = review(api, path, clock)
        assert cost(second.asked.calls) == api.bill_usd > 0
        assert len(api.calls) == TASKS
        assert creations(api) == 1
    assert all(isinstance(outcome, Reviewed) for outcome in second.asked.outcomes)
    assert "picked up" in second.said
    assert not path.exists()


def test_a_run_that_cannot_wait_for_the_provider_leaves_the_cost_to_the_run_that_picks_it_up(
    path: Path,
) -> None:
    with MessagesApi() as api:
        first = review(api, path, client=Silent)
        assert first.asked.is_interrupted
        assert first.asked.calls == ()
        assert first.committed_usd == 0
        assert str(path) in first.asked.notices[-1]
        second = review(api, path)
        assert second.committed_usd == cost(second.asked.calls) == api.bill_usd > 0
        assert creations(api) == 1


def test_the_state_of_another_change_is_refused_and_nothing_is_asked(path: Path) -> None:
    clock = Clock(naps=1)
    with MessagesApi(clock=clock, batch_s=3600) as api:
        review(api, path, clock)
        before = len(api.log)
        with pytest.raises(InputError, match="msgbatch_000001, sent for another change"):
            review(api, path, files=("a.py", "d.py"))
        assert len(api.log) == before
    assert path.exists()


def test_what_does_not_fit_under_the_cap_is_not_sent(path: Path) -> None:
    cap = Decimal("0.006")
    with MessagesApi() as api:
        ran = review(api, path, cap=cap)
        assert api.bill_usd <= cap
        assert 0 < len(api.calls) < TASKS
        sent = len(api.calls)
    skipped = [outcome for outcome in ran.asked.outcomes if isinstance(outcome, Skipped)]
    assert {outcome.reason for outcome in skipped} == {"budget"}
    assert list(ran.asked.outcomes[sent:]) == skipped


def test_a_server_without_batches_stops_the_run_with_a_word_of_why(path: Path) -> None:
    with MessagesApi() as api, Claude(10, api_key=api.key, base_url=f"{api.url}/nowhere") as claude:
        chain = build_chain(claude, Prices())
        run = BatchRun(claude, BatchFile(path, ""))
        brief = Brief(diff=diff_of(*FILES), crew=CREW, planning=PLANNING)
        asked = ask_models(brief, Session(chain, Progress(StringIO()), Stopwatch(), ReplyCache(), run))
    (reason,) = {outcome.reason for outcome in asked.outcomes if isinstance(outcome, Skipped)}
    assert reason.startswith("provider: The workers did not run: the server runs no message batches")
    assert asked.calls == ()
    assert not path.exists()


def test_many_prompts_are_spread_over_several_batches(path: Path) -> None:
    with MessagesApi() as api:
        ran = review(api, path, requests=4)
        assert creations(api) == 2
        assert cost(ran.asked.calls) == api.bill_usd
    assert all(isinstance(outcome, Reviewed) for outcome in ran.asked.outcomes)
    assert "batches msgbatch_000001, msgbatch_000002" in ran.asked.notices[-1]


DIFF = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,2 +1,3 @@
 import os
+print(os.environ)
 x = 1
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_command_that_is_cut_off_leaves_its_batch_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "change.diff").write_text(DIFF)
    state = tmp_path / "chargehand-batch.json"
    clock = Clock()
    command = ("review", "change.diff", "--batch", "--json", "-")
    with MessagesApi(clock=clock, batch_s=3600) as api:
        with start(*command, cwd=tmp_path, env=environment(api)) as running:
            deadline = time.monotonic() + 30
            while not state.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            first = running.ended()
        assert first.returncode == 130
        assert state.name in first.stderr
        assert {each["reason"] for each in json.loads(first.stdout)["coverage"]} == {"interrupted"}
        clock.now_s += 3600
        second = chargehand(*command, cwd=tmp_path, env=environment(api))
        assert second.returncode == 0, second.stderr
        bill = json.loads(second.stdout)["bill"]
        assert Decimal(str(bill["total_usd"])) == api.bill_usd > 0
        assert creations(api) == 1
        assert len(api.calls) == bill["calls"]
    assert not state.exists()


@pytest.mark.parametrize(
    "options",
    [("--offline",), ("--replay", "replies.jsonl"), ("--record", "replies.jsonl")],
    ids=lambda options: options[0],
)
def test_a_batch_does_not_go_with_what_asks_nobody_or_records(options: tuple[str, ...]) -> None:
    done = CliRunner().invoke(commands, ["review", "--batch", *options])
    assert done.exit_code == 2
    assert "--batch does not go with" in done.output


def test_a_place_for_the_state_is_of_no_use_without_a_batch() -> None:
    done = CliRunner().invoke(commands, ["review", "--batch-state", "x.json"])
    assert done.exit_code == 2
    assert "it needs --batch" in done.output


@pytest.mark.parametrize("seed", range(6))
def test_the_servers_bill_never_passes_the_cap_whatever_happens_in_a_batch(path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    cap = Decimal(chance.choice(["0.004", "0.006", "0.02"]))
    kinds = [
        FaultKind.GARBAGE,
        FaultKind.TRUNCATED,
        FaultKind.REFUSED,
        FaultKind.OVERLOADED,
        FaultKind.TIMEOUT,
        FaultKind.RATE_LIMITED,
    ]
    faults = [Fault(fault.kind, p=fault.p, seed=seed, hang_s=0.1) for fault in some_fail(0.6, kinds, seed)]
    geo = chance.choice(["global", "us"])
    with MessagesApi(faults=faults, workspace_geo=geo) as api:
        ran = review(api, path, cap=cap, requests=chance.choice([2, 100]))
        assert api.bill_usd <= cost(ran.asked.calls) <= cap
    assert len(ran.asked.outcomes) == TASKS
