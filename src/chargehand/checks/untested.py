"""Finds a change of code that comes without any change of tests."""

import re
from collections.abc import Iterator

from chargehand.checks.claiming import claim_line
from chargehand.checks.kinds import is_code, is_test
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim, Confidence, Severity

# Below the first, a test is a matter of taste; from the second on, its absence is worth more than a remark.
_WORTH_A_TEST = 5
_WORTH_MORE = 30

# Tests that live beside the code: Rust, Python doctests, D and Zig.
_INLINE_TEST = re.compile(r'\s*(#\[(cfg\(test\)|([\w:]+::)?test\b)|>>> |unittest\b|test\s+")')
_NOT_BEHAVIOUR = re.compile(
    r"\s*($|//|/?\*|#(?!include|define|if|\[)|--|;|\"\"\"|'''|import\b|from\b.+\bimport\b|using\b|package\b"
    r"|use\b|require\b|#include\b|[\[\](){},;]+\s*$|(end|else|pass|return|break|continue);?\s*$)"
)


def find_untested(diff: Diff) -> tuple[Claim, ...]:
    """Return one claim for the whole change, at the first added line of code, or none.

    Nothing is claimed where the change touches a test, or adds only a few lines, or text,
    configuration, examples and generated files.
    """
    if any(_touches_tests(file) for file in diff.files):
        return ()
    places = [(file, line) for file in diff.files if _wants_tests(file) for line in _behaviour(file)]
    if len(places) < _WORTH_A_TEST:
        return ()
    file, line = places[0]
    return (_claim(file.path, line, len(places), len({each.path for each, _ in places})),)


def _touches_tests(file: FileDiff) -> bool:
    if file.status == "deleted":
        return False
    return is_test(file.path) or any(
        line.kind == "+" and _INLINE_TEST.match(line.text)
        for hunk in file.hunks
        if "test" in hunk.body or ">>> " in hunk.body
        for line in hunk.lines()
    )


def _wants_tests(file: FileDiff) -> bool:
    return file.skip is None and is_code(file.path)


def _behaviour(file: FileDiff) -> Iterator[Line]:
    """Yield the added lines that do something: no blanks, comments, imports or lone brackets."""
    return (line for line in file.lines() if line.kind == "+" and not _NOT_BEHAVIOUR.match(line.text))


def _claim(path: str, line: Line, lines: int, files: int) -> Claim:
    where = "1 file" if files == 1 else f"{files} files"
    return claim_line(
        "untested-code",
        "tests/missing",
        path,
        line,
        f"The change adds {lines} lines of code in {where} and touches no test. Nothing in it would fail if "
        "this code were wrong.",
        title="Code changed and no test did",
        severity=Severity.MEDIUM if lines >= _WORTH_MORE else Severity.LOW,
        confidence=Confidence.MEDIUM,
    )
