"""What the repository's own .gitattributes says of generated and vendored files."""

import os
import subprocess
from pathlib import Path

import pytest

from chargehand.change.diff.there import attribute

NAME = "linguist-generated"
TEXT = r"""
# a comment linguist-generated
*.gen.py    linguist-generated
/api/*      linguist-generated=true
src/**      linguist-generated
docs        linguist-generated
build/      linguist-generated
/x/y        linguist-generated
a/**/z.py   linguist-generated text
"q r.py"    linguist-generated
"h\303\251" linguist-generated
keep.gen.py -linguist-generated
off.gen.py  linguist-generated=false
*.none      linguist-generated
/x.none     !linguist-generated
other.gen.py text
lin?.py     linguist-generated -linguist-generated
"""
PATHS = [
    *(
        "a.gen.py",
        "d/a.gen.py",
        "d/keep.gen.py",
        "off.gen.py",
        "other.gen.py",
        "api/a.py",
        "api/d/a.py",
        "d/api/a.py",
    ),
    *(
        "src/a.py",
        "src/d/e/a.py",
        "docs",
        "docs/a.md",
        "d/docs",
        "build/a",
        "x/y",
        "x/y/z",
        "a/z.py",
        "a/b/c/z.py",
    ),
    *("b/z.py", "q r.py", "d/q r.py", "hé", "x.none", "line.py", "plain.py"),
]


def test_attributes_are_those_that_git_finds(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    (tmp_path / ".gitattributes").write_text(TEXT, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, env=environ, check=True)
    command = ["git", "check-attr", "-z", "--stdin", NAME]
    asked = "\0".join([*PATHS, ""]).encode()
    ran = subprocess.run(command, cwd=tmp_path, env=environ, input=asked, capture_output=True, check=True)
    fields = ran.stdout.decode().split("\0")[:-1]
    expected = dict(zip(fields[::3], fields[2::3], strict=True))
    words = {"set": True, "true": True, "unset": False, "false": False}
    found = attribute({"": TEXT}, NAME)
    assert {path: found(path) for path in PATHS} == {
        path: words.get(value) for path, value in expected.items()
    }


@pytest.mark.parametrize(
    "text", ["", "\n", "[attr]x linguist-generated", "!x linguist-generated", '"x linguist-generated']
)
def test_lines_that_say_nothing_are_passed_over(text: str) -> None:
    assert attribute({"": text}, NAME)("x") is None


def test_the_file_nearest_to_a_path_decides() -> None:
    texts = {
        "": "*.py linguist-generated",
        "lib": "/own.py -linguist-generated\nback.py !linguist-generated",
        "lib/deep": "own.py linguist-generated=false",
    }
    said = attribute(texts, NAME)
    assert said("a.py") is True
    assert said("lib/a.py") is True
    assert said("lib/own.py") is False
    assert said("lib/back.py") is None
    assert said("lib/deep/own.py") is False
    assert said("other/own.py") is True


def test_a_value_is_said_as_it_is() -> None:
    said = attribute({"": "*.bin filter=lfs -text\n*.raw -filter"}, "filter")
    assert (said("a.bin"), said("a.raw"), said("a.py")) == ("lfs", False, None)
