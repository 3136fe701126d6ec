"""Where definitions end, in the layouts of many languages, whole and broken."""

import pytest

from chargehand.change.context.forms import definitions_in
from chargehand.change.context.languages import language_of
from chargehand.change.context.layout import extent_of

PYTHON = """\
# leads to it
@cached
def first(
    a: int,
) -> int:
    return (a

def second(b: int) -> int:

    return b
LAST = second(first(1))
class Third(Base):
    pass
"""
GO = """\
// Serve serves.
func (s *Server) Serve(
	a int,
) error {
	if a {
	}
	return nil
}
type Pair struct { a, b int }
"""
C = """\
static int
count(struct list *l,
    int n)
{
	int i;
out:
	return (i);
}
#define LIMIT 5
int declared(void);
"""
JAVASCRIPT = """\
app.use = function use(fn) {
  call(fn);
};
class Shop {
  total(order) {
    each(order, () => {
      sum(order);
    });
  }
}
each(all, function () {
});
"""
JAVA = """\
class Shop {
	@Override
	public int total(Order order)
			throws Failure {
		return sum(order);
	}
	int sum(Order order);
}
"""
RUBY = """\
class Shop
  def total(order) = order.sum
  def empty?
    @orders.none?
  end
end
"""


def defined(path: str, text: str) -> dict[str, tuple[int, int, int]]:
    """Return where each definition of a file begins, with what leads to it and without, and ends; from 1."""
    language, lines = language_of(path), text.split("\n")
    assert language
    found = {}
    for at, line in enumerate(lines):
        for name, is_loose in definitions_in(line, language):
            if extent := extent_of(lines, at, language, is_loose=is_loose):
                found[name] = (extent.top + 1, extent.first + 1, extent.last + 1)
    return found


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", PYTHON, {"first": (1, 3, 6), "second": (8, 8, 10), "LAST": (11, 11, 11),
                             "Third": (12, 12, 13)}),
        ("a.go", GO, {"Serve": (1, 2, 8), "Pair": (9, 9, 9)}),
        ("a.c", C, {"count": (2, 2, 8), "LIMIT": (9, 9, 9), "declared": (10, 10, 10)}),
        ("a.js", JAVASCRIPT, {"use": (1, 1, 3), "Shop": (4, 4, 10), "total": (5, 5, 9)}),
        ("a.java", JAVA, {"Shop": (1, 1, 8), "total": (2, 3, 6), "sum": (7, 7, 7)}),
        ("a.rb", RUBY, {"Shop": (1, 1, 6), "total": (2, 2, 2), "empty?": (3, 3, 5)}),
        ("a.rs", "impl A {\n    pub fn new() -> Self {\n        A {\n    }\n}\n", {"new": (2, 2, 4)}),
        ("a.php", "final class A\n{\n    public function &b(): int\n    {\n        return 1;\n    }\n}\n",
         {"A": (1, 1, 7), "b": (3, 3, 6)}),
        ("a.swift", "extension Shop {\n  func total() -> Int {\n    1\n  }\n}",
         {"Shop": (1, 1, 5), "total": (2, 2, 4)}),
    ],
)  # fmt: skip
def test_a_definition_ends_where_its_layout_does(
    path: str, text: str, expected: dict[str, tuple[int, int, int]]
) -> None:
    assert defined(path, text) == expected


def test_a_bracket_that_is_never_closed_hides_no_function_below_it() -> None:
    broken = PYTHON.replace(") -> int:\n    return (a", "\n    return (a", 1)
    assert defined("a.py", broken)["second"] == (8, 8, 10)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "# def commented(a):"),
        ("a.java", "\t * class Commented in prose"),
        ("a.java", "\t\treturn total(order);"),
        ("a.js", "const express = require('express')"),
        ("a.c", "\tcount(list, 1);"),
        ("a.py", "x" * 2_000 + "\ndef long" + "g" * 2_000),
    ],
)
def test_what_only_looks_like_a_definition_is_none(path: str, line: str) -> None:
    assert defined(path, line) == {}
