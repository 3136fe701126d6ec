"""For any pair of trees git's own counts are read; for any bytes at all, a diff or a clear error."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.parse.names import why_unsafe
from chargehand.core.diff import FileDiff, SkipReason
from chargehand.core.errors import DiffError
from tests.property.damage import EDITS, SAMPLES, check_diff, damaged
from tests.property.trees import Repository, Row, Tree, pairs

FORM = ("-M", "-U3", "--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0")

# Bytes of any kind are read in far less; the bound leaves room for a machine that is busy.
DEADLINE = timedelta(seconds=2)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("any-diff"))


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    trees=pairs(),
    options=st.sampled_from(
        [
            FORM,
            (*FORM, "-ccore.quotePath=false"),
            (*FORM, "-U0"),
            (*FORM, "--binary"),
            ("-M", "--no-prefix"),
            ("-M", "-cdiff.mnemonicPrefix=true"),
            ("-C", "--find-copies-harder", "-U1"),
            ("--no-renames", "-R"),
        ]
    ),
)
def test_what_git_writes_is_read_as_git_counts_it(
    repository: Repository, trees: tuple[Tree, Tree], options: tuple[str, ...]
) -> None:
    repository.import_pair(*trees)
    diff = parse_diff(repository.diff(*options))
    old, new = trees if "-R" not in options else trees[::-1]
    rows = repository.rows(*options)
    assert sorted({file.path.encode("utf-8", "surrogateescape") for file in diff.files}) == sorted(
        row.path for row in rows
    )
    for row in rows:
        check_row(row, [file for file in diff.files if as_bytes(file.path) == row.path])
    for file in diff.files:
        check_lines(file, old, new)


def check_row(row: Row, files: list[FileDiff]) -> None:
    assert len(files) == (2 if row.status == "T" else 1)
    for file in files:
        assert (file.old_path and as_bytes(file.old_path)) == row.old_path
        check_skip(row, file)
    # A change of type is one row, with counts as if it were none, but the diff takes one file out and puts
    # another in.
    if row.added is not None and row.status != "T":
        assert (files[0].added, files[0].removed) == (row.added, row.removed)
    assert [file.status for file in files] == expected_status(row)


def check_skip(row: Row, file: FileDiff) -> None:
    if why_unsafe(file.path) or why_unsafe(file.old_path or file.path):
        assert file.skip
        assert file.skip.reason is SkipReason.UNSAFE_PATH
    elif file.skip:
        assert file.skip.reason is SkipReason.BINARY
        assert row.added is None or row.status == "T"
        assert not file.hunks


def expected_status(row: Row) -> list[str]:
    if row.status == "M" and row.modes[0] != row.modes[1] and row.blobs[0] == row.blobs[1]:
        return ["mode"]
    names = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied"}
    return ["deleted", "added"] if row.status == "T" else [names[row.status]]


def check_lines(file: FileDiff, old: Tree, new: Tree) -> None:
    """Every line stands in the tree where its number says."""
    before = numbered(old, file.old_path or file.path) if file.status != "added" else []
    after = numbered(new, file.path) if file.status != "deleted" else []
    for line in file.lines():
        assert line.old_number is None or before[line.old_number - 1] == as_bytes(line.text)
        assert line.new_number is None or after[line.new_number - 1] == as_bytes(line.text)


def numbered(tree: Tree, path: str) -> list[bytes]:
    blob = tree[as_bytes(path)]
    return (b"Subproject commit " if blob.mode == "160000" else b"").join([b"", blob.data]).split(b"\n")


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@settings(max_examples=300, derandomize=True, deadline=DEADLINE)
@given(st.binary(max_size=400) | st.lists(st.sampled_from(SAMPLES), max_size=3).map(b"".join))
def test_any_bytes_are_a_diff_or_a_clear_error(raw: bytes) -> None:
    check(raw)


@settings(max_examples=500, derandomize=True, deadline=DEADLINE)
@given(st.sampled_from(SAMPLES), EDITS)
def test_a_damaged_diff_is_a_diff_or_a_clear_error(raw: bytes, edits: list[tuple[int, int, int]]) -> None:
    check(damaged(raw, edits))


def check(raw: bytes) -> None:
    with suppress(DiffError):
        check_diff(raw, parse_diff(raw))
