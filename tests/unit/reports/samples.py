"""The reviews that every report is tested with: all that can happen, nothing found, and nobody looked."""

from decimal import Decimal
from typing import Any

from chargehand.core.baseline import Compared, Earlier
from chargehand.core.change import Change, CodePages
from chargehand.core.context import Beside, Counted, Kind
from chargehand.core.coverage import Coverage
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk, Skip, SkipReason
from chargehand.core.escaping import printable
from chargehand.core.finding import (
    Confidence,
    Dismissed,
    Finding,
    Graded,
    Merged,
    Severity,
    Suggestion,
    by_place,
)
from chargehand.core.gate import Gate
from chargehand.core.identity import fingerprint
from chargehand.core.plan import Lens
from chargehand.core.review import Review, Timing
from chargehand.core.shape import read
from chargehand.core.usage import Bill, Call, Counterfactuals, RequestSpending, Role, Usage
from chargehand.core.verdict import Verdict, decide
from chargehand.cost.ledger import Ledger
from chargehand.reports import FORMATS, terminal
from tests.unit.crew import finding_of

OPUS, HAIKU, LOCAL = "claude-opus-5-5", "claude-haiku-5-5", "gateway/local-1"
HOSTILE = (
    "</details><script>alert(1)</script> <!-- marker --> ![x](https://evil.example/p.png) [y](javascript:z)\n"
    "@octocat see #12, GH-7 and owner/repo#3; https://evil.example www.evil.example\n"
    "/close\n"
    "| a | b |\n|---|---|\n"
    "::error::owned ##[error]owned ##vso[task.complete]\n"
    "\x1b[31mred\x1b[0m \u202eesrever\u202c %0A 100% &amp; `code | span` ```` `` ` *b* _i_ ~~s~~ $x$"
)
FENCES = "```\nnot the end\n````\n</code></pre>\n/merge\n~~~"


def merged(**changes: Any) -> Merged:  # Any: whatever field a test is about
    """Return a claim on line 13 of src/app.py that a finding took in, with some fields changed."""
    fields: dict[str, Any] = {  # Any: as above
        "rule": "documentation/outdated",
        "lens": "documentation",
        "severity": Severity.LOW,
        "title": "The document promises a name",
        "message": "A reader believes that every user has a name.",
        "path": "src/app.py",
        "line": 13,
        "model": HAIKU,
    }
    return read(Merged, fields | changes)


def finding(**changes: Any) -> Finding:  # Any: whatever field a test is about
    """Return a finding on line 12 of src/app.py, with some fields changed."""
    usual = finding_of(
        rule="security/injection",
        lens="security",
        severity=Severity.CRITICAL,
        title="User input becomes SQL",
        message="`user_id` is put into the text of the query, so `1 OR 1=1` returns every user.",
        path="src/app.py",
        start_line=12,
        end_line=12,
        code='    cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")',
        suggestion=suggestion('    cursor.execute("SELECT * FROM users WHERE id = ?", (user_id,))'),
        model=HAIKU,
    )
    found = read(Finding, {**dict(usual), **changes})
    quoted = {"line": found.start_line, "quote": found.code.partition("\n")[0]}
    found = found.evolve(**({name: quoted[name] for name in quoted.keys() - changes}))
    identity = fingerprint(found.rule, printable(found.path), printable(found.code), 0)
    return (
        found
        if "fingerprint" in changes
        else found.evolve(fingerprint=identity, fingerprint_v2=identity[::-1])
    )


def suggestion(code: str, start_line: int = 12, end_line: int = 12) -> Suggestion:
    """Return a suggestion for these lines."""
    return Suggestion(start_line=start_line, end_line=end_line, code=code)


def review(**changes: Any) -> Review:  # Any: whatever field a test is about
    """Return a live review of one file in which two lenses found nothing, with some fields changed."""
    fields = {
        "change": Change(source="pull_request", base="b" * 40, head="f" * 40, diff=b""),
        "diff": Diff(files=(APP,)),
        "mode": "live",
        "lenses": (lens("correctness"), lens("security")),
        "findings": (),
        "coverage": (looked("src/app.py", "correctness"), looked("src/app.py", "security")),
        "summary": "",
        "bill": BILL,
        "calls": CALLS,
        "timing": Timing(started_at="2026-11-22T10:00:00Z", total_s=9.5, plan_s=1.5, work_s=6.0, judge_s=2.0),
    }
    return read(Review, fields | changes)


def lens(name: str) -> Lens:
    """Return a lens with this name."""
    return Lens(name=name, purpose=f"what {name} is for", instructions=f"look for {name}")


def looked(path: str, lens_name: str) -> Coverage:
    """Return a cell of the coverage in which a worker looked."""
    return Coverage(path=path, lens=lens_name, outcome="reviewed", model=HAIKU)


def gap(path: str, lens_name: str, outcome: str, reason: str) -> Coverage:
    """Return a cell of the coverage in which nobody looked."""
    model = None if outcome == "skipped" else HAIKU
    return read(
        Coverage, {"path": path, "lens": lens_name, "outcome": outcome, "model": model, "reason": reason}
    )


def skip(
    path: str,
    reason: SkipReason,
    detail: str,
    by: Authority = Authority.BASE,
    **more: Any,  # fields of a FileDiff
) -> FileDiff:
    """Return a file that is not reviewed."""
    said = Skip(reason=reason, by=by, detail=detail)
    return FileDiff(path=path, skip=said, **{"status": "modified"} | more)


def judged(reviewed: Review, **gate: Any) -> tuple[Review, Verdict]:  # Any: fields of a Gate
    """Return the review with its verdict under a gate."""
    return reviewed, decide(reviewed, read(Gate, gate))


def call(role: Role, task: str, model: str, cost: str | None, **more: Any) -> Call:  # Any: fields of a Call
    """Return one answered attempt."""
    fields = {
        "lens": None if role.is_orchestrator else task.partition("-")[0],
        "attempt": 1,
        "outcome": "answered",
        "usage": Usage(input_tokens=900, cache_read_tokens=2100, output_tokens=250),
        "seconds": 1.25,
        "request_id": f"req_{task}",
        "cost_usd": None if cost is None else Decimal(cost),
    }
    return read(Call, {"role": role, "task": task, "model": model} | fields | more)


def bill(calls: tuple[Call, ...], **more: Any) -> Bill:  # Any: fields of a Bill
    """Return the sums of `calls`, with some fields changed."""
    usages = [each.usage for each in calls if each.usage]
    roles = [role for role in Role if any(each.role is role for each in calls)]
    fields = {
        "total_usd": _sum(calls),
        "orchestrator_usd": _sum(each for each in calls if each.role.is_orchestrator),
        "workers_usd": _sum(each for each in calls if not each.role.is_orchestrator),
        "by_role": {role.value: _sum(each for each in calls if each.role is role) for role in roles},
        "by_model": {
            name: _sum(each for each in calls if each.model == name) for name in _names(calls, "model")
        },
        "by_lens": {
            name: _sum(each for each in calls if each.lens == name) for name in _names(calls, "lens")
        },
        "calls": len(calls),
        "usage": Usage(
            input_tokens=sum(each.input_tokens for each in usages),
            cache_read_tokens=sum(each.cache_read_tokens for each in usages),
            output_tokens=sum(each.output_tokens for each in usages),
            thinking_tokens=sum(each.thinking_tokens for each in usages),
        ),
        "counterfactuals": Counterfactuals(
            single_pass_usd=Decimal("0.0419"), all_orchestrator_usd=Decimal("0.1025")
        ),
        "prices_from": "genai-prices 0.2.3",
        "estimate_usd": Decimal("0.0198") if calls else None,
    }
    return read(Bill, fields | more)


def _sum(calls: Any) -> Decimal:  # Any: any iterable of calls
    return sum((each.cost_usd or Decimal(0) for each in calls), Decimal(0))


def _names(calls: tuple[Call, ...], field: str) -> list[str]:
    return sorted({name for each in calls if (name := getattr(each, field))})


APP = FileDiff(
    path="src/app.py",
    status="modified",
    added=4,
    removed=1,
    hunks=(
        Hunk(
            old_start=10,
            old_count=4,
            new_start=10,
            new_count=7,
            section="def user(user_id):",
            body=" def user(user_id):\n"
            "     cursor = connection.cursor()\n"
            '-    cursor.execute("SELECT * FROM users WHERE id = ?", (user_id,))\n'
            '+    cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")\n'
            "+    row = cursor.fetchone()\n"
            "+    name = row[1]\n"
            '+    return {"name": name}\r\n'
            " ",
        ),
    ),
)
CALLS = (
    call(Role.PLAN, "plan", OPUS, "0.00412"),
    call(Role.WORKER, "correctness-1", HAIKU, "0.0011"),
    call(Role.WORKER, "security-1", HAIKU, "0.0013"),
    call(
        Role.JUDGE,
        "judge",
        OPUS,
        "0.0107",
        usage=Usage(input_tokens=700, output_tokens=500, thinking_tokens=120, service_tier="standard"),
    ),
)
BILL = bill(CALLS)

SPACED, UNDECODABLE, MARKED = "src/a b ü%.py", "src/caf\udce9.py", "docs/`@all`|<b>.md"
_ADDED = Hunk(
    old_start=0, old_count=0, new_start=1, new_count=2, section="", body="+import os\n+os.system(cmd)"
)
_OPEN: dict[str, Any] = {"status": "added", "added": 2, "hunks": (_ADDED,)}
_RICH_CALLS = (
    *CALLS,
    call(Role.WORKER, "tests-1", LOCAL, None),
    call(
        Role.WORKER,
        "security-2",
        HAIKU,
        "0.00000031",
        outcome="refused",
        attempt=2,
        is_assumed=True,
        usage=None,
    ),
    call(Role.ESCALATION, "security-2", "claude-sonnet-5-5", "0.0042", outcome="overloaded", request_id=None),
)
RICH = review(
    beside=Beside(
        counted=(
            Counted(kind=Kind.COMMIT, shown=1, left_out=0),
            Counted(kind=Kind.DEFINITION, shown=1_200, left_out=34),
            Counted(kind=Kind.CALLER, shown=0, left_out=2),
        ),
        unlooked="Not everything was looked up in the code.",
    ),
    diff=Diff(
        files=(
            APP,
            FileDiff(path=SPACED, **_OPEN),
            FileDiff(path=UNDECODABLE, **_OPEN),
            FileDiff(path=MARKED, **_OPEN),
            read(FileDiff, _OPEN | {"path": "src/new_name.py", "old_path": "old.py", "status": "renamed"}),
            skip("package-lock.json", SkipReason.LOCK_FILE, "A lock file: nobody wrote it.", added=4000),
            skip("web/yarn.lock", SkipReason.LOCK_FILE, "A lock file: nobody wrote it.", added=1200),
            skip(
                "logo.png", SkipReason.BINARY, "Git shows no text of it.", Authority.CONTENT, status="added"
            ),
            skip("gone.py", SkipReason.IGNORED, "It is ignored.", status="deleted", removed=12),
            skip(
                "../../etc/\x1b[2Jpasswd",
                SkipReason.UNSAFE_PATH,
                "Its path leads out of the repository.",
                Authority.NOBODY,
            ),
            skip("merge.py", SkipReason.MERGE, "A merge diff has no one old side.", Authority.NOBODY),
        ),
        notices=("the input was UTF-16",),
    ),
    lenses=(lens("correctness"), lens("security"), lens("tests"), lens("@team's `own`|lens")),
    findings=tuple(
        sorted(
            (
                finding(),
                finding(
                    rule="correctness/null-dereference",
                    lens="correctness",
                    severity=Severity.HIGH,
                    confidence=Confidence.MEDIUM,
                    title="fetchone may return None",
                    message="For an unknown user `row` is `None`:\n\n- the request fails\n- *TypeError*",
                    start_line=13,
                    end_line=15,
                    code='    row = cursor.fetchone()\n    name = row[1]\n    return {"name": name}\r',
                    suggestion=suggestion("    if row is None:\n        raise NotFound", 13, 13),
                    is_approximate=True,
                    note="claimed at line 10; one of 2 equal lines",
                    graded=Graded(was=Severity.CRITICAL, reason=HOSTILE),
                    merged=(
                        merged(rule="tests/missing", lens="tests", title="No test of an unknown user"),
                        merged(path="docs/a b.md", line=12, reason="The document says otherwise."),
                        merged(rule="@team's `own`|lens/other", title=HOSTILE, message=HOSTILE, line=15),
                        merged(path="", line=None),
                    ),
                ),
                finding(
                    title=HOSTILE,
                    message=HOSTILE,
                    suggestion=suggestion(f"{FENCES}\n\n{printable(HOSTILE)}", 1, 2),
                    code=FENCES,
                    path=MARKED,
                    start_line=1,
                    end_line=2,
                    severity=Severity.HIGH,
                ),
                finding(
                    rule="tests/missing",
                    lens="tests",
                    severity=Severity.MEDIUM,
                    confidence=Confidence.LOW,
                    title="Code without tests",
                    message="No test runs the new branch.",
                    path=UNDECODABLE,
                    start_line=None,
                    end_line=None,
                    anchor="file",
                    code="",
                    suggestion=None,
                    model="untested-code",
                ),
                finding(
                    rule="style/other",
                    lens="style",
                    severity=Severity.LOW,
                    title="A used import is gone.",
                    message="`os` is used below.",
                    path=SPACED,
                    start_line=1,
                    end_line=1,
                    old_line=2,
                    code="import os",
                    note="the quoted line was removed; this is the nearest line that was kept",
                    suggestion=None,
                ),
                finding(
                    rule="correctness/other",
                    lens="correctness",
                    severity=Severity.MEDIUM,
                    title="The caller is not changed",
                    message="Its signature differs now.",
                    path="src/elsewhere.py",
                    start_line=None,
                    end_line=None,
                    anchor="summary",
                    code="",
                    suggestion=None,
                    note="the file is not part of the change",
                ),
                finding(
                    title="Known and accepted",
                    severity=Severity.LOW,
                    start_line=14,
                    end_line=14,
                    code="    name = row[1]",
                    suppression="accepted until 2027",
                    suppressed_in="configuration",
                ),
            ),
            key=by_place,
        )
    ),
    dismissed=(
        Dismissed(
            finding=finding(title="Not a bug", start_line=13, end_line=13), reason="row is checked above"
        ),
        Dismissed(finding=finding(title=HOSTILE), reason=HOSTILE),
    ),
    coverage=(
        looked("src/app.py", "correctness"),
        looked("src/app.py", "security"),
        looked("src/app.py", "tests"),
        *(
            cell
            for path in (SPACED, UNDECODABLE, MARKED, "src/new_name.py")
            for cell in (
                looked(path, "correctness"),
                gap(path, "security", "refused", "the model declined, twice"),
                gap(path, "tests", "failed", "overloaded: 3 attempts"),
            )
        ),
        gap("src/new_name.py", "@team's `own`|lens", "skipped", "budget"),
    ),
    gaps=("the findings were not judged (timeout: no answer in 60 s)",),
    notices=("the input was UTF-16", "the plan is the static one"),
    summary=f"One line builds SQL from input.\n\n{HOSTILE}",
    calls=_RICH_CALLS,
    bill=bill(
        _RICH_CALLS,
        unpriced=(LOCAL,),
        pr=RequestSpending(
            subject="branch Fix/<b>_it_</b>|#12",
            budget_usd=Decimal("0.50"),
            runs=3,
            spent_before_usd=Decimal("0.4012"),
            spent_usd=Decimal("0.4012") + _sum(_RICH_CALLS),
            unpriced=(LOCAL,),
        ),
    ),
)
CLEAN = review()
OFFLINE = review(
    mode="offline",
    coverage=(
        gap("src/app.py", "correctness", "skipped", "offline: no model was asked"),
        gap("src/app.py", "security", "skipped", "offline: no model was asked"),
    ),
    calls=(),
    bill=bill((), counterfactuals=Counterfactuals(single_pass_usd=None, all_orchestrator_usd=None)),
)
NOTHING = review(
    diff=Diff(files=(skip("poetry.lock", SkipReason.LOCK_FILE, "A lock file: nobody wrote it."),)),
    coverage=(),
    calls=(),
    bill=bill((), counterfactuals=Counterfactuals(single_pass_usd=None, all_orchestrator_usd=None)),
)


def _reused(role: Role, task: str, lens: str | None, model: str) -> Call:
    """Return the entry of a call that was not made, as the ledger records it."""
    ledger = Ledger()
    ledger.record_reuse(role, task, lens, model)
    return ledger.calls[0]


_AGAIN_CALLS = (
    _reused(Role.WORKER, "correctness-cached-1", "correctness", HAIKU),
    call(Role.WORKER, "security-1", HAIKU, "0.0013"),
    _reused(Role.JUDGE, "judge", None, OPUS),
)
AGAIN = review(
    findings=(
        finding(is_reused=True),
        finding(title="Another query", start_line=13, end_line=13, code="    row = cursor.fetchone()"),
    ),
    coverage=(
        looked("src/app.py", "correctness").evolve(is_reused=True),
        looked("src/app.py", "security"),
    ),
    calls=_AGAIN_CALLS,
    bill=bill((_AGAIN_CALLS[1],), reused_calls=2),
)
UNCHANGED = review(
    coverage=tuple(each.evolve(is_reused=True) for each in CLEAN.coverage),
    calls=(_AGAIN_CALLS[0],),
    bill=bill((), reused_calls=1),
)
KNOWN = review(
    change=Change(
        source="pull_request",
        base="b" * 40,
        head="f" * 40,
        branch="fix/<b>_it_</b>",
        pages=CodePages(address="https://github.example/o/r", forge="github"),
        diff=b"",
    ),
    baseline=Compared(
        name=f"main/{MARKED}",
        head="0123456789ab",
        is_partial=True,
        total=9,
        existing=1,
        gone=(Earlier(fingerprint="a" * 32, rule="style/other", title=HOSTILE, path=UNDECODABLE),),
    ),
    findings=(
        finding(state="existing", is_changed=True),
        finding(title="A third", path=SPACED, start_line=1, end_line=2, suggestion=None),
        finding(title="A late one", state="late", severity="low", suggestion=None),
        finding(title="A fourth", suppression="It is known.", suppressed_in="code"),
        finding(title="Another query", start_line=13, end_line=13, code="    row = cursor.fetchone()"),
    ),
)
REPORTS = {each.name: each.render for each in FORMATS} | {"terminal": terminal.render}
SAMPLES = {
    "rich": RICH,
    "clean": CLEAN,
    "offline": OFFLINE,
    "nothing": NOTHING,
    "again": AGAIN,
    "unchanged": UNCHANGED,
    "known": KNOWN,
}
