"""Which test is named like a file of code, by the habits of many languages."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from chargehand.checks.paths import is_code, is_test, is_test_data, is_test_folder

# What a test's name has more than that of the code: test_x, x_test, x.test, x-spec.
_MARK = re.compile(
    r"^(test|tests|unittest)[-_.]|[-_.](test|tests|unittest|unittests|spec|specs|e2e|cy)(?=\.|$)",
    re.IGNORECASE,
)
# FooTest, FooTests, FooTestCase, FooSpec, FooIT and TestFoo.
_CAMEL_MARK = re.compile(r"(?<=[a-z0-9])(Tests?|TestCase|TestSuite|Specs?|IT)$|^Test(?=[A-Z])")
_SEPARATOR = re.compile(r"[-_.]")

# Folders that say nothing of what is tested.
_NEUTRAL = frozenset(
    {"src", "main", "lib", "java", "kotlin", "scala", "python", "unit", "integration", "javatests"}
)
_FAMILIES = (
    ("py", "pyi"),
    ("js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"),
    ("java", "kt", "scala", "groovy"),
    ("c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx"),
)
_FAMILY = {ending: family[0] for family in _FAMILIES for ending in family}


class _Namesakes(NamedTuple):
    """The code and the tests that have one bare name, in the order of their paths."""

    codes: tuple[str, ...]
    tests: tuple[str, ...]


def find_named_tests(codes: Iterable[str], paths: Collection[str]) -> dict[str, str]:
    """Return for each file of code the path of the test that is named like it, if `paths` have one.

    The folders must agree but for words such as `src` and `tests`. A test that lies higher or deeper than
    the code only counts if no other code has that name.
    """
    wanted = {code: bare_name(code) for code in codes}
    known = _namesakes(set(wanted.values()), paths)
    found = {code: _nearest(code, known[name].tests, known[name]) for code, name in wanted.items()}
    return {code: test for code, test in found.items() if test}


def find_named_code(tests: Iterable[str], paths: Collection[str]) -> dict[str, str]:
    """Return for each test the path of the code that it is named after, if `paths` have it."""
    wanted = {test: bare_name(test) for test in tests}
    known = _namesakes(set(wanted.values()), paths)
    found = {test: _nearest(test, known[name].codes, known[name]) for test, name in wanted.items()}
    return {test: code for test, code in found.items() if code}


def bare_name(path: str) -> tuple[str, str]:
    """Return what code and its test have in common: a name without marks, and the family of languages."""
    name, _, ending = path.rpartition("/")[2].rpartition(".")
    bare = _CAMEL_MARK.sub("", _MARK.sub("", name)) if is_test(path) else name
    return _squeezed(bare), _FAMILY.get(ending.lower(), ending.lower())


def _namesakes(
    wanted: Collection[tuple[str, str]], paths: Iterable[str]
) -> dict[tuple[str, str], _Namesakes]:
    """Return who has each wanted name; nearly all paths are put aside by a look at their last part."""
    names = re.compile("|".join(re.escape(name) for name, _ in wanted) or r"(?!)")
    likely = (path for path in paths if names.search(_squeezed(path.rpartition("/")[2])))
    found: dict[tuple[str, str], list[str]] = {name: [] for name in wanted}
    for path in sorted(likely):
        if not is_test_data(path) and (name := bare_name(path)) in found:
            found[name].append(path)
    return {
        name: _Namesakes(tuple(filter(is_code, each)), tuple(filter(is_test, each)))
        for name, each in found.items()
    }


def _squeezed(name: str) -> str:
    return _SEPARATOR.sub("", name).lower()


def _nearest(path: str, others: Iterable[str], known: _Namesakes) -> str | None:
    own = _folders(path)
    beside = (other for other in others if _folders(other) == own)
    around = (other for other in others if len(known.codes) <= 1 and _agree(_folders(other), own))
    return next(beside, None) or next(around, None)


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return [part.lower() for part in parts if part.lower() not in _NEUTRAL and not is_test_folder(part)]


def _agree(some: list[str], others: list[str]) -> bool:
    """Tell whether all of the shorter stand in the longer, in the same order."""
    short, long = sorted((some, others), key=len)
    rest = iter(long)
    return all(part in rest for part in short)
