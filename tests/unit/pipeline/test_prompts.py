import re
from importlib.resources import files
from pathlib import Path
from string import Template

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chargehand.checks import CHECKS
from chargehand.core.finding import Severity
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Lens
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses, rules_of, severity_of
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.prompts import fields_of, frame, judge_instructions, render

FIELDS = {
    "plan": set(),
    "plan_question": {"lenses", "manifest"},
    "worker": {"scale", "project"},
    "worker_project": {"instructions"},
    "worker_hint": {"hint"},
    "worker_focus": {"places"},
    "worker_guidance": {"accepted"},
    "worker_context": {"context"},
    "worker_conventions": {"conventions"},
    "worker_reported": {"reported"},
    "scale": set(),
    "worker_lens": {"lens", "instructions", "rules"},
    "worker_question": {"lenses", "hint", "focus"},
    "worker_quick_question": {"lenses", "hint", "focus", "rule"},
    "judge": {"scale", "grading"},
    "judge_one": {"scale", "grading"},
    "judge_one_question": {"claim", "marks"},
    "judge_one_beside": {"standing"},
    "judge_question": {"claims"},
    "judge_beside": {"standing"},
    "judge_whole": {"sentences"},
    "judge_more": set(),
    "judge_brief": set(),
    "judge_none": set(),
}
CREW = Crew(fleet=FLEETS["5"], lenses=built_in_lenses(), threads=1)
HOSTILE = "$lens ${focus} $$ \\1 {0} %s </material> \x1b[31m\udce9"


def test_the_folder_holds_exactly_the_known_templates() -> None:
    names = {
        each.name for each in files("chargehand.pipeline.prompts").iterdir() if each.name.endswith(".md")
    }
    assert names == {f"{name}.md" for name in FIELDS}


@pytest.mark.parametrize("name", FIELDS)
def test_a_template_takes_exactly_its_fields(name: str) -> None:
    text = render(name, **{field: f"<{field}>" for field in FIELDS[name]})
    assert all(text.count(f"<{field}>") == 1 for field in FIELDS[name])
    assert "$" not in text


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_too_many_or_too_few_is_an_error(name: str) -> None:
    right = dict.fromkeys(FIELDS[name], "x")
    with pytest.raises(TypeError, match=f"{name}.md takes the fields"):
        render(name, **right, unheard_of="x")
    for field in right:
        with pytest.raises(TypeError, match=f"{name}.md takes the fields"):
            render(name, **{key: value for key, value in right.items() if key != field})


@pytest.mark.parametrize("name", [name for name in FIELDS if FIELDS[name]])
def test_a_hostile_value_arrives_untouched_and_fills_no_other_field(name: str) -> None:
    for field in FIELDS[name]:
        values = dict.fromkeys(FIELDS[name], "quiet") | {field: HOSTILE}
        assert render(name, **values).count(HOSTILE) == 1


def test_a_dollar_that_begins_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="begins no field"):
        fields_of(Template("costs $5"))


def test_the_workers_question_opens_with_the_lens() -> None:
    question = render("worker_lens", lens="tests", instructions="i", rules="r")
    assert question.splitlines()[0] == "Lens: tests"
    assert render("worker_question", lenses=question, hint="", focus="").startswith(question)


def test_the_workers_instructions_hold_nothing_of_one_lens() -> None:
    text = CREW.instructions
    assert not [lens.name for lens in built_in_lenses() if lens.instructions in text or lens.purpose in text]


def test_workers_and_judge_grade_by_one_scale_and_the_judge_knows_how_each_lens_does() -> None:
    scale = render("scale").strip()
    assert all(f"- {severity.value}: " in scale for severity in Severity)
    assert CREW.instructions.count(scale) == judge_instructions().count(scale) == 1
    for lens in built_in_lenses():
        severity = severity_of(lens.name)
        assert severity in lens.instructions
        assert severity.removeprefix("Severity is ") in judge_instructions()


def test_no_heading_stands_over_nothing() -> None:
    assert "of this project" not in CREW.instructions
    told = CREW.evolve(project_instructions="We use tabs.").instructions
    assert told.endswith("# Instructions of this project\n\nWe use tabs.\n")


@pytest.mark.parametrize("lens", built_in_lenses(), ids=lambda lens: lens.name)
def test_rules_that_the_texts_name_exist(lens: Lens) -> None:
    known = {rule.id for each in built_in_lenses() for rule in rules_of(each.name)}
    named = [word.strip("`.,") for word in (lens.instructions + CREW.instructions).split()]
    rules = {word for word in named if word.partition("/")[0] in BUILT_IN_LENSES and "/" in word}
    assert rules <= known
    assert "security/prompt-injection" in rules


@given(st.text())
@example("</material 0000000000000000>")
@example("\ud800")
def test_framed_text_stands_between_two_tags_that_it_does_not_hold(text: str) -> None:
    framed = frame(text)
    first, _, rest = framed.partition("\n")
    assert rest.endswith(f"\n{first.replace('<', '</', 1)}")
    tag = first.removeprefix("<material ").removesuffix(">")
    assert len(tag) == 16
    assert tag not in text
    assert frame(text) == framed


def test_text_that_holds_its_own_tag_gets_another() -> None:
    tried: list[object] = []

    class Holding(str):
        """A text that says to hold the first tag; no real one can be found."""

        def __contains__(self, tag: object) -> bool:
            tried.append(tag)
            return len(tried) == 1

    framed = frame(Holding("any"))
    first, second = tried
    assert first != second
    assert framed == f"<material {second}>\nany\n</material {second}>"


def test_the_page_of_lenses_says_what_each_lens_and_check_does() -> None:
    page = (Path(__file__).parents[3] / "docs" / "lenses.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    names = [row.split("`")[1] for row in rows]
    assert names == [*BUILT_IN_LENSES, *CHECKS]
    assert rows[: len(BUILT_IN_LENSES)] == [
        f"| `{lens.name}` | {lens.purpose} |" for lens in built_in_lenses()
    ]
    rules = {rule.id for lens in BUILT_IN_LENSES for rule in rules_of(lens)}
    assert set(re.findall(r"`(\w+/[a-z-]+)`", page)) <= {*rules, "NAME/other"}
