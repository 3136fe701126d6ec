"""Findings that somebody accepts: shown in every report, and never by the word of the change itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, Script
from tests.unit.change.world import World

RULE = "security/injection"
BEFORE = "def go(command):\n    log(command)\n    run(command)\n    return 1\n"
COMMENT = "    # chargehand: ignore[{rule}] {reason}\n"
SUPPRESSED = f"def go(command):\n    log(command)\n{COMMENT}    run(command)\n    return 1\n"
OURS = SUPPRESSED.format(rule=RULE, reason="only the operator calls it")


class Done(NamedTuple):
    """One run: its exit code, its one finding, its notices, and all its reports by name."""

    code: int
    finding: dict[str, Any]  # Any: JSON
    notices: list[str]
    reports: dict[str, str]


def answers(path: str = "a.py") -> Script:
    said = {
        "rule": RULE,
        "severity": "high",
        "confidence": "high",
        "file": path,
        "line": 4,
        "quote": "    run(command)",
        "title": "Anybody runs any command",
        "message": "With ; rm -rf / as command everything is gone.",
    }
    return Script.of(
        [
            {"role": "worker", "lens": "security", "reply": {"claims": [said]}},
            {"role": "judge", "reply": {"summary": "Fix it.", "rulings": []}},
        ]
    )


def review(world: World, *options: str, path: str = "a.py", **environ: str) -> Done:
    names = ("json", "sarif", "markdown", "codequality")
    folder = world.root.parent
    written = [part for name in names for part in (f"--{name}", str(folder / name))]
    with MessagesApi(script=answers(path)) as api:
        env = {**world.environ, **environment(api), **environ}
        options = ("--base", "main", *written, *options)
        done = chargehand("review", *options, cwd=world.root, env=env)
    assert "Traceback" not in done.stderr
    reports = {name: (folder / name).read_text("utf-8") for name in names} | {"terminal": done.stdout}
    report = json.loads(reports["json"])
    (finding,) = (each for each in report["findings"] if each["rule"] == RULE)
    return Done(done.returncode, finding, report["notices"], reports)


def world_of(folder: Path, main: dict[str, str], change: Mapping[str, str | None]) -> World:
    world = World.empty(folder / "repository")
    world.commit({".chargehand.toml": '[checks]\ndisabled = ["untested-code"]\n', **main})
    world.git("checkout", "-q", "-b", "pr")
    world.commit(change)
    return world


TOUCHED = OURS.replace("return 1", "return 2")


def test_a_comment_of_the_target_suppresses_and_every_report_shows_it(tmp_path: Path) -> None:
    done = review(world_of(tmp_path, {"a.py": OURS}, {"a.py": TOUCHED}), CI="true")
    assert done.code == 0
    assert done.finding["suppression"] == "only the operator calls it"
    assert done.finding["suppressed_in"] == "code"
    (result,) = json.loads(done.reports["sarif"])["runs"][0]["results"]
    said = {"kind": "inSource", "status": "accepted", "justification": "only the operator calls it"}
    assert (result["suppressions"], result["level"]) == ([said], "note")
    assert "1 finding suppressed, with the reason" in done.reports["markdown"]
    assert "Suppressed\n  a.py:4: HIGH" in done.reports["terminal"]
    assert "Suppressed (only the operator calls it):" in done.reports["codequality"]
    assert "no finding at or above high; 1 suppressed" in done.reports["terminal"]


@pytest.mark.parametrize(
    ("main", "change", "note"),
    [
        (BEFORE, TOUCHED, "the suppression beside it came with this change: it counts once merged"),
        (BEFORE.replace("run(command)", "run(command)  # x"), TOUCHED, "came with this change"),
        (OURS.replace("    run(", "    halt("), TOUCHED, "came with this change"),
        (OURS, TOUCHED + "\n\n" + OURS, "came with this change"),
        (
            SUPPRESSED.format(rule=RULE, reason=""),
            TOUCHED.replace(" only the operator calls it", ""),
            "no reason",
        ),
        (SUPPRESSED.format(rule="style/naming", reason="x"), TOUCHED.replace(RULE, "style/naming"), ""),
        (OURS, TOUCHED.replace("# chargehand", "x = '# chargehand"), ""),
        (OURS, BEFORE.replace("return 1", "return 2"), ""),
    ],
    ids=[
        "brought",
        "beside-other-code",
        "code-replaced",
        "copied",
        "no-reason",
        "other-rule",
        "in-a-string",
        "removed",
    ],
)
def test_no_change_suppresses_its_own_finding(main: str, change: str, note: str, tmp_path: Path) -> None:
    done = review(world_of(tmp_path, {"a.py": main}, {"a.py": change}), CI="true")
    assert (done.code, done.finding["suppression"]) == (1, None)
    assert note in done.finding["note"]
    assert bool(note) == ("suppression" in done.finding["note"])
    if note:
        shown = " ".join(done.reports["terminal"].split()).lower()
        assert note in shown


@pytest.mark.parametrize(
    "text",
    [
        OURS.replace("    # chargehand", "    // chargehand"),
        OURS.replace("    # chargehand", "    /* chargehand").replace("calls it", "calls it */"),
        BEFORE.replace("    run(command)", f"    run(command)  # chargehand: ignore[style/naming, {RULE}] x"),
    ],
    ids=["slashes", "block", "same-line"],
)
def test_comments_of_other_languages_and_on_the_line_itself_count(text: str, tmp_path: Path) -> None:
    world = world_of(tmp_path, {"a.py": text}, {"a.py": text.replace("return 1", "return 2")})
    assert review(world, CI="true").code == 0


def test_a_file_that_is_renamed_keeps_its_suppression(tmp_path: Path) -> None:
    more = "".join(f"x{number} = {number}\n" for number in range(50))
    world = world_of(tmp_path, {"a.py": OURS + more}, {"a.py": None, "b.py": TOUCHED + more})
    assert review(world, path="b.py", CI="true").finding["suppressed_in"] == "code"


def test_on_a_machine_of_ones_own_the_work_tree_decides(tmp_path: Path) -> None:
    assert review(world_of(tmp_path, {"a.py": BEFORE}, {"a.py": TOUCHED})).code == 0


def config(text: str) -> str:
    return f'[checks]\ndisabled = ["untested-code"]\n{text}'


CHANGED = BEFORE.replace("return 1", "return 2")
BY_RULE = f'[[suppressions]]\nrule = "{RULE}"\npath = "*.py"\nreason = "no shell here"\n'


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        (BY_RULE, 0, "high"),
        (f"{BY_RULE}until = 2999-01-31\n", 0, "high"),
        (f"{BY_RULE}until = 2020-01-31\n", 1, "high"),
        (BY_RULE.replace("*.py", "src/"), 1, "high"),
        (f'[gate.rules]\n"{RULE}" = "off"\n', 0, "high"),
        (f'[gate.rules]\n"{RULE}" = "low"\n', 0, "low"),
        ('[gate.lenses]\nsecurity = "never"\n', 0, "high"),
        ('[gate.lenses]\nsecurity = "critical"\n', 0, "high"),
        ('[gate.paths]\n"*.py" = "never"\n', 0, "high"),
        ('[gate.paths]\n"*.py" = "never"\n"a.py" = "low"\n', 1, "high"),
        ('[gate]\nlenses.security = "never"\npaths = { "a.py" = "high" }\n', 1, "high"),
        ('[gate]\nconfidence = "high"\n', 1, "high"),
    ],
)
def test_the_configuration_of_the_target_decides(text: str, code: int, severity: str, tmp_path: Path) -> None:
    main = {"a.py": BEFORE, ".chargehand.toml": config(text)}
    done = review(world_of(tmp_path / "there", main, {"a.py": CHANGED}), CI="true")
    assert (done.code, done.finding["severity"]) == (code, severity)
    assert all("Anybody runs any command" in each for each in done.reports.values())
    brought = {"a.py": CHANGED, ".chargehand.toml": config(text)}
    assert review(world_of(tmp_path / "brought", {"a.py": BEFORE}, brought), CI="true").code == 1


def test_a_fingerprint_suppresses_its_finding_and_no_other(tmp_path: Path) -> None:
    first = review(world_of(tmp_path / "first", {"a.py": BEFORE}, {"a.py": CHANGED}), CI="true").finding
    for number, name in enumerate(("fingerprint", "fingerprint_v2")):
        text = f'[[suppressions]]\nfingerprint = "{first[name]}"\nreason = "known"\n'
        main = {"a.py": BEFORE, ".chargehand.toml": config(text)}
        assert review(world_of(tmp_path / str(number), main, {"a.py": CHANGED}), CI="true").code == 0
    other = config(f'[[suppressions]]\nfingerprint = "{"0" * 32}"\nreason = "known"\n')
    main = {"a.py": BEFORE, ".chargehand.toml": other}
    assert review(world_of(tmp_path / "other", main, {"a.py": CHANGED}), CI="true").code == 1


def test_what_has_ended_speaks_up_and_what_is_unused_is_mentioned_once(tmp_path: Path) -> None:
    text = f"{BY_RULE}until = 2020-01-31\n" + BY_RULE.replace(RULE, "tests/missing")
    main = {"a.py": BEFORE, ".chargehand.toml": config(text)}
    unused = f"x = 1  # chargehand: ignore[style/naming] of old\n{CHANGED}"
    done = review(world_of(tmp_path, main, {"a.py": unused}), CI="true")
    assert done.finding["note"] == "a suppression of it ended on 2020-01-31"
    (ended,) = (each for each in done.notices if "ended on" in each)
    assert ended.startswith(
        f"The suppression of {RULE} in *.py ended on 2020-01-31: what it named counts again."
    )
    (idle,) = (each for each in done.notices if "these suppressions name" in each)
    assert idle.endswith("tests/missing in *.py, a.py:1.")
    assert all("ended on" in text for text in done.reports.values())
