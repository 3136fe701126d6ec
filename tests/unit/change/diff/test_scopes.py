from types import ModuleType

import pytest

from chargehand.change.diff.context import widen
from chargehand.change.diff.scopes import Scope, scopes_of
from chargehand.core.diff import Diff, FileDiff, Hunk

PYTHON = """\
import os

# Says so.
@decorator
def first():
    one()

    two()


class Thing:
    field = 1

    def method(self):
        return (lambda: 1)()
"""
TYPESCRIPT = """\
// What it does.
export const area = (w: number, h: number) => {
  return [w, h].reduce((a, b) => {
    return a * b;
  });
};

export class Thing {
  handler = () => {
    this.run();
  };
  run(): void {
    done();
  }
}
"""
DECORATED = """\
@Injectable()
export class Orders {
  @Get("/orders")
  @Guard(
    "read",
  )
  find() {
    return 1;
  }
}
"""
GO = """\
package a

type T struct {
\tA int
}

// F adds.
func (t *T) F(x int) int {
\treturn x + t.A
}
"""
JAVA = """\
class A {
  /** Says so. */
  @Override
  public int f() {
    return 1;
  }
}
"""
RUST = """\
/// Says so.
#[test]
fn first() {
    one();
}

impl T {
    fn second() {
        two();
    }
}
"""
RUBY = """\
module M
  class A
    def f
      1
    end

    def self.g
      2
    end
  end
end
"""
C = """\
struct point {
  int x;
};

/* Says so. */
static struct point *
make(void)
{
  return 0;
}
"""
CPP = """\
template <class T>
class A {
  int f() {
    return 1;
  }
};
int A::g() {
  return 2;
}
"""
CSHARP = """\
namespace N {
  class A {
    [Test]
    public int F() {
      return 1;
    }
    int P {
      get { return 2; }
    }
  }
}
"""
PHP = """\
<?php
class A {
  public function f() {
    return 1;
  }
}
"""
JAVASCRIPT = """\
module.exports.f = function (x) {
  return x;
};
"""


def scope(path: str, text: str, line: int) -> Scope | None:
    pytest.importorskip("tree_sitter", reason="the extra `context` is not installed")
    scope_at = scopes_of(path, text)
    assert scope_at is not None
    return scope_at(line)


@pytest.mark.parametrize(
    ("path", "text", "line", "lines", "within"),
    [
        ("a.py", PYTHON, 6, (3, 8), ""),
        ("a.py", PYTHON, 8, (3, 8), ""),
        ("a.pyi", PYTHON, 5, (3, 8), ""),
        ("a.py", PYTHON, 4, (3, 8), ""),
        ("a.py", PYTHON, 12, (11, 15), ""),
        ("a.py", PYTHON, 15, (14, 15), "class Thing:"),
        ("src/A.PY", PYTHON, 14, (14, 15), "class Thing:"),
        ("a.ts", TYPESCRIPT, 2, (1, 6), ""),
        ("a.tsx", TYPESCRIPT, 4, (1, 6), ""),
        ("a.ts", TYPESCRIPT, 6, (1, 6), ""),
        ("a.mts", TYPESCRIPT, 9, (9, 11), "export class Thing {"),
        ("a.ts", TYPESCRIPT, 13, (12, 14), "export class Thing {"),
        ("a.ts", DECORATED, 1, (1, 10), ""),
        ("a.ts", DECORATED, 3, (3, 9), "export class Orders {"),
        ("a.ts", DECORATED, 5, (3, 9), "export class Orders {"),
        ("a.js", JAVASCRIPT, 1, (1, 3), ""),
        ("a.go", GO, 4, (3, 5), ""),
        ("a.go", GO, 9, (7, 10), ""),
        ("a.java", JAVA, 5, (2, 6), "class A {"),
        ("a.java", JAVA, 3, (2, 6), "class A {"),
        ("a.rs", RUST, 2, (1, 5), ""),
        ("a.rs", RUST, 4, (1, 5), ""),
        ("a.rs", RUST, 9, (8, 10), "impl T {"),
        ("a.rb", RUBY, 4, (3, 5), "class A"),
        ("a.rb", RUBY, 8, (7, 9), "class A"),
        ("a.c", C, 2, (1, 3), ""),
        ("a.c", C, 6, (5, 10), ""),
        ("a.c", C, 9, (5, 10), ""),
        ("a.hpp", CPP, 4, (3, 5), "class A {"),
        ("a.cc", CPP, 6, (1, 6), ""),
        ("a.cpp", CPP, 8, (7, 9), ""),
        ("a.cs", CSHARP, 5, (3, 6), "class A {"),
        ("a.cs", CSHARP, 8, (7, 9), "class A {"),
        ("a.php", PHP, 4, (3, 5), "class A {"),
    ],
)
def test_the_definition_round_a_line_is_known(
    path: str, text: str, line: int, lines: tuple[int, int], within: str
) -> None:
    found = scope(path, text, line)
    assert found is not None
    assert (found[:2], found.within) == (lines, within)


def test_a_definition_is_named_by_its_own_first_line() -> None:
    found = scope("a.py", PYTHON, 6)
    assert found is not None
    assert found.header == "def first():"


@pytest.mark.parametrize("line", [1, 2, 7, 9, 10, 0, -3, 99])
def test_a_line_outside_or_blank_has_no_definition(line: int) -> None:
    assert scope("a.py", PYTHON, line) is None


@pytest.mark.parametrize("path", ["README.md", "Makefile", "py", ".py", "a.py.txt", "a."])
def test_a_language_that_is_not_known_has_no_definitions(path: str) -> None:
    scope_at = scopes_of(path, PYTHON)
    assert scope_at is not None
    assert scope_at(6) is None


@pytest.mark.parametrize(
    "text", ["", "\0" * 100, "def f(:\n  (((\n", "\udce9\ud800\n", "\ufeffdef f():\n  a\n  b\n"]
)
def test_text_that_is_no_code_breaks_nothing(text: str) -> None:
    for line in range(4):
        found = scope("a.py", text, line)
        assert found is None or 1 <= found.first <= line <= found.last


@pytest.mark.parametrize(
    "text", ["class A {\n" + "a<b<" * 50_000 + "\n}\n", "class A {\n" + "x;\n" * 200_000 + "}\n"]
)
def test_text_that_takes_too_long_has_no_definitions(text: str) -> None:
    assert scope("a.cpp", text, 2) is None


def test_deep_nesting_and_long_comments_end() -> None:
    deep = "def f():\n" + "(\n" * 100_000
    assert scope("a.py", deep, 90_000) is None
    found = scope("a.py", "# x\n" * 50_000 + "def f():\n    a\n    b\n", 50_002)
    assert found is not None
    assert 49_900 < found.first < 50_001


@pytest.mark.parametrize("missing", ["tree_sitter", "tree_sitter_python"])
def test_a_grammar_that_is_not_installed_is_not_the_same_as_no_definition(missing: str) -> None:
    def load(name: str) -> ModuleType:
        if name == missing:
            raise ModuleNotFoundError(name)
        return ModuleType(name)

    assert scopes_of("a.py", PYTHON, load=load) is None


def test_a_grammar_of_another_version_is_like_none() -> None:
    def refuse(_language: int) -> None:
        raise ValueError("Incompatible Language version 99")

    def load(name: str) -> ModuleType:
        module = ModuleType(name)
        vars(module).update(language=lambda: 0, Language=refuse)
        return module

    assert scopes_of("a.py", PYTHON, load=load) is None


def test_a_diff_is_widened_to_real_functions() -> None:
    pytest.importorskip("tree_sitter", reason="the extra `context` is not installed")
    hunk = Hunk(
        old_start=6,
        old_count=1,
        new_start=6,
        new_count=1,
        section="def first():",
        body="-    zero()\n+    one()",
    )
    diff = Diff(files=(FileDiff(path="a.py", status="modified", hunks=(hunk,)),))
    (file,) = widen(diff, {"a.py": PYTHON}.get).files
    assert [line.new_number for line in file.lines() if line.new_number] == [3, 4, 5, 6, 7, 8]
    assert widen(diff, {"a.py": PYTHON}.get).notices == ()
