"""What the fuzzer starts from: what the product itself writes, and what servers and platforms send."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from chargehand.core.plan import Plan
from chargehand.llm.batch.state_file import BatchState, Sent, dump_json
from tests.fuzz.hostile_server import PROMPT
from tests.gitlab_api import Project, User, Version
from tests.messages_api.streaming import events_of
from tests.property.damage import SAMPLES
from tests.secret_corpus import make_corpus
from tests.unit.checks.tools.logs import bandit, codeql, log, ruff

CASES = Path(__file__).parents[1] / "cases"
_TEXT = json.dumps(
    {
        "claims": [
            {
                "rule": "injection",
                "severity": "high",
                "confidence": "high",
                "file": 1,
                "line": 1,
                "end_line": 2,
                "quote": "x = 1",
                "title": "It goes wrong",
                "message": "Because.",
                "replaces": "",
                "suggestion": "x = 2",
            }
        ]
    }
)
_USAGE = {
    "input_tokens": 9,
    "cache_creation_input_tokens": 1,
    "cache_read_input_tokens": 0,
    "output_tokens": 3,
    "cache_creation": {"ephemeral_5m_input_tokens": 1},
    "output_tokens_details": {"thinking_tokens": 1},
}
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": PROMPT.model,
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "stop_details": None,
    "usage": _USAGE,
    "content": [{"type": "text", "text": _TEXT}],
}
# The expected reports of the stories hold no time; and the smallest of them say enough.
_NO_TIME, _FEW = '"started_at": "…"'.encode(), 8
_MARKER = f"<!-- chargehand:finding v1={'1' * 32} rule=11111111 line=11111111 side=added -->\nIt is so."
_ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "no"}, "request_id": "r"}


def answers() -> Iterator[bytes]:
    """Yield what models write: claims, a plan, rulings."""
    yield _TEXT.encode()
    yield f"```json\n{_TEXT}\n```".encode()
    yield json.dumps({"groups": [{"files": [1, 2], "lenses": ["security"], "focus": "x"}]}).encode()
    ruling = {"claim": 1, "action": "merge", "into": 2, "severity": "low", "reason": "x"}
    yield json.dumps({"summary": "x", "rulings": [ruling]}).encode()


def responses() -> Iterator[bytes]:
    """Yield what comes over the wire: a message, a stream, compressed ones, errors, a redirect."""
    message = json.dumps(MESSAGE).encode()
    first, others = events_of(MESSAGE)
    yield response(200, message)
    yield response(200, b"".join((first, *others)), "content-type: text/event-stream")
    yield response(200, gzip.compress(message), "content-encoding: gzip")
    yield response(429, json.dumps(_ERROR).encode(), "retry-after: 3")
    yield response(529, json.dumps(_ERROR).encode(), "x-should-retry: true")
    yield response(307, b"", "location: http://127.0.0.1:1/")
    yield b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{} \r\n0\r\n\r\n"


def messages() -> Iterator[bytes]:
    """Yield a reply as a whole, and a count of tokens."""
    yield json.dumps(MESSAGE).encode()
    yield b'{"input_tokens": 7}'


def streams() -> Iterator[bytes]:
    """Yield the events of a streamed message, one a line."""
    first, others = events_of(MESSAGE)
    yield b"\n".join(event.partition(b"data: ")[2].strip() for event in (first, *others))


def batches() -> Iterator[bytes]:
    """Yield a batch and its results."""
    batch = {
        "id": "b1",
        "processing_status": "ended",
        "request_counts": {"processing": 0},
        "results_url": "x",
    }
    results = [
        {"type": "succeeded", "message": MESSAGE},
        {"type": "errored", "error": _ERROR},
        {"type": "expired"},
    ]
    yield json.dumps(batch).encode()
    yield b"\n".join(json.dumps({"custom_id": "a", "result": each}).encode() for each in results)


def batch_states() -> Iterator[bytes]:
    """Yield what is known of a batch that is under way."""
    sent = (Sent(batch="b1", custom_id="a", worst_usd=None),)
    yield dump_json(BatchState(change="x", plan=Plan(tasks=(), author="static"), sent=sent)).encode()


def states() -> Iterator[bytes]:
    """Yield what pull requests have cost so far."""
    subject = {"repository": "o/r", "name": "pull request 1"}
    runs = [{"started_at": "2026-01-01T00:00:00+00:00", "head": None, "spent_usd": "0.5"}]
    yield json.dumps({"chargehand_state": 1, "changes": [{"subject": subject, "runs": runs}]}).encode()


def events() -> Iterator[bytes]:
    """Yield what GitHub tells of a pull request, of a push and of a run."""
    end = {"sha": "1" * 40, "ref": "main", "repo": {"full_name": "o/r", "clone_url": "https://x/o/r.git"}}
    request = {"number": 1, "base": end, "head": {**end, "ref": "topic"}}
    repository = {"default_branch": "main", "full_name": "o/r"}
    yield json.dumps({"pull_request": request, "repository": repository}).encode()
    yield json.dumps(
        {"ref": "refs/heads/x", "before": "0" * 40, "after": "2" * 40, "repository": repository}
    ).encode()
    yield json.dumps({"workflow_run": {"head_sha": "1" * 40, "pull_requests": [request]}}).encode()
    yield json.dumps(
        {"merge_group": {"base_sha": "1" * 40, "head_sha": "2" * 40, "base_ref": "main"}}
    ).encode()


def variables() -> Iterator[bytes]:
    """Yield the variables of jobs."""
    yield (
        b"GITLAB_CI=true\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\nCI_COMMIT_SHA="
        + b"1" * 40
    )
    yield b"BITBUCKET_BUILD_NUMBER=1\nBITBUCKET_PR_ID=1\nBITBUCKET_PR_DESTINATION_BRANCH=main"
    yield b"TF_BUILD=True\nSYSTEM_PULLREQUEST_TARGETBRANCH=main\nSYSTEM_PULLREQUEST_PULLREQUESTID=3"
    yield b"CHARGEHAND_MAX_SPEND=1\nCHARGEHAND_FAIL_ON=low\nCHARGEHAND_THREADS=3"


def configurations() -> Iterator[bytes]:
    """Yield configurations: those of the stories, and one of ours in `pyproject.toml`."""
    yield from (path.read_bytes() for path in sorted(CASES.glob("*/config.toml")))
    yield b'[tool.chargehand]\nfail_on = "low"\n[tool.chargehand.paths]\nignore = ["a/**"]\n'


def all_reports() -> Iterator[bytes]:
    """Yield reports that may be a baseline."""
    yield from json_reports()
    yield from _reports("report.sarif")


def tool_logs() -> Iterator[bytes]:
    """Yield logs as other tools write them."""
    yield from (log(each) for each in (ruff("file:///repo/a.py", 1), bandit("b.py", 1), codeql(0)))
    yield log(ruff("a.py")).decode().encode("utf-16")


def json_reports() -> Iterator[bytes]:
    """Yield the JSON reports of the stories."""
    yield from _reports("report.json")


def _reports(name: str) -> Iterator[bytes]:
    paths = sorted(CASES.glob(f"*/expected/{name}"), key=lambda path: path.stat().st_size)
    for path in paths[:_FEW]:
        yield path.read_bytes().replace(_NO_TIME, b'"started_at": "2026-01-01T00:00:00+00:00"')


def recordings() -> Iterator[bytes]:
    """Yield a recording of one answer."""
    header = {"chargehand_recording": 1, "kind": "recorded"}
    entry = {"role": "worker", "task": "a", "model": "m", "reply": {"text": _TEXT, "stop_reason": "end_turn"}}
    yield b"\n".join(json.dumps(each).encode() for each in (header, entry))


def diffs() -> Iterator[bytes]:
    """Yield diffs of every kind, and those of the stories."""
    yield from SAMPLES
    yield from (path.read_bytes() for path in sorted(CASES.glob("*/change.diff")))
    lines = "".join(
        f"+{line}\n" for each in make_corpus(3, carriers=1)[:60] for line in each.text.splitlines()
    )
    yield f"--- /dev/null\n+++ b/a.ini\n@@ -0,0 +1,{lines.count(chr(10))} @@\n{lines}".encode(
        "utf-8", "surrogateescape"
    )


def code() -> Iterator[bytes]:
    """Yield a name and the text of a file in a few languages."""
    yield b"a.py\nclass A:\n    def f(self):\n        return 1\n"
    yield b"a.ts\nexport class A { f(): number { return 1 } }\n"
    yield b"a.go\npackage a\nfunc f() int {\n\treturn 1\n}\n"


def parity_samples() -> Iterator[bytes]:
    """Yield a change with a golden finding, as public sets have it."""
    golden = {
        "file": "a",
        "start_line": 1,
        "end_line": 2,
        "severity": "high",
        "title": "t",
        "keywords": ["k"],
    }
    yield json.dumps({"id": "1", "diff": "x", "golden": [golden], "meta": {"pr": {"title": "t"}}}).encode()


def ratings() -> Iterator[bytes]:
    """Yield what a person saved on the page."""
    yield json.dumps({"kind": "chargehand parity ratings", "reader": "a", "ratings": {"1": "right"}}).encode()


def comments() -> Iterator[bytes]:
    """Yield what stands in a request: a comment of ours, an answer, a command."""
    yield (
        b"<!-- chargehand:finding v1=" + b"1" * 32 + b" rule=11111111 line=11111111 side=added -->\nIt is so."
    )
    yield b"/chargehand waive " + b"1" * 32 + b" because it is so\n/merge\n```\n/close\n```"


def gitlab_answers() -> Iterator[bytes]:
    """Yield answers of a local GitLab: a thread on a line, a version with its diff, a request, a member."""
    user = User(1, "bot", 30)
    version = Version("a" * 40, "b" * 40, "diff --git a/a.py b/a.py\n@@ -0,0 +1 @@\n+x = 1\n")
    project = Project(user, [], [version])
    yield json.dumps(project.open(user, "x", version.refs()).shown()).encode()
    yield json.dumps(
        {"id": 1, "diffs": [{"old_path": "a.py", "new_path": "a.py", "diff": version.diff}]}
    ).encode()
    yield json.dumps(project.request()).encode()
    yield json.dumps(user.shown() | {"access_level": user.role}).encode()


def patterns() -> Iterator[bytes]:
    """Yield a path and patterns for it."""
    yield b"a/b.py\n*.py\n!a/**/b.*\n/x[a-c]?/\n\\#z"


def forge_answers() -> Iterator[bytes]:
    """Yield what GitHub and GitLab say of a request and of what stands in it."""
    yield json.dumps(
        {"number": 1, "state": "open", "head": {"sha": "1" * 40}, "user": {"login": "a"}}
    ).encode()
    yield b'{"number": 1, "state" "open"'
    comment = {
        "id": "c",
        "body": _MARKER,
        "createdAt": "2026-01-01T00:00:00Z",
        "isMinimized": False,
        "author": {"login": "us", "__typename": "Bot"},
        "editor": None,
    }
    page = {"pageInfo": {"hasNextPage": False, "endCursor": "x"}, "nodes": [comment]}
    threads = [{"id": "t", "isResolved": False, "comments": {"totalCount": 1, "nodes": [comment]}}]
    request = {"comments": page, "reviewThreads": {**page, "nodes": threads}}
    viewer = {"login": "us", "__typename": "Bot"}
    yield json.dumps({"data": {"viewer": viewer, "repository": {"pullRequest": request}}}).encode()
    yield json.dumps({"permission": "write", "message": "no", "errors": [{"type": "RATE_LIMITED"}]}).encode()
    author = {"id": 1, "username": "us"}
    yield json.dumps({"iid": 1, "state": "opened", "author": author, "sha": "1" * 40, "id": 1}).encode()
    note = {"id": 1, "author": {"id": 2}, "body": _MARKER, "resolvable": True, "position": {}}
    yield json.dumps([{"id": "1f", "notes": [note, {**note, "author": {"id": 3}}]}]).encode()
    yield json.dumps([{"username": "a", "access_level": 30, "state": "active"}]).encode()
    yield json.dumps({"scopes": ["api"], "expires_at": "2027-01-01"}).encode()
    yield from _labels()


def _labels() -> Iterator[bytes]:
    """Yield what the two say of labels, and of who set them."""
    at, name = "2026-01-01T00:00:00Z", "chargehand-waive: " + "a" * 32
    label = {"name": name, "title": name, "description": "why", "updatedAt": at}
    actor = {"login": "a", "__typename": "User"}
    events = {"nodes": [{"createdAt": at, "actor": actor, "label": label}]}
    request = {"labels": {"nodes": [label]}, "timelineItems": events}
    yield json.dumps({"data": {"repository": {"pullRequest": request}}}).encode()
    yield json.dumps({"data": {"projects": {"nodes": [{"mergeRequest": request}]}}}).encode()
    yield json.dumps(
        [{"user": {"id": 1, "username": "a"}, "created_at": at, "action": "add", "label": label}]
    ).encode()


def response(status: int, body: bytes, *headers: str) -> bytes:
    """Return what a server sends that closes the connection."""
    lines = [f"HTTP/1.1 {status} x", f"content-length: {len(body)}", "connection: close", *headers]
    if not any(line.startswith("content-type") for line in lines):
        lines.append("content-type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
