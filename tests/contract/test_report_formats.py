"""The reports against the formats that others read: our published JSON Schema, SARIF's, GitLab's.

schemas/sarif-schema-2.1.0.json is the one that OASIS publishes with SARIF 2.1.0, errata 01, unchanged.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from chargehand.core import exit_codes
from chargehand.core.change import Source
from chargehand.core.coverage import Looked
from chargehand.core.diff import SkipReason
from chargehand.core.diff import Status as FileStatus
from chargehand.core.errors import Failure
from chargehand.core.finding import Anchor, Confidence, Severity
from chargehand.core.review import Mode
from chargehand.core.usage import ABANDONED, REUSED, Role
from chargehand.core.verdict import EXIT_CODES, Status
from tests.contract.our_schemas import SCHEMAS, Document, objections
from tests.unit.reports.samples import CLEAN, REPORTS, RICH, SAMPLES, UNDECODABLE, judged

REPORT_SCHEMA = SCHEMAS["report"]
SARIF_SCHEMA: Document = json.loads(
    (Path(__file__).parent / "schemas/sarif-schema-2.1.0.json").read_text("utf-8")
)
# What GitLab's documentation asks of an entry; equal fingerprints and a byte-order mark are tested elsewhere.
CODE_QUALITY_SCHEMA: Document = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

each_sample = pytest.mark.parametrize("sample", SAMPLES)


def rendered(name: str, sample: str) -> Document:
    text = REPORTS[name](*judged(SAMPLES[sample]))
    return json.loads(text.encode("utf-8", "strict"))


def foreign_objections(validator: Any, document: Document) -> list[str]:  # Any: one of jsonschema's classes
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


@each_sample
def test_sarif_is_valid(sample: str) -> None:
    assert foreign_objections(Draft4Validator(SARIF_SCHEMA), rendered("sarif", sample)) == []


def test_the_sarif_schema_objects_to_what_is_no_sarif() -> None:
    """Without this, the test above could pass by not looking."""
    log = rendered("sarif", "rich")
    log["runs"][0]["results"][0]["rank"] = "high"
    assert foreign_objections(Draft4Validator(SARIF_SCHEMA), log)


@each_sample
def test_code_quality_is_what_gitlab_takes(sample: str) -> None:
    entries = rendered("codequality", sample)
    assert foreign_objections(Draft202012Validator(CODE_QUALITY_SCHEMA), entries) == []
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


@each_sample
def test_the_json_report_keeps_its_schema(sample: str) -> None:
    assert objections("report", rendered("json", sample)) == []


@pytest.mark.parametrize("cost", [0.5, 1, "1e-7", "", "-1", "1,5", ".5", "NaN", "$1"])
def test_money_is_a_decimal_in_a_string(cost: object) -> None:
    report = rendered("json", "clean")
    report["bill"]["total_usd"] = cost
    assert objections("report", report)


def test_a_line_is_there_if_and_only_if_the_anchor_is_a_line() -> None:
    for anchor, line in (("line", None), ("file", 3), ("summary", 3)):
        report = rendered("json", "rich")
        report["findings"][0] |= {"anchor": anchor, "start_line": line}
        assert objections("report", report)


def enum_at(*steps: str) -> list[Document]:
    schema = REPORT_SCHEMA
    for step in steps:
        schema = schema["properties"][step] if "properties" in schema else schema["items"]["properties"][step]
    found: list[Document] = schema["enum"]
    return found


def test_the_words_of_the_schema_are_the_words_of_the_code() -> None:
    finding = REPORT_SCHEMA["$defs"]["finding"]["properties"]
    for said, words in (
        (enum_at("mode"), get_args(Mode)),
        (enum_at("change", "source"), get_args(Source)),
        (enum_at("change", "files", "status"), get_args(FileStatus)),
        (enum_at("verdict", "status"), [status.value for status in Status]),
        (enum_at("verdict", "exit_code"), [*EXIT_CODES.values(), exit_codes.INTERRUPTED]),
        (enum_at("coverage", "outcome"), get_args(Looked)),
        (enum_at("skipped_files", "reason"), [reason.value for reason in SkipReason]),
        (enum_at("calls", "role"), [role.value for role in Role]),
        (
            enum_at("calls", "outcome"),
            ["answered", ABANDONED, REUSED, *(failure.value for failure in Failure)],
        ),
        (finding["severity"]["enum"], [severity.value for severity in Severity]),
        (finding["confidence"]["enum"], [confidence.value for confidence in Confidence]),
        (finding["anchor"]["enum"], get_args(Anchor)),
    ):
        assert sorted(said) == sorted(words)


def test_a_dismissed_finding_is_described_as_a_finding_with_a_reason() -> None:
    dismissed = deepcopy(REPORT_SCHEMA["properties"]["dismissed"]["items"]["properties"])
    assert dismissed.pop("reason")
    assert dismissed == REPORT_SCHEMA["$defs"]["finding"]["properties"]


def test_the_samples_hold_what_is_hard_to_encode() -> None:
    assert any(file.path == UNDECODABLE for file in RICH.diff.files)
    assert "\x1b" in RICH.summary
    assert CLEAN.findings == ()
