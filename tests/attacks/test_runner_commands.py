"""No CI runner finds a command in what is printed: not in a report on standard output, not in a log."""

import json
import re
from typing import Any

import pytest

from tests.attacks.attempt import added, claim
from tests.attacks.conftest import Attack

COMMANDS = (
    *(
        "::error::pwned",
        "  ::set-output name=a::b",
        "::add-mask::x",
        "::stop-commands::t",
        "##[error]pwned",
        "##[group]",
    ),
    *(
        "##vso[task.setvariable variable=a]b",
        "##vso[task.complete result=Succeeded;]",
        "##teamcity[buildStatus text='ok']",
    ),
    *("x ##[command]y", "###[debug]z", "\\r::error::pwned", "\x1b]0;t\x07section_start:1:a\\r\x1b[0K"),
)
OBEYED = re.compile(r"##\w*\[|(?m:^\s*::)|\x1b|\r")
OPTIONS = ("--json", "--sarif", "--codequality", "--markdown", "--annotations", "")
DIFF = "".join(added(f"src/{number}.py", line, f"x = 1  # {line}") for number, line in enumerate(COMMANDS))
RULES = [
    {
        "role": "worker",
        "lens": "correctness",
        "reply": {
            "claims": [
                claim(f"src/{n}.py", line, line, message=f"{line}\n{line}", suggestion=f"{line}\n{line}")
                for n, line in enumerate(COMMANDS)
            ]
        },
    },
    {"role": "judge", "reply": {"summary": "\n".join(COMMANDS), "rulings": []}},
]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_report_on_standard_output_is_no_command(attack: Attack, option: str) -> None:
    tried = attack(
        DIFF,
        *([option, "-"] if option.startswith("--") and option != "--annotations" else filter(None, [option])),
        "-v",
        rules=RULES,
    )
    ours = re.compile(r"^::(error|warning|notice) \S*title=[^:]*::", re.MULTILINE)
    for text in (ours.sub("", tried.out) if option == "--annotations" else tried.out, tried.told):
        assert not OBEYED.search(text), OBEYED.search(text)
    assert tried.out
    if option in ("--json", "--sarif", "--codequality"):
        assert "##[error]pwned" in "\n".join(strings(json.loads(tried.out)))


def test_a_name_is_no_command(attack: Attack) -> None:
    tried = attack(
        added("::error::a##[error]b##vso[c].py", "<<<<<<< a", "=======", ">>>>>>> b"),
        "--offline",
        "--json",
        "-",
    )
    assert "a##[error]b##vso[c].py" in "\n".join(strings(json.loads(tried.out)))
    for text in (tried.out, tried.told):
        assert not OBEYED.search(text)


@pytest.mark.parametrize(
    "words", [["--base=##vso[a]"], ["--fail-on=##[error]x"], ["::error::x"], ["--config=##teamcity[x]"]]
)
def test_a_slip_is_no_command(attack: Attack, words: list[str]) -> None:
    tried = attack("", *words)
    assert tried.code == 2
    assert not OBEYED.search(tried.told)


def strings(document: Any) -> list[str]:  # Any: JSON
    match document:
        case str():
            return [document]
        case dict():
            return [text for each in document.items() for part in each for text in strings(part)]
        case list():
            return [text for each in document for text in strings(each)]
        case _:
            return []
