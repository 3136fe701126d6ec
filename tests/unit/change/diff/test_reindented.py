"""What models see of blocks that only moved to the right or left, and that quotes of them are found."""

import pytest

from chargehand.change.diff.chunk_text import hunk_text
from chargehand.change.diff.reindented import paired
from chargehand.core.diff import FileDiff
from chargehand.pipeline.locate import locate
from tests.unit.changes import changed, diff_of, numbers_of
from tests.unit.crew import claim_of

BLOCK = ["    read(order)", "    for item in order:", "        pay(item)", "    close(order)"]
WRAPPED = ["    if order.is_open:", *(f"    {line}" for line in BLOCK)]


def shown(file: FileDiff) -> list[str]:
    (pair,) = paired(diff_of(file)).files
    return [line for hunk in pair.hunks for line in hunk_text(hunk).splitlines()[1:]]


def test_a_block_that_is_wrapped_is_shown_once_and_what_wraps_it_as_added() -> None:
    assert shown(changed("a.py", ["def f(order):", *BLOCK], ["def f(order):", *WRAPPED])) == [
        "1 def f(order):",
        "2+    if order.is_open:",
        "3>        read(order)",
        "4>        for item in order:",
        "5>            pay(item)",
        "6>        close(order)",
    ]


def test_a_block_that_is_unwrapped_goes_to_the_left_and_what_is_gone_is_shown() -> None:
    assert shown(changed("a.py", WRAPPED, BLOCK))[:2] == ["-    if order.is_open:", "1<    read(order)"]


def test_a_line_that_is_changed_in_the_block_is_shown_on_both_sides() -> None:
    new = [*WRAPPED[:3], "            pay(item, now)", *WRAPPED[4:], "        more()", "        again()"]
    lines = shown(changed("a.py", [*BLOCK, "    more()", "    again()"], new))
    assert "-        pay(item)" in lines
    assert "4+            pay(item, now)" in lines
    assert "5>        close(order)" in lines


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["  return a", "other()"], ["return a", "other()"]),
        (["  a()", "  b()"], ["    a()", "    b()"]),
        (["  a()", "  b()", "  c()"], ["    a()", "      b()", "        c()"]),
        (["a() ", "b() ", "c() "], ["a()", "b()", "c()"]),
    ],
    ids=["one line", "two lines", "each by another width", "only behind"],
)
def test_what_is_no_block_or_lost_its_shape_is_shown_on_both_sides(old: list[str], new: list[str]) -> None:
    file = changed("a.py", old, new)
    assert paired(diff_of(file)) == diff_of(file)
    assert not [line for line in shown(file) if line[1] in "<>"]


def test_numbers_and_counts_are_those_of_the_diff() -> None:
    file = changed("a.py", ["def f(order):", *BLOCK, "end()"], ["def f(order):", *WRAPPED, "end()"])
    (pair,) = paired(diff_of(file)).files
    assert sorted(numbers_of(pair), key=str) == sorted(numbers_of(file), key=str)
    assert (pair.added, pair.removed) == (file.added, file.removed)


@pytest.mark.parametrize("quote", ["            pay(item)", "5>            pay(item)", "pay(item)"])
def test_a_quote_of_such_a_line_is_found_at_its_new_number(quote: str) -> None:
    file = changed("a.py", ["def f(order):", *BLOCK], ["def f(order):", *WRAPPED])
    (finding,) = locate([claim_of(path="a.py", quote=quote, line=5, end_line=5)], paired(diff_of(file)))
    assert (finding.anchor, finding.line, finding.old_line) == ("line", 5, None)
