"""One review that is told to stop at a moment drawn from its number, and the one that takes it up."""

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft4Validator, Draft202012Validator

from benchmarks.child import change, claims, environ, review
from chargehand.core.cancellation import GRACE_S
from tests.messages_api import MessagesApi, Record, Script
from tests.messages_api.prompt import material
from tests.messages_api.wire import Json

FILES, LINES = 40, 120
DELAYS_S = {"plan": 0.5, "worker": 0.7, "judge": 0.7}
# More than calls in flight are given to end.
SLOW_LENS, SLOW_S = "style", 9.0
# How long after the judge's answer a signal may come that is meant for the writing of the reports.
WRITING_S = 0.15
SECOND_AFTER_S = 1.0
# To a process that has not yet seen the first, two signals are one.
PAUSE_S = 0.1
# Longer than calls in flight are given, by what it takes to judge nothing and to write.
LATEST_END_S, AT_ONCE_S, HUNG_S = 7.0, 1.0, 120.0
# A call that was on its way to the server when the signal came has arrived by then.
AT_LATEST_S = 0.3
OLD = "what an earlier run left here\n"
JOB = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_PATH": "group/project"}
REPORTS = {
    "--json": "report.json",
    "--sarif": "report.sarif",
    "--markdown": "report.md",
    "--codequality": "quality.json",
}
ROOT = Path(__file__).resolve().parent.parent
OURS = Draft202012Validator(
    json.loads(files("chargehand.reports").joinpath("schemas/report.schema.json").read_text())
)
SARIF = Draft4Validator(
    json.loads((ROOT / "tests/contract/schemas/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
)
Cell = tuple[str, str]  # path, lens


@dataclass(frozen=True)
class Draw:
    """What one run is made of; a moment is a share of an undisturbed run, None: when reports are written."""

    seed: int
    signals: tuple[signal.Signals, ...]
    moment: float | None
    writing_s: float
    pause_s: float
    is_slow: bool
    has_old: bool


@dataclass(frozen=True)
class Ended:
    """How one child ended. Times are seconds since the epoch; `signalled_at` has one for each signal sent."""

    exit_code: int | None
    stderr: str
    signalled_at: tuple[float, ...]
    ended_at: float
    log: tuple[Record, ...]


@dataclass
class Seen:
    """What happened; each of `problems` is a promise that was not kept."""

    draw: Draw
    sent: int = 0
    stage: str = ""
    kind: str = ""
    exit_code: int | None = None
    end_s: float = 0.0
    left_over: int = 0
    unknown_usd: Decimal = Decimal(0)
    first_usd: Decimal = Decimal(0)
    again_usd: Decimal = Decimal(0)
    answered: int = 0
    in_flight: int = 0
    begun_after: int = 0
    twice: int = 0
    twice_after_second: int = 0
    problems: list[str] = field(default_factory=list)


def drawn(seed: int) -> Draw:
    """Return the run of this number: of four, two get SIGTERM, one gets it twice, one gets SIGINT."""
    chance = random.Random(seed)
    once, twice = (signal.SIGTERM,), (signal.SIGTERM, signal.SIGTERM)
    return Draw(
        seed=seed,
        signals=(once, once, twice, (signal.SIGINT,))[seed % 4],
        moment=chance.random() if chance.random() < 0.75 else None,
        writing_s=chance.random() * WRITING_S,
        pause_s=PAUSE_S + chance.random() * (SECOND_AFTER_S if chance.random() < 0.5 else PAUSE_S),
        is_slow=chance.random() < 0.25,
        has_old=chance.random() < 0.5,
    )


def undisturbed(folder: Path, *, is_slow: bool) -> tuple[float, Json, Decimal]:
    """Return how long a run takes that nobody stops, its JSON report, and what it costs."""
    started = time.time()
    ended = _run(_prepared(folder, has_old=False), is_slow=is_slow, draw=None, whole_s=0)
    return ended.ended_at - started, json.loads((folder / "report.json").read_text()), _billed(ended.log)


def run_once(draw: Draw, folder: Path, whole_s: float, whole: Json) -> Seen:
    """Stop a review, look at what it left, and have another one take it up."""
    seen = Seen(draw)
    ended = _run(_prepared(folder, has_old=draw.has_old), is_slow=draw.is_slow, draw=draw, whole_s=whole_s)
    _look_at_end(seen, ended)
    _look_at_files(seen, ended, folder, whole)
    again = _run(folder, is_slow=draw.is_slow, draw=None, whole_s=0)
    _look_at_second(seen, again, folder, whole)
    _compare(seen, ended, again)
    return seen


def _prepared(folder: Path, *, has_old: bool) -> Path:
    (folder / "change.diff").write_text(change(FILES, LINES))
    for name in REPORTS.values() if has_old else ():
        (folder / name).write_text(OLD)
    return folder


def _run(folder: Path, *, is_slow: bool, draw: Draw | None, whole_s: float) -> Ended:
    """Start a review and see it end, with the signals of `draw` on its way."""
    judged = threading.Event()
    rules = list(claims(range(0, FILES, 4)))
    for rule in rules:
        if is_slow and rule["lens"] == SLOW_LENS:
            rule["delay_s"] = SLOW_S

    def notice(record: Record) -> None:
        if record.role == "judge":
            judged.set()

    options = [part for pair in REPORTS.items() for part in pair]
    command = review("change.diff", *options, "--cache", "cache", "--state", "state.json", "--quiet")
    with MessagesApi(script=Script.of(rules), delay_s=DELAYS_S, on_record=notice) as api:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environ(api.url, api.key) | JOB,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        sent = tuple(_signal(child, draw, whole_s, judged)) if draw else ()
        try:
            _, stderr = child.communicate(timeout=HUNG_S)
        except subprocess.TimeoutExpired:
            child.kill()
            stderr = child.communicate()[1]
            return Ended(None, stderr, sent, time.time(), api.log)
        ended_at = time.time()
    return Ended(child.returncode, stderr, sent, ended_at, api.log)


def _signal(
    child: "subprocess.Popen[str]", draw: Draw, whole_s: float, judged: threading.Event
) -> Iterator[float]:
    """Send the signals, each at its moment; yield when."""
    if draw.moment is None:
        judged.wait(HUNG_S)
        time.sleep(draw.writing_s)
    else:
        time.sleep(draw.moment * whole_s)
    for nth, each in enumerate(draw.signals):
        time.sleep(draw.pause_s if nth else 0)
        if child.poll() is not None:
            return
        yield time.time()
        os.kill(child.pid, each)


def _look_at_end(seen: Seen, ended: Ended) -> None:
    sent = ended.signalled_at
    seen.sent = len(sent)
    seen.exit_code = ended.exit_code
    seen.stage = _stage(ended)
    seen.end_s = ended.ended_at - sent[-1] if sent else 0.0
    was_untouched = ended.exit_code in [-each for each in seen.draw.signals]
    if ended.exit_code not in (0, 130) and not (was_untouched and seen.stage == "start"):
        seen.problems.append(f"exit code {ended.exit_code} in stage {seen.stage}: {ended.stderr[-300:]!r}")
    if "internal error" in ended.stderr or ("Traceback" in ended.stderr and not was_untouched):
        seen.problems.append(f"a traceback: {ended.stderr[-600:]!r}")
    late = [record for record in ended.log if sent and record.received_at > sent[0] + AT_LATEST_S]
    seen.begun_after = len(late)
    if late:
        seen.problems.append(
            f"{len(late)} calls began {late[0].received_at - sent[0]:.2f} s after the signal"
        )
    limit = LATEST_END_S if len(sent) < 2 else AT_ONCE_S
    if seen.end_s > limit:
        seen.problems.append(f"it took {seen.end_s:.1f} s to end after signal {len(sent)}")


def _stage(ended: Ended) -> str:
    """Return what went on when the first signal came."""
    if not ended.signalled_at:
        return "over"
    before = [record for record in ended.log if record.received_at < ended.signalled_at[0]]
    roles = {record.role for record in before}
    judged = [record for record in before if record.role == "judge"]
    if judged and judged[0].answered_at <= ended.signalled_at[0]:
        return "writing"
    return next((role for role in ("judge", "worker", "plan") if role in roles), "start")


def _look_at_files(seen: Seen, ended: Ended, folder: Path, whole: Json) -> None:
    """Check that each report is as it was before, or whole; and that nothing else is left."""
    kinds = {name: _kind(folder / name, seen) for name in REPORTS.values()}
    seen.kind = next(iter(kinds.values())) if len(set(kinds.values())) == 1 else "some"
    is_hard = seen.sent > 1
    if seen.kind == "some" and not is_hard:
        seen.problems.append(f"some reports were written: {kinds}")
    left = [str(path.relative_to(folder)) for path in folder.rglob("*.tmp")]
    seen.left_over = len(left)
    if left and not is_hard:
        seen.problems.append(f"left over: {left}")
    billed = _billed(ended.log)
    seen.first_usd = billed
    if kinds["report.json"] == "new":
        _look_at_report(seen, json.loads((folder / "report.json").read_text()), billed, whole)
    elif seen.kind == "old" and ended.exit_code == 0:
        seen.problems.append("it ended well and wrote nothing")
    spent = _entered(folder, seen)
    seen.unknown_usd = max(billed - spent, Decimal(0))
    if seen.unknown_usd and not is_hard:
        seen.problems.append(f"the server billed ${billed}, the state file knows of ${spent}")


def _kind(path: Path, seen: Seen) -> str:
    """Return whether a report is `old`, which is as before, or `new`; say so where it is neither."""
    text = path.read_text(encoding="utf-8") if path.exists() else OLD
    if text == OLD:
        return "old"
    try:
        seen.problems += [f"{path.name}: {each}" for each in _objections(path.name, text)]
    except ValueError as error:
        seen.problems.append(f"{path.name} is torn: {error}")
    return "new"


def _objections(name: str, text: str) -> list[str]:
    if name == "report.md":
        is_whole = text.startswith("#") and re.search(r"<sub>chargehand [^<]*</sub>\n\Z", text)
        return [] if is_whole else ["is torn"]
    document = json.loads(text)
    if name == "quality.json":
        return [] if isinstance(document, list) else ["is no array"]
    validator = OURS if name == "report.json" else SARIF
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def _look_at_report(seen: Seen, report: Json, billed: Decimal, whole: Json) -> None:
    cells = _cells(report)
    told = {each["fingerprint"] for each in report["findings"]}
    is_gap = not all(cells.values()) or bool(report["gaps"])
    promises = {
        "a file x lens is absent": cells.keys() == _cells(whole).keys(),
        "it invents findings": told <= {each["fingerprint"] for each in whole["findings"]},
        "a finding is missing where it says reviewed": told
        >= {each["fingerprint"] for each in whole["findings"] if cells.get((each["path"], each["lens"]))},
        "a gap is not said": not is_gap or report["verdict"]["status"] == "incomplete",
        "the exit code is another than the report's": report["verdict"]["exit_code"] == seen.exit_code
        or seen.sent > 1,
        f"the server billed ${billed}": Decimal(report["bill"]["total_usd"]) >= billed,
    }
    seen.problems += [f"report: {promise}" for promise, is_kept in promises.items() if not is_kept]


def _entered(folder: Path, seen: Seen) -> Decimal:
    """Return what the state file has entered in all."""
    path = folder / "state.json"
    if not path.exists():
        return Decimal(0)
    try:
        state = json.loads(path.read_text())
        return sum(
            (Decimal(run["spent_usd"]) for each in state["changes"] for run in each["runs"]), Decimal(0)
        )
    except (ValueError, KeyError) as error:
        seen.problems.append(f"the state file is torn: {error}")
        return Decimal(0)


def _look_at_second(seen: Seen, again: Ended, folder: Path, whole: Json) -> None:
    """Check that the second run ends as one that nobody stopped."""
    seen.again_usd = _billed(again.log)
    if again.exit_code != 0:
        seen.problems.append(f"the second run ended with {again.exit_code}: {again.stderr[-300:]!r}")
        return
    report = json.loads((folder / "report.json").read_text())
    told, wanted = ({each["fingerprint"] for each in each_["findings"]} for each_ in (report, whole))
    if told != wanted or not all(_cells(report).values()):
        seen.problems.append("the second run did not complete the first")


def _compare(seen: Seen, ended: Ended, again: Ended) -> None:
    """Count what had been answered in time and was asked again, and what was in flight at the end."""
    in_time = min([ended.ended_at, *(at + GRACE_S for at in ended.signalled_at[:1])])
    delivered = [record for record in ended.log if record.status == 200 and record.answered_at < in_time]
    seen.answered = len(delivered)
    seen.in_flight = sum(bool(record.cost_usd) for record in ended.log) - len(delivered)
    seconds = [record for record in again.log if record.status == 200]
    cells = {cell for record in seconds for cell in _asked(record)}
    twice = [record for record in delivered if cells.intersection(_asked(record))]
    if seen.sent > 1:
        seen.twice_after_second = len(twice)
    else:
        seen.twice = len(twice)
        seen.problems += [f"paid twice: {_told(record, ended)}" for record in twice]


def _told(record: Record, ended: Ended) -> str:
    after_s = record.answered_at - ended.signalled_at[0] if ended.signalled_at else 0.0
    to_end_s = ended.ended_at - record.answered_at
    return f"{record.role} {record.lens}, {after_s:.2f} s after the signal, {to_end_s:.2f} s before the end"


def _asked(record: Record) -> set[Cell]:
    """Return what a request is about: files under a lens, or for plan and judge its own text."""
    text = material(record.request)
    if record.role != "worker":
        return {(text, str(record.role))}
    return {(path, str(record.lens)) for path in re.findall(r"src/module_\d+\.py", text)}


def _cells(report: Json) -> dict[Cell, bool]:
    return {(cell["path"], cell["lens"]): cell["outcome"] == "reviewed" for cell in report["coverage"]}


def _billed(log: tuple[Record, ...]) -> Decimal:
    return sum((record.cost_usd for record in log), Decimal(0))
