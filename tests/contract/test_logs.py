"""What a run tells of itself: each call where that is asked for, the key and the diff never."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from chargehand.cli.main import commands
from chargehand.lenses import BUILT_IN_LENSES
from tests.command import chargehand, environment
from tests.messages_api import Fault, FaultKind, MessagesApi, Script
from tests.test_cases import REPORTS

Json = dict[str, Any]  # Any: JSON
KEY = "sk-ant-api03-Zq8WmArKeDkEy5xR2-tU7vLpQ0sNd4fGhJ"
# Long and short, so that an echo of one line alone is known for one, too.
LINES = ("total_of_marked_orders = sum(order.amount for order in orders)", "qzx = marked_9")
MARKS = (KEY, KEY[13:29], *LINES)
DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n-a = 1\n" + "".join(
    f"+{line}\n" for line in LINES
)
CLAIM = {"rule": "correctness/other", "severity": "low", "file": "a.py", "line": 1, "title": "Odd sum"}
OTHER = CLAIM | {"line": 2, "title": "Odd name"}  # one mild claim alone needs no judge
ALL_REPORTS = tuple(part for name, option in REPORTS.items() for part in (option, name))
CALL = re.compile(
    r"chargehand: call: (?P<role>\w+) (?P<task>\S+) attempt (?P<attempt>\d+) (?P<model>\S+): "
    r"(?P<outcome>\w+); "
    r"(?P<tokens>(\d+) in, (\d+) out|usage unknown); \$(?P<cost>[\d.]+); (?P<seconds>[\d.]+) s; (?P<id>.+)"
)


class Run(NamedTuple):
    """What a run printed, where its files are, and its exit code."""

    out: str
    told: str
    folder: Path
    code: int

    @property
    def everything(self) -> str:
        """All that it printed and wrote."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name != "change.diff")
        return "\n".join((self.out, self.told, *(path.read_text("utf-8") for path in sorted(files))))


Review = Callable[..., Run]


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Review:
    """Give a function that reviews the diff in this process, against the server at a URL."""

    def run(url: str, *arguments: str) -> Run:
        (tmp_path / "change.diff").write_text(DIFF)
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            for name in os.environ:
                patch.delenv(name)
            patch.setenv("ANTHROPIC_BASE_URL", url)
            patch.setenv("ANTHROPIC_API_KEY", KEY)
            code = commands.main(["review", "change.diff", *ALL_REPORTS, *arguments], standalone_mode=False)
        printed = capsys.readouterr()
        return Run(printed.out, printed.err, tmp_path, code)

    return run


def test_each_call_is_told_as_the_report_books_it(review: Review) -> None:
    claims = {"role": "worker", "lens": "correctness", "reply": {"claims": [CLAIM, OTHER]}}
    faults = [
        Fault(FaultKind.RATE_LIMITED, lens="security", when="once", retry_after_s=0),
        Fault(FaultKind.GARBAGE, lens="style", when="once"),
        Fault(FaultKind.RESET_MID, lens="documentation", when="once"),
        Fault(FaultKind.TRUNCATED, lens="tests", model="claude-haiku-5-5"),
    ]
    with MessagesApi(script=Script.of([claims]), key=KEY, faults=faults) as api:
        done = review(api.url, "-v")
    booked = json.loads((done.folder / "report.json").read_text("utf-8"))["calls"]
    told = [match for match in map(CALL.fullmatch, done.told.splitlines()) if match]
    assert len(told) == len(booked) == len(BUILT_IN_LENSES) + 6
    assert {call["outcome"] for call in booked} == {
        "answered",
        "rate_limited",
        "invalid",
        "connection",
        "truncated",
    }
    assert sorted(map(_told, told)) == sorted(map(_booked, booked))


def _told(line: "re.Match[str]") -> tuple[str, ...]:
    names = ("role", "task", "attempt", "model", "outcome", "tokens", "cost", "seconds", "id")
    return tuple(line[name] for name in names)


def _booked(call: Json) -> tuple[str, ...]:
    usage = call["usage"]
    into = usage and sum(count for name, count in usage.items() if name in _PROMPT)
    return (
        call["role"],
        call["task"],
        str(call["attempt"]),
        call["model"],
        call["outcome"],
        f"{into} in, {usage['output_tokens']} out" if usage else "usage unknown",
        f"{Decimal(call['cost_usd']):.6f}",
        f"{call['seconds']:.2f}",
        call["request_id"] or "no request id",
    )


_PROMPT = {"input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"}


def test_why_an_attempt_failed_and_when_the_next_follows_is_told(review: Review) -> None:
    faults = [
        Fault(FaultKind.SERVER_ERROR, lens="security", when="once", retry_after_s=1),
        Fault(FaultKind.GARBAGE, lens="style", when="once"),
        Fault(FaultKind.REFUSED, lens="tests"),
    ]
    with MessagesApi(key=KEY, faults=faults) as api:
        told = review(api.url, "-v").told
    for line in (
        r"worker security-1 again in 1\.0 s: server_error: .*status 500.*\(request req_\d+\)",
        r"worker style-1 again at once: invalid: not JSON: .+",
        r"worker tests-1 given up: refused: the model declined \(cyber\)",
        r"escalation tests-1 given up: refused: the model declined \(cyber\)",
    ):
        assert re.search(f"^chargehand: call: {line}$", told, re.MULTILINE), line


def test_without_v_no_call_is_told_and_with_q_nothing_is(review: Review) -> None:
    with MessagesApi(key=KEY) as api:
        assert "call:" not in review(api.url).told
        assert review(api.url, "-q").told == ""


# Something of ours that fails with the diff and the key in its words.
BROKEN = f"""
import sys
from types import SimpleNamespace

class Broken:
    def read(self, *_size):
        raise ValueError({DIFF!r} + {KEY!r} + "\\n::error::boo")

sys.stdin = SimpleNamespace(buffer=Broken(), isatty=lambda: False)

from chargehand.cli.main import main

main()
"""


@pytest.mark.parametrize("flag", ["-v", "-vv"])
def test_an_internal_error_tells_its_place_the_diff_where_all_is_asked_for_and_the_key_never(
    tmp_path: Path, flag: str
) -> None:
    with MessagesApi(key=KEY) as api:
        done = chargehand("review", "-", flag, cwd=tmp_path, env=environment(api), program=BROKEN)
    assert done.returncode == 3
    assert "internal error" in done.stderr
    assert re.search(r"ValueError at chargehand/change/find\.py:\d+\.", done.stderr)
    assert "\n::error" not in done.stderr
    assert marks_in(done.stderr) == (list(LINES) if flag == "-vv" else [])


@contextmanager
def echo(status: int, form: str) -> Iterator[str]:
    """Give the URL of a server that repeats what it was sent in every error, in some form."""

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sent = self.headers["x-api-key"] or self.headers["authorization"].removeprefix("Bearer ")
            said = FORMS[form](sent, body.decode())
            error = {"type": "error", "error": {"type": "api_error", "message": f"Not understood: {said}"}}
            answer = json.dumps(error).encode()
            self.send_response(status)
            for name, value in (("content-type", "application/json"), ("retry-after", "0")):
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# How a server may repeat the key, and the body with the diff in it.
FORMS: dict[str, Callable[[str, str], str]] = {
    "key": lambda key, _body: f"key {key} is not known",
    "half of the key": lambda key, _body: f"key {key[:30]}… is not known",
    "end of the key": lambda key, _body: f"key …{key[13:]} is not known",
    "line": lambda _key, _body: f"near {LINES[0]}",
    "short line": lambda _key, _body: f"near {LINES[1]!r}",
    "body": lambda _key, body: body[body.index("total_of") :],
    "body as JSON in JSON": lambda _key, body: json.dumps(body)[body.index("qzx") - 12 :],
    "prompt": lambda _key, body: _material(body)[-150:],
    "prompt on one line": lambda _key, body: repr(_material(body))[-150:],
}


def _material(body: str) -> str:
    text: str = json.loads(body)["messages"][0]["content"][0]["text"]
    return text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [400, 401, 500])
def test_what_a_server_repeats_of_key_and_diff_is_not_passed_on(
    review: Review, status: int, form: str
) -> None:
    with echo(status, form) as url:
        done = review(url, "-vv")
    assert done.code == 3
    assert "withheld" in done.out
    assert marks_in(done.everything) == []


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


def test_a_file_that_a_run_leaves_behind_never_holds_the_key(review: Review) -> None:
    claims = {"role": "worker", "lens": "correctness", "reply": {"claims": [CLAIM, OTHER]}}
    kept = ("--record", "recording.jsonl", "--cache", "cache")
    with MessagesApi(script=Script.of([claims]), key=KEY) as api:
        done = review(api.url, "-vv", *kept)
    assert done.code == 0
    assert len(list((done.folder / "cache").rglob("*.json"))) > 1
    assert "Odd sum" in done.everything
    assert marks_in(done.everything) == []
    assert marks_in(done.told) == []


@pytest.mark.parametrize("level", ["info", "debug"])
def test_the_log_of_the_sdk_tells_the_diff_only_where_its_debugging_is_asked_for_and_the_key_never(
    tmp_path: Path, level: str
) -> None:
    with MessagesApi(key=KEY) as api:
        env = {**environment(api), "ANTHROPIC_LOG": level}
        command = [
            sys.executable,
            "-m",
            "chargehand",
            "review",
            "-",
        ]  # the SDK reads its level as it is imported
        done = subprocess.run(
            command, cwd=tmp_path, env=env, input=DIFF, text=True, check=True, capture_output=True
        )
    assert "HTTP Request: POST" in done.stderr
    assert marks_in(done.stderr) == (list(LINES) if level == "debug" else [])
