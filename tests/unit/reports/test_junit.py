"""JUnit XML: what fails the build fails a test, and what nobody looked at never passes."""

from xml.etree import ElementTree as ET

import pytest

from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.reports.junit import render
from tests.unit.reports.samples import SAMPLES, finding, judged, review

each_sample = pytest.mark.parametrize("sample", SAMPLES)


def suites(reviewed: Review, verdict: Verdict) -> ET.Element:
    return ET.fromstring(render(reviewed, verdict))  # noqa: S314 - we wrote it


@each_sample
def test_the_counts_are_those_of_the_tests(sample: str) -> None:
    top = suites(*judged(SAMPLES[sample]))
    for element in (top, *top.iter("testsuite")):
        for name, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            assert int(element.attrib[name]) == len(list(element.iter(tag)))
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))


@each_sample
def test_a_run_that_fails_has_a_test_that_does_not_pass_and_a_passed_one_no_failure(sample: str) -> None:
    reviewed, verdict = judged(SAMPLES[sample])
    top = suites(reviewed, verdict)
    ended = int(top.attrib["failures"]) + int(top.attrib["errors"])
    assert bool(ended) or verdict.exit_code == 0
    assert (int(top.attrib["failures"]) > 0) == bool(verdict.blocking)


@each_sample
def test_every_finding_is_said_once_and_no_gap_passes(sample: str) -> None:
    reviewed, verdict = judged(SAMPLES[sample])
    top = suites(reviewed, verdict)
    said = [line for each in top.iter() for line in (each.text or "").split("\n") if "; new)" in line]
    assert len(said) >= sum(each.state == "new" and each.suppression is None for each in reviewed.findings)
    passed = {
        (suite.attrib["name"], case.attrib["name"])
        for suite in top.iter("testsuite")
        for case in suite
        if not {"failure", "error", "skipped"} & {each.tag for each in case}
    }
    gaps = {(each.lens, each.path) for each in reviewed.coverage if each.is_gap}
    assert not passed & gaps


def test_a_finding_that_fails_nothing_stands_in_the_output_of_a_test_that_passes() -> None:
    reviewed, verdict = judged(review(findings=(finding(severity="low", title="A nit"),)))
    top = suites(reviewed, verdict)
    assert (verdict.exit_code, top.attrib["failures"]) == (0, "0")
    assert "A nit" in "".join(each.text or "" for each in top.iter("system-out"))
