"""What can be planted in code of many languages, and how it gets into a diff."""

import re
from random import Random

import pytest

from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.scopes import tree_of
from chargehand.change.planting import Mutation, mutations, plant, plantable
from chargehand.change.planting.places import faults
from chargehand.core.diff import FileDiff

_KINDS = {"missing-check", "condition", "bound", "comparison", "swapped-arguments"}
_C_LIKE = "  if (!{a} && {b} < 3) {{\n    {leave};\n  }}\n  g({a}, {b});\n  return {a}[0] + 1;\n}}\n"

_PYTHON = """\
async def f(a, b):
  if not a and b < 3:
    return None
  await g(a, b, verify=True)
  return q(a[0] - 1)
"""
_GO = """\
package a
func f(a []int, b int) int {
  if b < 3 && ok {
    return 1
  }
  g(a, b)
  return a[0]
}
"""
_JAVASCRIPT = _C_LIKE.format(a="a", b="b", leave="return").replace("g(", "await g(")
_PLAIN = _C_LIKE.format(a="a", b="b", leave="return 0")
_SOURCES = {
    "a.py": _PYTHON,
    "a.js": "async function f(a, b) {\n" + _JAVASCRIPT,
    "a.ts": "async function f(a: Map<A, B>, b) {\n" + _JAVASCRIPT,
    "a.go": _GO,
    "a.rs": "fn f(a: i32) -> i32 {\n  if !a && b < 3 {\n    return 0;\n  }\n  g(a, b);\n  a[0] + 1\n}\n",
    "A.java": "class A { int f(int a, int b) {\n" + _PLAIN + "}\n",
    "a.rb": "def f(a, b)\n  return if a.nil?\n  h if !a && b < 3\n  g(a, b)\n  a[0] + 1\nend\n",
    "a.c": "int f(int a, int b) {\n" + _PLAIN,
    "a.cc": "int f(int a, int b) {\n" + _PLAIN,
    "A.cs": "class A { int F(int a, int b) {\n" + _PLAIN + "}\n",
    "a.php": "<?php\nfunction f($a, $b) {\n" + _C_LIKE.format(a="$a", b="$b", leave="return 0"),
}


@pytest.mark.parametrize(("path", "text"), _SOURCES.items(), ids=list(_SOURCES))
def test_the_usual_mistakes_can_be_planted_in_every_language_and_it_still_parses(
    path: str, text: str
) -> None:
    found = _all(path, text)
    assert {each.kind for each in found} >= _KINDS
    for each in found:
        changed = _applied(text, each)
        tree, _ = tree_of(path, changed.encode())
        assert tree, each
        assert not faults(tree), each
        assert re.sub(r"\s", "", changed) != re.sub(r"\s", "", text), each


def test_what_is_planted_stands_in_no_comment_and_no_text_and_changes_what_the_program_does() -> None:
    text = (
        "def f(a, b):\n"
        "    # if a < b and b == 3: return\n"
        "    s = 'a < b', f'{a < b}', \"\"\"\n"
        "    if a < b and b == 3: return\n"
        '    """\n'
        "    max(a, b), f(a, a), a == a, 1 < 2\n"
        "    return s\n"
    )
    assert _all("a.py", text) == []
    for path, code in {
        "a.js": "f(`a < ${b}`, 'a && b') // if (a < b) return\n/* a == b */ const r = /a<b/\n",
        "a.go": "package a\n\n// if a < b && c { return }\nvar s = `a < b`\n",
        "A.java": "class A { /** a == b */ String s = \"a && b\"; char c = '<'; }\n",
        "a.rs": '// a < b\nfn f() { g("a && b", r#"a < b"#); }\n',
        "a.c": '#if A < B && C\n#endif\n/* a == b */ char *s = "a < b";\n',
        "a.rb": "# a < b\ns = 'a && b'\nt = <<~X\n  a < b\nX\n",
    }.items():
        assert _all(path, code) == [], path
    awaited = "async function f(a) {\n  return await g(a)\n}\n"
    assert _all("a.js", awaited) == []
    last = (
        "def f(a):\n    if a:\n        return\n"  # nothing comes after it, so it keeps nothing from running
    )
    assert _all("a.py", last) == []


def test_arguments_are_swapped_where_a_reader_has_to_notice_and_no_compiler_does() -> None:
    def swapped(path: str, call: str) -> list[str]:
        text = f"package a\nfunc f() {{\n\t{call}\n}}\n" if path.endswith(".go") else f"{call}\n"
        return [each.lines[0].strip() for each in _all(path, text) if each.kind == "swapped-arguments"]

    assert swapped("a.go", "f(oldPath, newPath)") == ["f(newPath, oldPath)"]
    assert swapped("a.go", "g(cmd, args)") == []  # of two types
    assert swapped("a.go", "g(paths, paths...)") == []
    assert swapped("a.go", "g(1, width)") == []
    assert swapped("a.py", "g(cmd, args)") == ["g(args, cmd)"]
    assert swapped("a.py", "isinstance(a, b)") == swapped("a.py", "g(self, a)") == []


def test_defects_that_a_security_review_should_notice_are_told_from_the_others() -> None:
    text = (
        "def f(user, page):\n"
        "    if not user.is_admin:\n"
        "        raise Forbidden()\n"
        "    get(page, verify=True)\n"
        "    return html.escape(page)\n"
    )
    found = {each.kind: each for each in _all("a.py", text) if each.lens == "security"}
    assert found.keys() == {"missing-check", "unsafe-switch", "missing-escape"}
    assert found["missing-check"].lines == ()
    assert found["missing-check"].says.startswith("`if not user.is_admin:")
    assert found["missing-escape"].lines == ("    return page",)
    author = "def f(author, token):\n    if author is None or token == 1:\n        return 0\n    g()\n"
    assert {each.lens for each in _all("a.py", author)} == {"correctness"}


def test_only_the_lines_of_the_change_are_touched_and_a_part_that_does_not_parse_gets_nothing() -> None:
    text = _SOURCES["a.py"]
    assert {each.first for each in mutations("a.py", text, {4, 5})} == {4, 5}
    assert not list(mutations("a.py", 'says that a < b\n"""\nif a < b: f()\n', {3}, is_part=True))
    assert not list(mutations("a.unknown", text, range(1, 9)))
    assert not list(mutations("a.py", "a = b < c  # \udce9\n", {1}))


_DIFF = """\
diff --git a/m.py b/m.py
--- a/m.py
+++ b/m.py
@@ -1,3 +1,6 @@
 def f(a, b):
+    if a is None:
+        return 0
-    g(b, a)
+    g(a, b)
+    c = a < b
     return c
@@ -10,1 +13,2 @@
 x = 1
+y = x + 1
"""


def test_a_defect_in_a_diff_leaves_everything_else_where_the_diff_says() -> None:
    file = _file()
    gone = next(each for each in plantable(file) if not each.lines)
    planted = plant(file, gone)
    assert planted.hunks[0].body == (
        " def f(a, b):\n-    g(b, a)\n+    g(a, b)\n+    c = a < b\n     return c"
    )
    assert [(hunk.new_start, hunk.new_count) for hunk in planted.hunks] == [(1, 4), (11, 2)]
    assert planted.added == file.added - 2
    for each in plantable(file):
        lines = [line.text for line in plant(file, each).lines() if line.kind != "-"]
        assert lines != [line.text for line in file.lines() if line.kind != "-"]


def test_the_whole_file_is_read_if_the_diff_leads_to_it_and_the_order_can_be_shuffled() -> None:
    file = _file()
    text = "def f(a, b):\n    if a is None:\n        return 0\n    g(a, b)\n    c = a < b\n    return c\n"
    whole = text + "\n" * 6 + "x = 1\ny = x + 1\n"
    assert list(plantable(file, whole)) == list(plantable(file))
    as_text = 'A = """\n' + whole.replace("\n\n\n", '"""\n', 1)
    assert list(plantable(file, as_text)) == list(plantable(file))  # another text than the diff leads to
    shuffled = list(plantable(file, whole, Random(2).shuffle))  # noqa: S311 - no secret
    assert shuffled != list(plantable(file))
    assert sorted(shuffled) == sorted(plantable(file))


def _file() -> FileDiff:
    (file,) = parse_diff(_DIFF.encode()).files
    return file


def _all(path: str, text: str) -> list[Mutation]:
    return list(mutations(path, text, range(1, text.count("\n") + 1)))


def _applied(text: str, each: Mutation) -> str:
    rows = text.split("\n")
    rows[each.first - 1 : each.last] = each.lines
    return "\n".join(rows)
