"""Logs as real tools write them, cut to what matters: Ruff, Bandit, ESLint, Semgrep, zizmor, and CodeQL."""

import json
from typing import Any

Json = dict[str, Any]  # Any: JSON


def place(uri: str, line: int | None = 2, **more: object) -> Json:
    region = {"region": {"startLine": line, "startColumn": 1}} if line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": uri, **more}, **region}}


def result(rule: str, text: str, *places: Json, **more: object) -> Json:
    return {"ruleId": rule, "message": {"text": text}, "locations": list(places), **more}


def run(name: str, *results: Json, rules: tuple[Json, ...] = (), **more: object) -> Json:
    driver = {"name": name, "semanticVersion": "1.2.3", "rules": list(rules)}
    return {"tool": {"driver": driver}, "results": list(results), **more}


def log(*runs: Json) -> bytes:
    return json.dumps({"version": "2.1.0", "runs": list(runs)}).encode()


def ruff(uri: str, line: int | None = 2) -> Json:
    """Absolute addresses, no base, and each result is an error."""
    rule = {"id": "F401", "shortDescription": {"text": "`{name}` imported but unused"}}
    return run(
        "ruff", result("F401", "`os` imported but unused", place(uri, line), level="error"), rules=(rule,)
    )


def bandit(uri: str, line: int | None = 2) -> Json:
    """No level where it is the format's default; how sure it is stands in properties of its own."""
    rule = {
        "id": "B602",
        "name": "subprocess_popen_with_shell_equals_true",
        "helpUri": "https://bandit.example/b602",
        "properties": {"tags": ["security", "external/cwe/cwe-078"], "precision": "high"},
    }
    sure = {"issue_confidence": "LOW", "issue_severity": "MEDIUM"}
    found = result("B602", "A shell is asked.", place(uri, line), ruleIndex=0, properties=sure)
    return run("Bandit", found, rules=(rule,))


def codeql(index: int) -> Json:
    """Rules of an extension, files by number, links to other places, and a score of CVSS."""
    rule = {"id": "py/sql", "properties": {"security-severity": "8.8", "tags": ["external/cwe/cwe-089"]}}
    reference = {"id": "py/sql", "index": 0, "toolComponent": {"index": 0}}
    text = "This query depends on [a value](1)."
    found = {
        "rule": reference,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"index": index}, "region": {"startLine": 2}}}
        ],
    }
    made = run("CodeQL", found, artifacts=[{"location": {"uri": "a.py", "uriBaseId": "%SRCROOT%"}}])
    made["tool"]["extensions"] = [{"name": "codeql/python-queries", "rules": [rule]}]
    return made
