"""Finds code that changes while the test of its name stays as it was."""

import re
from collections.abc import Iterator, Sequence

from chargehand.checks.check import Tree, TreeCheck, claim
from chargehand.checks.named_tests import find_named_tests
from chargehand.checks.paths import is_code, is_test
from chargehand.core.diff import Diff, FileDiff, Hunk, Line, SkipReason
from chargehand.core.finding import Claim, Confidence, Severity

# Below this, a test is a matter of taste.
_WORTH_A_TEST = 5

# Tests that live beside the code: Rust, Python doctests, D and Zig.
_INLINE_TEST = re.compile(r'\s*(#\[(cfg\(test\)|([\w:]+::)?test\b)|>>> |unittest\b|test\s+")')
_NOT_BEHAVIOUR = re.compile(
    r"\s*\ufeff?($|//|/?\*|#(?!include|define|if|\[)|--|;|\"\"\"|'''|import\b|from\b.+\bimport\b|using\b|package\b"
    # A name, a text or an annotation alone on its line: part of a list of imports, mostly.
    r"|@?[A-Za-z_]\w*,?\s*$|(?:\w+ )?\"[^\"\s]+\"[,;]?\s*$"
    r"|use\b|require\b|#include\b|[\[\](){},;]+\s*$|(end|else|pass|return|break|continue);?\s*$)"
)
_DOCSTRING_QUOTE = re.compile(r'"""|' + "'''")
# Six bare words in a row, as in a docstring that begins above the hunk; code has operators among them.
_SENTENCE = re.compile(
    r"\s*(?!(for|if|elif|while|return|with|assert|raise|yield|and|or|not|in|is|else|except|async|await)\b)"
    r"[\w'`*.:-]+,?( [\w'`*.:-]+,?){5,}\s*$"
)


def find_untested_code(diff: Diff, tree: Tree) -> Iterator[Claim]:
    """Yield one claim for the whole change, or none.

    It is made if at least five lines that do something are added to files each of which has a test named
    like it, and if no test at all is touched. A file without such a test may be tested elsewhere, under a
    name that nobody can guess: nothing is said of it.
    """
    added = _added_behaviour(diff)
    tests = find_named_tests(added, tree.paths)
    tested = {path: lines for path, lines in added.items() if path in tests}
    if sum(map(len, tested.values())) >= _WORTH_A_TEST:
        path = next(iter(tested))
        yield _claim(path, tested, tests[path])


def may_find_untested_code(diff: Diff) -> bool:
    """Tell whether enough code is added, and no test touched."""
    return sum(map(len, _added_behaviour(diff).values())) >= _WORTH_A_TEST


def _added_behaviour(diff: Diff) -> dict[str, list[Line]]:
    """Return the added lines that do something for each file that was there before; none with a test."""
    if any(_touches_tests(file) for file in diff.files):
        return {}
    changed = (file for file in diff.files if file.status == "modified" and _wants_tests(file))
    return {file.path: lines for file in changed if (lines := _behaviour(file))}


def _touches_tests(file: FileDiff) -> bool:
    if file.status == "deleted":
        return False
    is_left_out = file.skip is not None and file.skip.reason is SkipReason.IGNORED
    return is_left_out or is_test(file.path) or file.path.endswith(".ipynb") or _has_inline_test(file)


def _has_inline_test(file: FileDiff) -> bool:
    return any(
        line.kind == "+" and _INLINE_TEST.match(line.text)
        for hunk in file.hunks
        if "test" in hunk.body or ">>> " in hunk.body
        for line in hunk.lines()
    )


def _wants_tests(file: FileDiff) -> bool:
    return file.skip is None and is_code(file.path)


def _behaviour(file: FileDiff) -> list[Line]:
    """Return the added lines that are no blanks, comments, docstrings, imports or lone brackets."""
    code = (line for hunk in file.hunks for line in _outside_docstrings(file.path, hunk))
    return [line for line in code if line.kind == "+" and not _is_idle(line.text)]


def _is_idle(text: str) -> bool:
    return bool(_NOT_BEHAVIOUR.match(text) or _SENTENCE.match(text))


def _outside_docstrings(path: str, hunk: Hunk) -> Iterator[Line]:
    lines = [line for line in hunk.lines() if line.kind != "-"]
    if not path.endswith((".py", ".pyi")):
        yield from lines
        return
    is_inside = _begins_in_docstring([line.text for line in lines])
    for line in lines:
        quotes = len(_DOCSTRING_QUOTE.findall(line.text))
        if not is_inside and not quotes:
            yield line
        is_inside ^= quotes % 2 == 1


def _begins_in_docstring(lines: Sequence[str]) -> bool:
    """Tell whether the first quotes end a docstring; alone on their line, they begin one after a colon."""
    before = ":"
    for line in lines:
        text = line.strip()
        if len(_DOCSTRING_QUOTE.findall(text)) % 2:
            is_alone = len(text) == 3
            return not before.endswith((":", "=", "(")) if is_alone else text.endswith(('"""', "'''"))
        before = text or before
    return False


def _claim(path: str, tested: dict[str, list[Line]], test: str) -> Claim:
    lines = sum(map(len, tested.values()))
    others = len(tested) - 1
    also = f" So does {'1 more file' if others == 1 else f'each of {others} more files'}." if others else ""
    return claim(
        CHECK,
        path,
        tested[path][0],
        f"This file has a test of its name, {test}.{also} The change adds {lines} lines of code to "
        f"{'them' if others else 'it'} and touches no test.",
        title="Code changed and no test did",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
    )


CHECK = TreeCheck("untested-code", ("tests/missing",), may_find_untested_code, find_untested_code)
