from collections.abc import Sequence
from random import Random
from string import ascii_letters

import pytest

from chargehand.checks.secrets import search
from chargehand.core.diff import FileDiff
from tests.unit.changes import added, changed, diff_of

RANDOM = Random(3)  # noqa: S311 # protects nothing
BODY = ["".join(RANDOM.choices(ascii_letters, k=64)) for _ in range(20)]
TAIL = "Zm9v="
HEAD, END = (f"-----{word} " + "RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
KEY = [HEAD, *BODY, TAIL, END]
OTHER = [*BODY[:10], "".join(RANDOM.choices(ascii_letters, k=64)), *BODY[11:]]


def left_over(file: FileDiff, secrets: Sequence[str] = (*BODY, OTHER[10], TAIL)) -> list[str]:
    """Return what of the key is still in the masked file."""
    diff = diff_of(file)
    masked = "\n".join(hunk.body for each in search(diff).mask.diff(diff).files for hunk in each.hunks)
    assert masked.count("\n") == "\n".join(hunk.body for hunk in file.hunks).count("\n")
    return [each for each in secrets if each in masked]


@pytest.mark.parametrize(
    "file",
    [
        added("id_rsa", *KEY),
        changed("a.txt", KEY, []),
        changed("a.txt", ["x", *KEY, "y"], ["z", *KEY, "y"], context=40),
        added("a.py", "KEY = (", *(f'    "{line}\\n"' for line in KEY), ")"),
        added("a.java", *(f'  + "{line}\\n"' for line in KEY)),
        added("a.yaml", "key: |", *(f"  {line}" for line in KEY), "other: 1"),
        added("a.sh", *(f"# {line}" for line in KEY)),
        changed("deploy.pem", [HEAD, *BODY, TAIL, END], [HEAD, *OTHER, TAIL, END]),
        changed("a.txt", KEY, [HEAD, *OTHER[1:], TAIL, END]),
        changed("a.txt", ["x", *KEY], ["x", *KEY[:-2], "Zm8=", END]),
    ],
)
def test_every_line_of_a_key_is_masked_however_much_of_it_is_shown(file: FileDiff) -> None:
    assert left_over(file) == []


def test_a_key_behind_a_head_that_was_there_is_claimed_at_its_first_new_line() -> None:
    file = changed("a.txt", [HEAD, *BODY, END], [HEAD, *OTHER, END], context=30)
    (claim,) = search(diff_of(file)).claims
    assert (claim.rule, claim.line) == ("security/secret", 12)


def test_a_certificate_is_no_key() -> None:
    lines = ["-----BEGIN CERTIFICATE-----", *BODY, "-----END CERTIFICATE-----"]
    assert left_over(added("site.pem", *lines), BODY) == BODY


def test_code_between_the_marks_of_a_key_is_shown() -> None:
    code = ["/usr/local/bin/charge", "disableAuthentication()", "grant(everythingToEveryone);"]
    for mark in ("# ", "// ", ""):
        assert left_over(added("a.sh", f"{mark}{HEAD}", *code, f"{mark}{END}"), code) == code
