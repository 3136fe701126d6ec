"""A guessed password that may be code is hidden where it stands bare and is none, and code is shown."""

import pytest

from chargehand.checks.secrets import search
from chargehand.checks.secrets.texts import mask_with
from chargehand.core.markers import holds_marker
from chargehand.core.masking import NO_MASK, Mask
from tests.unit.changes import added, body_of, diff_of

WORD = "Winterfell2024"
NO_CODE = [
    ("a.py", f"# the password is {WORD}, for now"),
    ("a.py", f'log("sign in with {WORD} and wait")'),
    ("a.py", f"raise Wrong('not {WORD}')"),
    ("a.ts", f"  // password = {WORD}"),
    ("a.sql", f"-- {WORD} opens it"),
    ("a.ini", f"; {WORD}"),
    ("a.yaml", f"door: {WORD}"),
    ("a.yaml", f"  - door: {WORD} # as ever"),
    ("a.properties", f"door={WORD}"),
    (".env.live", f"DOOR={WORD}"),
    ("a.sh", f"mysql -u root -p{WORD} shop"),
    ("a.sh", f"docker login -u me -p {WORD}"),
    ("a.sh", f"knock --door={WORD}"),
    ("a.sh", f"knock -u me:{WORD}".replace("-u ", "")),
    ("a.md", f"Sign in with {WORD}(really)."),
]
CODE = [
    ("a.py", f"x = {WORD}"),
    ("a.py", f"x = {WORD}(y)"),
    ("a.py", f"x.{WORD} = y  # {WORD}"),
    ("a.py", f"x = y // {WORD}"),
    ("a.py", f'# """; {WORD}(x)'),
    ("a.py", f'exec("{WORD}(x)")'),
    ("a.py", f'exec("import {WORD}; go()")'),
    ("a.py", f'say("no {WORD} here", {WORD})'),
    ("a.py", f'""", {WORD}, ""'),
    ("a.py", f'"a" + {WORD} + "b"'),
    ("a.js", f"// ${{{WORD}}}"),
    ("a.js", f"// */ {WORD}"),
    ("a.c", f"# {WORD}"),
    ("a.yaml", f"run: {WORD}"),
    ("a.yaml", f"  - {WORD}"),
    ("a.yaml", f"door: {WORD} now"),
    ("a.sh", f"x | {WORD}"),
    ("a.sh", f"bash -c {WORD}"),
    ("a.sh", f"find --exec={WORD}"),
    ("a.sh", f"{WORD} -p x"),
    ("a.txt", f"{WORD}==1"),
]


def mask_for(*files: tuple[str, str]) -> tuple[list[str], Mask]:
    calls = added("conf.py", f'password = "{WORD}"')
    diff = diff_of(calls, *(added(f"{n}/{path}", line) for n, (path, line) in enumerate(files)))
    mask = search(diff).mask
    return [row for file in mask.diff(diff).files[1:] for row in body_of(file)], mask


def test_where_it_is_no_code_it_is_hidden() -> None:
    rows, _ = mask_for(*NO_CODE)
    assert [row for row in rows if WORD in row] == []
    assert all(map(holds_marker, rows))


def test_where_it_may_be_code_it_is_shown() -> None:
    rows, _ = mask_for(*CODE)
    assert rows == [f"+{line}" for _, line in CODE]


@pytest.mark.parametrize(
    "said", [f"{WORD}", f"It is `{WORD}`.", f"({WORD})", f"me:{WORD}!", f"a\n{WORD},\nb"]
)
def test_what_people_say_is_never_code(said: str) -> None:
    _, mask = mask_for()
    assert WORD not in mask.prose(said)
    assert mask.prose(said).replace("MASKED_SECRET_KEYWORD_AT_conf_py_1", WORD) == said
    assert WORD not in NO_MASK.joined(mask).prose(said)


def test_a_secret_that_only_another_text_holds_is_hidden_in_it() -> None:
    token = "gh" + "p_" + "Vk93hsXq02LmZpQ7Vb2Xk9Lm4Np8Rt6Wz3Yc"
    said = f"Leaked: {token}"
    assert mask_with((said,), NO_MASK, "log").prose(said) == "Leaked: MASKED_GITHUB_TOKEN_AT_log_1"
