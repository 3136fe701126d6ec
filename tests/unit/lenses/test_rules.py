import re
from pathlib import Path
from typing import Any

import pytest

from chargehand.core.finding import Severity
from chargehand.lenses import BUILT_IN_LENSES, rule_for, rule_with_id, rules_of
from chargehand.lenses.rule import Rule

ALL = tuple(rule for lens in BUILT_IN_LENSES for rule in rules_of(lens))
DOCS = Path(__file__).parents[3] / "docs"
BANDS = {
    Severity.CRITICAL: (9.1, 10.0),
    Severity.HIGH: (7.0, 8.9),
    Severity.MEDIUM: (4.0, 6.9),
    Severity.LOW: (0.1, 3.9),
}

each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)


@pytest.mark.parametrize("lens", BUILT_IN_LENSES)
def test_every_built_in_lens_has_its_rules_and_other_comes_last(lens: str) -> None:
    ids = [rule.id for rule in rules_of(lens)]
    assert 9 <= len(ids) <= 22
    assert ids.index(f"{lens}/other") == len(ids) - 1


def test_no_two_rules_share_an_id_or_a_title() -> None:
    assert len({rule.id for rule in ALL}) == len({rule.title for rule in ALL}) == len(ALL)


@each_rule
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"(\w+)/[a-z]+(-[a-z]+)*", rule.id)
    assert rule in rules_of(rule.lens)
    assert 0 < len(rule.title) <= 80
    assert not rule.title.endswith(".")
    for text in (rule.description, rule.help):
        assert text.endswith(".")
        assert len(text) <= 1024
        assert "  " not in text


@each_rule
def test_the_security_severity_lies_in_the_band_of_the_severity(rule: Rule) -> None:
    if rule.lens != "security":
        assert (rule.security_severity, rule.cwe) == (None, ())
        return
    lowest, highest = BANDS[rule.severity]
    assert rule.security_severity is not None
    assert lowest <= rule.security_severity <= highest
    assert list(rule.cwe) == sorted(set(rule.cwe))


@each_rule
def test_a_rule_is_found_however_a_model_writes_its_id(rule: Rule) -> None:
    name = rule.name
    assert f"{rule.lens}/{name}" == rule.id
    for written in (
        rule.id,
        name,
        rule.id.upper(),
        f" {name.title()} ",
        name.replace("-", "_"),
        name.replace("-", " "),
    ):
        assert rule_for(written, rule.lens) == rule


@pytest.mark.parametrize(
    "written", ["", "/", "correctness/", "nonsense", "security/injection", "style/other"]
)
def test_an_id_that_the_lens_does_not_have_is_its_other(written: str) -> None:
    assert rule_for(written, "correctness").id == "correctness/other"


def test_a_users_own_lens_has_only_other() -> None:
    (other,) = rules_of("privacy")
    assert other.id == "privacy/other"
    assert other.lens == "privacy"
    assert "privacy" in other.title
    for written in ("privacy/other", "other", "security/injection", "anything"):
        assert rule_for(written, "privacy") == other


def test_the_programs_own_ids_are_taken_as_they_are_and_a_slip_of_the_pen_is_an_error() -> None:
    for rule in ALL:
        assert rule_with_id(rule.id) == rule
    for wrong in ("security/secrets", "Security/secret", "secret", "perfromance/other", "privacy/other", ""):
        with pytest.raises(LookupError, match="there is no rule"):
            rule_with_id(wrong)


def test_the_page_of_rules_is_the_table(snapshot: Any) -> None:  # Any: pytest-snapshot has no types
    """Written anew by `pytest tests/unit/lenses/test_rules.py --snapshot-update`."""
    snapshot.snapshot_dir = DOCS
    snapshot.assert_match(_page(), "rules.md")


def _page() -> str:
    return PREFACE + "".join(
        f"\n## {lens}\n" + "".join(_section(rule) for rule in rules_of(lens)) for lens in BUILT_IN_LENSES
    )


PREFACE = """\
# Rules

Every finding is an instance of one of these rules. Their ids never change; a model picks from the list of its
lens and takes `other` where none fits. The severity is the default: whoever reports a finding grades it, and
the judge may grade it again. A lens of your own has one rule, `NAME/other`.

This page is generated from `src/chargehand/lenses/*/rules.py`.
"""


def _section(rule: Rule) -> str:
    facts = [rule.severity.value]
    if rule.security_severity:
        facts.append(f"security severity {rule.security_severity}")
    facts += [f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)" for number in rule.cwe]
    return (
        f"\n### {rule.id}\n\n**{rule.title}** ({', '.join(facts)})\n\n{rule.description}\n\n"
        f"*What to do:* {rule.help}\n"
    )
