"""Which findings stand beside their lines, where, and in which words."""

from typing import Any

import pytest

from chargehand.core.finding import BY_CHECK, Confidence, Finding, Severity
from chargehand.core.inline import InlineRules
from chargehand.forges.comment import LARGEST_BODY, Marker, Place, marker_in
from chargehand.forges.wanted import place_of, wanted_of, worth_a_comment
from tests.unit.forges.reports import FILE, at, report, suggested
from tests.unit.reports.samples import FENCES, HOSTILE

ADDED, KEPT = at("added = 3", 21), at("kept = 1", 20)


def word(lines: int) -> str:
    return f"suggestion-{lines}"


def titles(*findings: Finding, **more: Any) -> list[str]:
    return [each.title for each in worth_a_comment(report(*findings, **more), {})]


def body(finding: Finding) -> str:
    stored = report(finding)
    wanted = wanted_of(stored.findings[0], stored, word)
    assert wanted is not None
    return wanted.body


def test_from_medium_severity_and_confidence_on_the_worst_first() -> None:
    low = at("more = 4", 22, severity=Severity.LOW)
    unsure = at("more = 4", 22, confidence=Confidence.LOW)
    medium = at("kept_too = 5", 23, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
    assert titles(low, unsure, medium, ADDED) == ["About added", "About kept_too"]
    all_of_them = InlineRules(severity=Severity.LOW, confidence=Confidence.LOW)
    assert len(titles(low, unsure, medium, ADDED, inline=all_of_them)) == 4
    assert titles(unsure.evolve(model=f"{BY_CHECK}secrets")) == ["About more"]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "existing"},
        {"suppression": "It is known.", "suppressed_in": "code"},
        {"anchor": "summary", "start_line": None, "end_line": None},
        {"path": "../elsewhere.py"},
    ],
)
def test_what_is_known_accepted_or_has_no_place_gets_no_comment(changes: dict[str, Any]) -> None:
    assert titles(ADDED.evolve(**changes)) == []


def test_a_place_has_the_numbers_of_both_sides_and_the_name_of_before() -> None:
    added, kept, removed, about_file = (
        ADDED.evolve(end_line=23),
        KEPT,
        at("removed = 2", 20, old_line=11),
        at("", 20, anchor="file", start_line=None, end_line=None, line=None),
    )
    places = []
    for each in (added, kept, removed, about_file):
        stored = report(each)
        places.append(place_of(stored.findings[0], stored))
    assert places == [
        Place(path="src/app.py", old_path="src/old.py", start_line=21, end_line=23, old_end_line=12),
        Place(
            path="src/app.py",
            old_path="src/old.py",
            start_line=20,
            end_line=20,
            old_start_line=10,
            old_end_line=10,
        ),
        Place(path="src/app.py", old_path="src/old.py", old_start_line=11, old_end_line=11, is_removed=True),
        Place(path="src/app.py", old_path="src/app.py"),
    ]


def test_what_a_deleted_file_held_stands_on_the_left_side() -> None:
    stored = report(at("removed = 2", 20, old_line=11, anchor="file", start_line=None, end_line=None))
    place = place_of(stored.findings[0], stored)
    assert place is not None
    assert (place.is_removed, place.old_end_line, place.is_whole_file) == (True, 11, False)


def test_code_that_can_be_committed_stands_on_just_the_lines_that_it_replaces() -> None:
    found = ADDED.evolve(end_line=23, suggestion=suggested("    a = 1\nb = 2", 21, 22))
    stored = report(found)
    wanted = wanted_of(stored.findings[0], stored, word)
    assert wanted is not None
    assert (wanted.place.start_line, wanted.place.end_line) == (21, 22)
    assert "```suggestion-2\n    a = 1\nb = 2\n```" in wanted.body
    whole = wanted_of(stored.findings[0], stored, word, is_whole_file=True)
    assert whole is not None
    assert whole.place.is_whole_file
    assert "suggestion-" not in whole.body
    assert "`src/app.py:21-23`" in whole.body


@pytest.mark.parametrize("code", ["x = '```'", "/close", "~~~", "##[error]x", "a" * 600, "x\n" * 80])
def test_code_that_a_comment_cannot_hold_letter_for_letter_is_shown_and_not_committable(code: str) -> None:
    said = body(ADDED.evolve(suggestion=suggested(code, 21, 21)))
    assert "suggestion-" not in said
    assert "Suggested:" in said
    in_crlf = FILE.evolve(hunks=(FILE.hunks[0].evolve(body=FILE.hunks[0].body.replace("\n", "\r\n")),))
    stored = report(ADDED.evolve(suggestion=suggested("a = 1", 21, 21)), file=in_crlf)
    wanted = wanted_of(stored.findings[0], stored, word)
    assert "suggestion-" not in (wanted.body if wanted else "suggestion-")
    approximate = body(ADDED.evolve(suggestion=suggested("a = 1", 21, 21), is_approximate=True))
    assert "suggestion-" not in approximate


def test_a_suggestion_that_has_no_room_is_left_out_whole() -> None:
    code = "\n".join(["x" * 490] * 60)
    found = ADDED.evolve(suggestion=suggested(code, 21, 21))
    assert f"```suggestion-1\n{code}\n```" in body(found)
    said = body(found.evolve(title="$a" * 250, message="$a" * 2_000, note="$a" * 250))
    assert len(said) <= LARGEST_BODY
    assert "suggestion-1" not in said
    assert f"/chargehand waive {found.fingerprint} reason" in said


def test_the_marker_tells_a_later_run_what_it_needs() -> None:
    found = marker_in(body(ADDED))
    assert found is not None
    assert (found.kind, found.first, found.second) == (
        "finding",
        ADDED.fingerprint,
        ADDED.fingerprint_v2,
    )
    assert (found.side, found.lens, found.severity) == ("added", "security", "high")
    kept, removed = marker_in(body(KEPT)), marker_in(body(at("removed = 2", 20, old_line=11)))
    assert (kept and kept.side, removed and removed.side) == ("kept", "removed")
    assert found.file == (kept and kept.file) != ""
    assert found.line != (kept and kept.line)


def test_a_marker_is_read_as_it_was_written() -> None:
    whole = Marker(kind="summary", known=("a" * 32, "b" * 32), told=("c" * 32,))
    folded = Marker(kind="finding", first="a" * 32, severity="low", is_folded=True)
    for each in (whole, folded, Marker(kind="finding")):
        assert marker_in(f"\n {each.written()}\nbody") == each
    assert marker_in(f"> {whole.written()}") is None
    assert marker_in("<!-- chargehand:summary known=x -->") is None


@pytest.mark.parametrize("text", [HOSTILE, FENCES, "x --> y <!-- chargehand:summary -->"])
def test_what_models_say_has_no_effect_in_a_comment(text: str) -> None:
    said = body(ADDED.evolve(title=text, message=text, note=text)).partition("-->")[2]
    assert "<script>" not in said
    assert "<!--" not in said
    assert not any(line.startswith("/") for line in said.split("\n"))
    assert "@octocat" not in said


def test_only_what_blocks_says_how_it_is_let_through() -> None:
    assert f"/chargehand waive {ADDED.fingerprint} reason" in body(ADDED)
    assert "/chargehand" not in body(ADDED.evolve(severity=Severity.MEDIUM))
