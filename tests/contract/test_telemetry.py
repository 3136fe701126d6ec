"""Where a program with an OpenTelemetry provider runs a review, each call is a span, without the diff."""

import json
from pathlib import Path
from typing import Any

from chargehand.lenses import BUILT_IN_LENSES
from tests.command import chargehand, environment
from tests.messages_api import Fault, FaultKind, MessagesApi, Script

Json = dict[str, Any]  # Any: JSON
KEY, LINE, TITLE = "key-7f3a9c", "marked_line_of_the_diff", "Marked title of a claim"
DIFF = f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+{LINE} = 2\n"
CLAIM = {"rule": "correctness/other", "severity": "low", "file": "a.py", "line": 1, "title": TITLE}
OTHER = CLAIM | {"line": 2, "title": "Odd name"}  # one mild claim alone needs no judge
# What a program does that runs a review within a span of its own.
PROGRAM = """
import sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

if "off" not in sys.argv:
    lines = lambda span: span.to_json(indent=None) + "\\n"
    exporter = ConsoleSpanExporter(out=open("spans", "w"), formatter=lines)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)

from chargehand.cli.main import commands

with trace.get_tracer("job").start_as_current_span("job"):
    commands.main(["review", "-", "--json", "report.json"], standalone_mode=False)
"""

# What `opentelemetry-instrument chargehand review -` does, in short: spans leave when the process does.
INSTRUMENTED = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

exporter = ConsoleSpanExporter(out=open("spans", "w"), formatter=lambda span: span.name + "\\n")
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=600_000))
trace.set_tracer_provider(provider)

from chargehand.cli.main import main

main()
"""


def run(
    api: MessagesApi, folder: Path, *arguments: str, diff: str = DIFF, **more: str
) -> tuple[list[Json], Json]:
    """Run the program, and return the spans in the order of their ends, and the report."""
    done = chargehand(*arguments, cwd=folder, env={**environment(api), **more}, stdin=diff, program=PROGRAM)
    done.check_returncode()
    spans = folder / "spans"
    told = spans.read_text("utf-8").splitlines() if spans.exists() else []
    return [json.loads(line) for line in told], json.loads((folder / "report.json").read_text("utf-8"))


def server(*faults: Fault) -> MessagesApi:
    claims = {"role": "worker", "lens": "correctness", "reply": {"claims": [CLAIM, OTHER]}}
    return MessagesApi(script=Script.of([claims]), key=KEY, faults=faults)


def test_each_call_is_a_span_below_the_runs_own_with_model_and_tokens(tmp_path: Path) -> None:
    with server(Fault(FaultKind.OVERLOADED, nth=1, retry_after_s=0)) as api:
        spans, report = run(api, tmp_path)
    *calls, whole, job = spans
    assert (whole["name"], job["name"]) == ("chargehand", "job")
    assert whole["parent_id"] == job["context"]["span_id"]
    assert {call["parent_id"] for call in calls} == {whole["context"]["span_id"]}
    assert {span["context"]["trace_id"] for span in spans} == {job["context"]["trace_id"]}
    assert len(calls) == len(report["calls"]) == len(BUILT_IN_LENSES) + 2
    failed, *answered = sorted(calls, key=lambda call: call["status"]["status_code"] == "OK")
    assert failed["attributes"]["error.type"] == "overloaded_error"
    read = [each["attributes"] for each in answered]
    booked = [call for call in report["calls"] if call["outcome"] == "answered"]
    assert sorted(
        (each["gen_ai.request.model"], each["anthropic.request.id"], each["gen_ai.usage.output_tokens"])
        for each in read
    ) == sorted((call["model"], call["request_id"], call["usage"]["output_tokens"]) for call in booked)


def test_the_span_of_a_streamed_call_has_its_tokens_too(tmp_path: Path) -> None:
    added = "".join(
        f"+value_{n} = compute(record[{n}], factor={n}) or default_of(record)\n" for n in range(1000)
    )
    diff = f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,1000 @@\n{added}"
    with MessagesApi(key=KEY) as api:
        spans, report = run(api, tmp_path, diff=diff)
        assert sum(bool(call.request.get("stream")) for call in api.calls) >= 1
    told = [span["attributes"] for span in spans if span["name"] not in {"chargehand", "job"}]
    assert sorted(each["gen_ai.usage.output_tokens"] for each in told) == sorted(
        call["usage"]["output_tokens"] for call in report["calls"]
    )


def test_a_span_tells_the_change_and_the_replies_only_where_that_is_asked_for(tmp_path: Path) -> None:
    with server() as api:
        plain, _ = run(api, tmp_path)
        asked, _ = run(api, tmp_path, ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE="content")
    assert len(plain) == len(asked) > 2
    for marker in (LINE, TITLE, "a.py"):
        assert marker not in json.dumps(plain)
        assert marker in json.dumps(asked)
    assert KEY not in json.dumps([plain, asked])


def test_spans_can_be_switched_off(tmp_path: Path) -> None:
    with server() as api:
        spans, report = run(api, tmp_path, ANTHROPIC_OPEN_TELEMETRY="false")
    assert [span["name"] for span in spans] == ["job"]
    assert report["verdict"]["status"] == "passed"


def test_without_a_provider_nothing_is_lost(tmp_path: Path) -> None:
    with server() as api:
        spans, report = run(api, tmp_path, "off")
        assert len(api.calls) == len(report["calls"])
    assert spans == []
    assert report["verdict"]["status"] == "passed"
    assert [finding["title"] for finding in report["findings"]] == [TITLE, OTHER["title"]]


def test_no_span_is_lost_when_the_command_ends(tmp_path: Path) -> None:
    with MessagesApi() as api:
        env = environment(api)
        chargehand("review", "-", cwd=tmp_path, env=env, stdin=DIFF, program=INSTRUMENTED).check_returncode()
        calls = ["anthropic.messages.create"] * len(api.calls)
    assert (tmp_path / "spans").read_text("utf-8").splitlines() == [*calls, "chargehand"]


def test_a_provider_that_is_not_installed_stops_no_review(tmp_path: Path) -> None:
    with server() as api:
        env = {**environment(api), "OTEL_PYTHON_TRACER_PROVIDER": "nowhere"}
        done = chargehand("review", "-", cwd=tmp_path, env=env, stdin=DIFF)
    assert done.returncode == 0
    assert TITLE in done.stdout
