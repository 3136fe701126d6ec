"""Every report of every sample, as it is written down, and what all reports have in common."""

import json
import re
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from chargehand import __version__
from chargehand.core.shape import read, written
from chargehand.core.targets import SIMPLE_USD, Target
from chargehand.reports import FORMATS, terminal
from tests.unit.reports.samples import (
    HOSTILE,
    REPORTS,
    SAMPLES,
    UNDECODABLE,
    finding,
    judged,
    review,
    suggestion,
)

FILES = {
    "sarif": "report.sarif",
    "markdown": "report.md",
    "html": "report.html",
    "json": "report.json",
    "codequality": "codequality.json",
    "junit": "junit.xml",
    "annotations": "annotations.txt",
    "terminal": "terminal.txt",
}

each_report = pytest.mark.parametrize("name", REPORTS)
each_sample = pytest.mark.parametrize("sample", SAMPLES)


@each_report
@each_sample
def test_a_report_reads_as_it_is_written_down(name: str, sample: str, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / sample
    text = REPORTS[name](*judged(SAMPLES[sample], max_spend="0.05"))
    snapshot.assert_match(_steady(text), FILES[name])


def _steady(text: str) -> str:
    """Return a report without what says nothing of the review: the version, and the style of a page."""
    without_style = re.sub(r"<style>.*?</style>|'sha256-[^']*'", "STYLE", text, flags=re.DOTALL)
    return without_style.replace(__version__, "VERSION")


def test_the_coloured_terminal_reads_as_it_is_written_down(snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / "rich"
    coloured = terminal.render(*judged(SAMPLES["rich"], max_spend="0.05"), colour=True)
    snapshot.assert_match(coloured, "terminal-colour.txt")


def test_there_is_a_snapshot_for_every_report() -> None:
    assert set(FILES) == set(REPORTS)


def test_every_module_that_renders_a_review_has_its_row() -> None:
    folder = Path(terminal.__file__).parent
    named = {path.stem: path for path in folder.glob("*.py")} | {
        path.parent.name: path for path in folder.glob("*/__init__.py")
    }
    rendering = {name for name, path in named.items() if "\ndef render(" in path.read_text("utf-8")}
    assert rendering == {*(each.name for each in FORMATS), "terminal"}


@each_report
@each_sample
def test_the_same_review_gives_the_same_bytes(name: str, sample: str) -> None:
    reviewed, verdict = judged(SAMPLES[sample])
    again = read(type(reviewed), written(reviewed))
    assert REPORTS[name](reviewed, verdict) == REPORTS[name](again, verdict)


@each_report
def test_no_report_holds_a_character_that_acts_or_hides(name: str) -> None:
    tricky = "".join(
        map(chr, (0, 7, 27, 0x7F, 0x9B, 0x202E, 0x2066, 0x200B, 0xFEFF, 0xE0041, 0xD800, 0xDCFF))
    )
    text = f"a{tricky}b"
    reviewed = review(
        findings=(finding(title=text, message=text, code=text, quote=text, note=text, model=text),),
        summary=text,
        gaps=(text,),
        notices=(text,),
    )
    rendered = REPORTS[name](*judged(reviewed))
    rendered.encode("utf-8")
    assert not set(tricky) & set(rendered)


@each_report
def test_undecodable_paths_are_shown_as_escapes(name: str) -> None:
    reviewed = review(findings=(finding(path=UNDECODABLE, start_line=None, end_line=None, anchor="file"),))
    rendered = REPORTS[name](*judged(reviewed))
    rendered.encode("utf-8")
    shown = {"sarif": "caf%E9.py", "json": r"caf\\xe9.py", "codequality": r"caf\\xe9.py"}
    assert shown.get(name, r"caf\xe9.py") in rendered


@pytest.mark.parametrize("name", sorted(set(REPORTS) - {"codequality"}))
@pytest.mark.parametrize(("is_met", "word"), [(True, "pass"), (False, "miss"), (None, "unknown")])
def test_every_report_that_has_a_place_for_it_says_whether_the_target_was_met(
    name: str, is_met: bool | None, word: str
) -> None:
    clean = review()
    met = Target(kind="simple", lines=7, usd=SIMPLE_USD, is_met=is_met)
    rendered = REPORTS[name](*judged(clean.evolve(bill=clean.bill.evolve(target=met))))
    said = (
        f'"is_met": {json.dumps(is_met)}'
        if name == "json"
        else f"(?is)target .{{0,20}}simple change.{{0,200}}{word}"
    )
    assert re.search(said, rendered)


@each_report
def test_an_unfinished_review_never_reads_as_a_clean_one(name: str) -> None:
    clean = REPORTS[name](*judged(review()))
    for unfinished in (
        review(gaps=("the findings were not judged",)),
        review(coverage=SAMPLES["rich"].coverage),
        review(diff=SAMPLES["rich"].diff),
        SAMPLES["offline"],
    ):
        for gate in ("fail", "warn"):
            assert REPORTS[name](*judged(unfinished, on_incomplete=gate)) != clean
            assert _says_so(REPORTS[name](*judged(unfinished, on_incomplete=gate)))


def _says_so(text: str) -> bool:
    words = (
        "not judged",
        "failed",
        "got no answer",
        "could not be read",
        "unsafe-path",
        "merge-diff",
        "no model",
        "offline",
    )
    return any(word in text for word in words)


@pytest.mark.parametrize("name", ["terminal", "annotations"])
def test_no_line_of_a_log_gives_the_runner_a_command_of_a_model(name: str) -> None:
    reviewed = review(
        findings=(
            finding(title=HOSTILE, message=HOSTILE, code=HOSTILE, suggestion=suggestion("::error::owned")),
        ),
        summary="x " * 38 + "::error::owned",
        gaps=("::warning::owned",),
    )
    for line in REPORTS[name](*judged(reviewed)).split("\n"):
        if name == "annotations":
            assert line == "" or line.startswith(("::error ", "::warning ", "::notice "))
        else:
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
            assert "##vso[" not in line
