import re
from types import ModuleType
from typing import get_args

import pytest

from chargehand.core.change import Change, CodePages
from chargehand.core.coverage import Looked
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk
from chargehand.core.finding import Dismissed, Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports import html
from chargehand.reports.headline import Conclusion
from chargehand.reports.html.coverage import CELLS, WORDS
from chargehand.reports.html.header import SYMBOLS
from chargehand.reports.notifications import new_findings
from chargehand.reports.page.document import base_style
from tests.unit.reports.outline import Outline, check_accessible, check_harmless
from tests.unit.reports.samples import (
    CLEAN,
    HOSTILE,
    KNOWN,
    RICH,
    SAMPLES,
    finding,
    gap,
    judged,
    looked,
    merged,
    review,
)

SURFACES = {"paper", "card", "added", "removed", "line"}
BARS = {"orchestrator", "workers", "over", "behind", "between"}

each_sample = pytest.mark.parametrize("sample", SAMPLES)


def page(reviewed: Review, **gate: object) -> str:
    return html.render(*judged(reviewed, **gate))


def text_of(reviewed: Review) -> str:
    return " ".join(Outline(page(reviewed)).text.split())


@each_sample
def test_a_page_is_well_formed_loads_nothing_and_can_be_heard_and_typed_through(sample: str) -> None:
    check_harmless(page(SAMPLES[sample]))
    check_accessible(page(SAMPLES[sample]))


def test_a_policy_forbids_all_but_the_one_style() -> None:
    policy = next(each["content"] for each in Outline(page(CLEAN)).all("meta") if "http-equiv" in each)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'",
        policy or "",
    )


def test_tables_are_total() -> None:
    assert set(CELLS) == set(get_args(Looked))
    assert set(WORDS) == set(Authority)
    assert set(SYMBOLS) == set(get_args(Conclusion))


def test_text_of_others_is_text_wherever_it_stands() -> None:
    hostile = finding(
        title=HOSTILE,
        message=f"{HOSTILE}\n```{HOSTILE}\n{HOSTILE}\n```\n- {HOSTILE}",
        code=HOSTILE,
        model=HOSTILE,
        rule=HOSTILE,
        note=HOSTILE,
        merged=(merged(title=HOSTILE, message=HOSTILE, path=HOSTILE, reason=HOSTILE, model=HOSTILE),),
    )
    reviewed = review(
        findings=(hostile, hostile.evolve(suppression=HOSTILE), hostile.evolve(state="existing")),
        summary=HOSTILE,
        gaps=(HOSTILE,),
        notices=(HOSTILE,),
        coverage=(gap(HOSTILE, HOSTILE, "failed", HOSTILE),),
    )
    outline = check_harmless(page(reviewed))
    assert "<script>alert(1)</script>" in outline.text
    body = page(reviewed).partition("<body>")[2]
    assert not re.search(r"##\w*\[|(?m:^\s*::)", body)


@each_sample
def test_every_finding_has_a_heading_and_a_link_to_it(sample: str) -> None:
    outline = Outline(page(SAMPLES[sample]))
    fresh = len(new_findings(SAMPLES[sample]))
    assert len(outline.all("h3")) == fresh
    links = [each["href"] for each in outline.all("a") if (each["href"] or "").startswith("#")]
    assert links == ([f"#{each['id']}" for each in outline.all("h3")] if fresh > 1 else [])


def test_a_file_that_is_left_out_stands_in_the_grid_with_the_word_that_left_it_out() -> None:
    assert "logo.png left out: binary, its own bytes show it. Git shows no text of it." in text_of(RICH)
    assert "merge.py left out: merge-diff, by nobody's word: this is a gap." in text_of(RICH)


def test_a_lens_that_did_not_look_is_not_an_empty_cell() -> None:
    reviewed = review(coverage=(looked("a.py", "security"), gap("b.py", "tests", "failed", "overloaded")))
    assert "b.py – does not apply failed a.py ✓ read – does not apply" in text_of(reviewed)
    assert "failed : tests on b.py : overloaded" in text_of(reviewed)


def test_what_is_known_or_accepted_stands_apart_with_its_reason() -> None:
    assert "1 finding suppressed, with the reason" in text_of(RICH)
    assert "in the configuration accepted until 2027" in text_of(RICH)
    assert "already in the baseline: only new ones can fail the build" in text_of(KNOWN)
    late = review(findings=(finding(state="late", severity=Severity.LOW),))
    assert "1 late finding, on lines that the last review read already" in text_of(late)


def test_a_place_leads_to_the_forge_if_its_address_is_known() -> None:
    pages = CodePages(address="https://github.example/o/n", forge="github")
    change = Change(source="pull_request", base="b" * 40, head="f" * 40, diff=b"", pages=pages)
    reviewed = review(findings=(finding(),), change=change)
    link = {
        "href": f"https://github.example/o/n/blob/{'f' * 40}/src/app.py#L12",
        "rel": "noopener noreferrer",
    }
    assert Outline(page(reviewed)).all("a") == [link]
    odd = change.evolve(pages=pages.evolve(address="javascript:alert(1)//"))
    assert Outline(page(reviewed.evolve(change=odd))).all("a") == []


def test_without_pygments_the_page_is_whole_and_says_what_it_lacks() -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    coloured, bare = page(RICH), html.render(*judged(RICH), load=missing)
    assert '<span class="k">def</span>' in coloured
    assert '<span class="k">' not in bare
    word = "Code has no colours here: pip install 'chargehand[html]' brings them."
    assert "".join(Outline(bare).text.replace(word, "").split()) == "".join(Outline(coloured).text.split())


def test_many_findings_and_files_stay_small_and_none_is_lost() -> None:
    reviewed = large(findings=500, files=300)
    whole = page(reviewed)
    assert len(whole.encode()) < 5_000_000
    assert whole.count("<h3") == 500
    small = html.render(*judged(reviewed), limit=2_000_000)
    shown = small.count("<h3")
    assert 0 < shown < 500
    assert f"{500 - shown} more findings in short" in small
    assert small.count("User input becomes SQL") == 500 + shown


def test_no_input_makes_the_page_larger_than_its_limit_and_what_is_left_out_is_counted() -> None:
    noise = "##[error]::x <&> " * 60  # longer as HTML, and again where a CI runner must find no command
    files = [f"{noise[:200]}{number}.py" for number in range(300)]
    some = tuple(finding(path=path, title=noise, message=noise * 9) for path in files)
    hostile = large(1, 300).evolve(
        findings=(
            *some,
            *(each.evolve(state="existing") for each in some),
            *(each.evolve(state="late") for each in some),
            *(each.evolve(suppression=noise, suppressed_in="code") for each in some),
        ),
        dismissed=tuple(Dismissed(finding=each, reason=noise) for each in some),
        coverage=tuple(gap(path, "style", "failed", f"{path}{noise}") for path in files),
        gaps=tuple(files),
        notices=tuple(files),
        summary=noise * 99,
    )
    made = html.render(*judged(hostile), limit=300_000)
    assert len(made.encode()) < 300_000
    told = re.findall(r"… and \d+ more, which the JSON report has", made)
    # Reasons, findings in short, existing, late, suppressed, dismissed, gaps, what was not read, notices.
    assert len(told) == 9
    assert re.search(r"… \d+ more files, which the JSON report has", made)


def large(findings: int, files: int) -> Review:
    """Return a review of many files, each with a screenful of lines, and findings all over them."""
    line = '+    cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")'
    hunk = Hunk(old_start=1, old_count=0, new_start=1, new_count=60, section="", body="\n".join([line] * 60))
    names = [f"src/package_{number}/module.py" for number in range(files)]
    return review(
        diff=Diff(
            files=tuple(FileDiff(path=name, status="modified", added=60, hunks=(hunk,)) for name in names)
        ),
        findings=tuple(
            finding(path=names[number % files], start_line=9, end_line=18, code="\n".join([line[1:]] * 10))
            for number in range(findings)
        ),
        coverage=tuple(
            looked(name, lens) for name in names for lens in ("correctness", "security", "tests", "style")
        ),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_told_from_what_is_behind_them(scheme: str) -> None:
    rules = base_style().partition("prefers-color-scheme: dark")[scheme == "dark" and 2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rules))
    words = {*colours} - SURFACES - BARS
    for behind in ("paper", "card", "added", "removed"):
        for word in words:
            assert contrast(colours[word], colours[behind]) >= 4.5, (word, behind)
    for bar in ("orchestrator", "workers", "over"):
        assert contrast(colours[bar], colours["card"]) >= 3, bar


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.1 for two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_page_of_an_error_has_the_reason_and_nothing_of_a_review() -> None:
    verdict = Verdict(status=Status.ERROR, exit_code=2, reasons=("the configuration is <wrong>",))
    outline = check_harmless(html.render(review(change=Change(source="unknown", diff=b"")), verdict))
    assert "Error: nothing was reviewed" in outline.text
    assert "the configuration is <wrong>" in outline.text
    assert "Coverage" not in outline.text
