"""Which test is named like a file of code, by the habits of many languages."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

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


def find_named_tests(codes: Iterable[str], paths: Collection[str]) -> dict[str, str]:
    """Return for each file of code the path of the test that is named like it, if `paths` have one.

    The folders must agree but for words such as `src` and `tests`. A test that lies higher or deeper than
    the code only counts if no other code has that name.
    """
    wanted: dict[tuple[str, str], list[str]] = {}
    for code in codes:
        wanted.setdefault(_key(code), []).append(code)
    tests: dict[tuple[str, str], list[str]] = {}
    namesakes: Counter[tuple[str, str]] = Counter()
    for path in _named_like(wanted, paths):
        if is_test(path):
            tests.setdefault(_key(path), []).append(path)
        elif is_code(path):
            namesakes[_key(path)] += 1
    found = {}
    for key, each in wanted.items():
        for code in each:
            test = _nearest(code, sorted(tests.get(key, ())), is_unique=namesakes[key] <= 1)
            if test:
                found[code] = test
    return found


def _named_like(wanted: Collection[tuple[str, str]], paths: Iterable[str]) -> list[str]:
    """Return the paths with a wanted key; nearly all are put aside by a look at their names."""
    names = re.compile("|".join(re.escape(name) for name, _ in wanted) or r"(?!)")
    likely = (path for path in paths if names.search(_squeezed(path.rpartition("/")[2])))
    return [path for path in likely if _key(path) in wanted and not is_test_data(path)]


def _key(path: str) -> tuple[str, str]:
    """Return what code and its test have in common: the bare name and the family of languages."""
    name, _, ending = PurePosixPath(path).name.rpartition(".")
    bare = _CAMEL_MARK.sub("", _MARK.sub("", name)) if is_test(path) else name
    return _squeezed(bare), _FAMILY.get(ending.lower(), ending.lower())


def _squeezed(name: str) -> str:
    return _SEPARATOR.sub("", name).lower()


def _nearest(code: str, tests: Iterable[str], *, is_unique: bool) -> str | None:
    own = _folders(code)
    beside = (test for test in tests if _folders(test) == own)
    around = (test for test in tests if is_unique and _agree(_folders(test), own))
    return next(beside, None) or next(around, None)


def _folders(path: str) -> list[str]:
    parts = PurePosixPath(path).parts[:-1]
    return [part.lower() for part in parts if part.lower() not in _NEUTRAL and not is_test_folder(part)]


def _agree(some: list[str], others: list[str]) -> bool:
    """Tell whether all of the shorter stand in the longer, in the same order."""
    short, long = sorted((some, others), key=len)
    rest = iter(long)
    return all(part in rest for part in short)
