"""What other tools say, tied to the lines of a change: whichever way they write it."""

import json
from pathlib import Path
from typing import Any

import pytest

from chargehand.checks.limits import CLAIMS_A_FILE
from chargehand.checks.tools import Told, read_log, told_by
from chargehand.checks.tools.grades import BY_LEVEL
from chargehand.core.diff import Diff
from chargehand.core.errors import InputError
from chargehand.core.finding import Claim, Confidence, Severity
from chargehand.core.masking import NO_MASK
from tests.unit.changes import added, changed, diff_of
from tests.unit.checks.tools.logs import bandit, codeql, log, place, result, ruff, run

ROOT = Path("/build/repo")
HERE = {"uri": "file:///build/repo/"}
SPACED = "src dir/naïve.py"
DIFF = diff_of(
    changed("a.py", ["one", "two", "three", "four"], ["one", "new", "three", "four"]),
    added(SPACED, "import os", "x = 1"),
    changed("gone.py", ["one", "two", "three"], ["one", "three"]),
    changed("far.py", [f"line {n}" for n in range(30)], ["first", *[f"line {n}" for n in range(1, 30)]]),
)


def told(*runs: dict[str, Any], diff: Diff = DIFF) -> Told:  # Any: JSON
    return told_by(read_log(log(*runs)), "x.sarif", diff, diff, NO_MASK, ROOT)


def only(*runs: dict[str, Any]) -> Claim:  # Any: as above
    (claim,) = told(*runs).claims
    return claim


@pytest.mark.parametrize(
    ("uri", "more", "bases", "path"),
    [
        ("a.py", {}, None, "a.py"),
        ("./a.py", {}, None, "a.py"),
        ("a.py", {"uriBaseId": "%SRCROOT%"}, None, "a.py"),
        ("file:///build/repo/a.py", {}, None, "a.py"),
        ("/build/repo/a.py", {}, None, "a.py"),
        ("file:///build/repo/src%20dir/na%C3%AFve.py", {}, None, SPACED),
        ("src%20dir/na%C3%AFve.py", {}, None, SPACED),
        ("src dir/naïve.py", {}, None, SPACED),
        ("src%20dir\\na%C3%AFve.py", {}, None, SPACED),
        ("naïve.py", {"uriBaseId": "B"}, {"B": {"uri": "file:///build/repo/src%20dir/"}}, SPACED),
        ("naïve.py", {"uriBaseId": "B"}, {"B": {"uri": "src%20dir", "uriBaseId": "R"}, "R": HERE}, SPACED),
        ("a.py", {"uriBaseId": "R"}, {"R": {"uri": "file:///github/workspace/"}}, "a.py"),
        ("file:///github/workspace/src%20dir/na%C3%AFve.py", {}, None, SPACED),
        ("file:///C:/agent/1/s/a.py", {}, None, "a.py"),
        ("C:\\agent\\1\\s\\a.py", {}, None, "a.py"),
        ("other/a.py", {}, None, None),
        ("../a.py", {}, None, None),
        ("https://example.org/", {}, None, None),
        ("", {}, None, None),
        ("a.py", {"uriBaseId": "A"}, {"A": {"uriBaseId": "B"}, "B": {"uriBaseId": "A"}}, "a.py"),
    ],
)  # fmt: skip
def test_a_file_is_found_by_whatever_name_a_tool_has_for_it(
    uri: str, more: dict[str, str], bases: object, path: str | None
) -> None:
    found = told(
        run("T", result("r", "It is wrong.", place(uri, 2, **more)), originalUriBaseIds=bases)
    ).claims
    assert [claim.path for claim in found] == ([path] if path else [])


@pytest.mark.parametrize(
    ("path", "start", "end", "quote"),
    [
        ("a.py", 2, 2, "new"),
        ("a.py", 1, 4, "one"),
        ("a.py", 1, None, None),
        ("a.py", 4, None, None),
        ("gone.py", 1, None, "one"),
        ("gone.py", 2, None, "three"),
        ("gone.py", 3, None, None),
        ("far.py", 20, 25, None),
        ("far.py", 1, 999_999_999, "first"),
        ("a.py", None, None, None),
        (SPACED, None, None, ""),  # a new file is the change's as a whole
        (SPACED, 0, None, ""),
        (SPACED, 2, 1, "x = 1"),
    ],
)
def test_only_what_the_change_touches_counts(
    path: str, start: int | None, end: int | None, quote: str | None
) -> None:
    at = place(path, start)
    if end:
        at["physicalLocation"]["region"]["endLine"] = end
    if start == 0:
        at["physicalLocation"]["region"] = {"startLine": 0}
    claims = told(run("T", result("r", "It is wrong.", at))).claims
    assert [claim.quote for claim in claims] == ([] if quote is None else [quote])


def test_each_tool_is_read_as_it_writes() -> None:
    claim = only(ruff("file:///build/repo/a.py"))
    assert (claim.rule, claim.lens, claim.model) == ("tool/ruff/F401", "tool", "tool: ruff")
    assert (claim.severity, claim.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert (claim.title, claim.message) == ("`os` imported but unused", "")
    claim = only(bandit("a.py"))
    assert (claim.rule, claim.severity, claim.confidence) == (
        "tool/bandit/B602",
        Severity.MEDIUM,
        Confidence.LOW,
    )
    assert claim.tool
    assert (claim.tool.cwe, claim.tool.help_uri) == ((78,), "https://bandit.example/b602")
    claim = only(codeql(0))
    assert (claim.rule, claim.severity, claim.title) == (
        "tool/codeql/py/sql", Severity.HIGH, "This query depends on a value.",
    )  # fmt: skip
    assert told(codeql(7)).claims == ()
    semgrep = {
        "id": "no-eval",
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["CWE-95: x"]},
    }
    claim = only(run("Semgrep OSS", result("no-eval", "eval is bad", place("a.py")), rules=(semgrep,)))
    assert (claim.rule, claim.severity) == ("tool/semgrep-oss/no-eval", Severity.HIGH)
    claim = only(
        run("zizmor", result("zizmor/artipacked", "It leaks.", place("a.py"), kind="fail", level="note"))
    )
    assert (claim.rule, claim.severity) == ("tool/zizmor/artipacked", Severity.LOW)


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        ("9.1", "critical"),
        ("7.0", "high"),
        (4.0, "medium"),
        ("0.1", "low"),
        ("x", "medium"),
        ("NaN", "medium"),
    ],
)
def test_a_score_decides_before_the_level(score: object, severity: str) -> None:
    rule = {"id": "r", "properties": {"security-severity": score}}
    assert (
        only(run("T", result("r", "It is wrong.", place("a.py")), rules=(rule,))).severity.value == severity
    )
    assert set(BY_LEVEL) == {"error", "warning", "note", "none"}


@pytest.mark.parametrize(
    ("rank", "level", "severity"),
    [(95.0, None, "critical"), (10.0, None, "low"), (-1.0, None, "medium"), (95.0, "note", "low")],
)
def test_a_rank_decides_if_nothing_else_does(rank: float, level: str | None, severity: str) -> None:
    found = result("r", "It is wrong.", place("a.py"), rank=rank, level=level)
    assert only(run("T", found)).severity.value == severity


def test_what_does_not_count_is_counted() -> None:
    at = place("a.py")
    kept: list[Any] = [  # Any: JSON, some of it no result at all
        result("r", "It is wrong.", at),
        result("r", "Elsewhere.", place("b.py")),
        result("r", "No place."),
        result("r", "Known.", at, baselineState="unchanged"),
        result("r", "Accepted.", at, suppressions=[{"kind": "external", "status": "accepted"}]),
        result("r", "Passed.", at, kind="pass"),
        {**result("r", "It is wrong.", at), "message": "no object"},
        7,
    ]
    found = told(run("T", *kept, invocations=[{"executionSuccessful": False}]))
    assert [claim.title for claim in found.claims] == ["It is wrong."]
    assert found.notices == (
        "T 1.2.3 (x.sarif) did not finish, as it says itself: it may not have looked at everything.",
        (
            "T 1.2.3 (x.sarif): 1 of 8 results on changed lines; 2 not on changed lines; 1 in the tool's own "
            "baseline; 1 accepted where the tool keeps such things; 1 no failures; 2 not readable."
        ),
    )


def test_null_is_as_good_as_nothing() -> None:
    rule = {"id": "r", "helpUri": None, "shortDescription": None, "properties": {"tags": None}}
    found = result("r", "It is wrong.", place("a.py", uriBaseId=None), level=None, suppressions=None)
    claim = only(run("T", found, rules=(rule,), artifacts=None))
    assert (claim.rule, claim.severity) == ("tool/t/r", Severity.MEDIUM)
    assert "did not finish" in told({"tool": {"driver": {"name": "T"}}, "results": None}).notices[0]


def test_no_author_silences_a_tool_in_the_code_that_comes_with_the_change() -> None:
    accepted = result("r", "It is wrong.", place("a.py"), suppressions=[{"kind": "inSource"}])
    assert "which does not count here" in only(run("T", accepted)).message


def test_a_flood_of_small_results_hides_no_grave_one() -> None:
    flood = [result(f"r{n}", f"Number {n} is wrong.", place("a.py"), level="note") for n in range(500)]
    claims = told(run("T", *flood, result("worst", "Grave.", place("a.py"), level="error"))).claims
    assert len(claims) == CLAIMS_A_FILE
    assert "481 more findings" in claims[-1].message
    assert "tool/t/worst" in {claim.rule for claim in claims}


@pytest.mark.parametrize(
    ("name", "rule", "written"),
    [
        ("", "", "tool/unnamed/unnamed"),
        ("../..", "../../etc", "tool/unnamed/../../etc"),
        ("A\u202eB", "x\ny [z](javascript:1)", "tool/a-b/x-y-z-javascript-1"),
        ("t" * 90, "r" * 900, f"tool/{'t' * 40}/{'r' * 120}"),
    ],
)
def test_names_of_a_tool_and_its_rules_are_plain_words(name: str, rule: str, written: str) -> None:
    assert only(run(name, result(rule, "It is wrong.", place("a.py")))).rule == written


def test_a_message_may_stand_with_its_rule_and_a_link_has_to_be_one() -> None:
    rule = {
        "id": "r",
        "messageStrings": {"m": {"text": "{0} is not {1}, nor {9}."}},
        "helpUri": "javascript:alert(1)",
    }
    found = {"ruleIndex": 0, "message": {"id": "m", "arguments": ["x", "y"]}, "locations": [place("a.py")]}
    claim = only(run("T", found, rules=(rule,)))
    assert (claim.rule, claim.title) == ("tool/t/r", "x is not y, nor .")
    assert claim.tool
    assert claim.tool.help_uri == ""


@pytest.mark.parametrize(
    "content",
    [
        log(ruff("a.py")),
        b"\xef\xbb\xbf" + log(ruff("a.py")),
        log(ruff("a.py")).decode().encode("utf-16"),
        log(ruff("a.py")).decode().encode("utf-16-be"),
    ],
)
def test_a_log_is_read_in_any_unicode(content: bytes) -> None:
    (read,) = read_log(content).runs or ()
    assert read.tool.driver.name == "ruff"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe\x00\xd8", "it is no text"),
        (b"[" * 5_000, "it is not JSON"),
        (b"{}", "it is not SARIF 2.1.0"),
        (json.dumps({"version": "2.0.0", "runs": []}).encode(), "it is not SARIF 2.1.0"),
        (json.dumps({"version": "2.1.0", "runs": 1}).encode(), "it is not SARIF 2.1.0: runs"),
        (log(*[run("T")] * 101), "more than 100 runs"),
        (log(run("T")).replace(b"[]", b"[" + b"1," * 50_000 + b"1]"), "50,000 results"),
        (log(run("chargehand")), "--baseline is for"),
    ],
)  # fmt: skip
def test_a_log_that_cannot_be_read_says_why_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_log(content)
