from pathlib import Path

import pytest

from chargehand.change import Count, Range, Staged, check_counts, read_counts
from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.change import Change
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason
from chargehand.core.shape import read
from tests.unit.change.git.test_patch import rich
from tests.unit.change.world import World, branched


def test_counts_are_git_s_own(tmp_path: Path) -> None:
    world = rich(tmp_path / "repository")
    counts = {count.path: count for count in read_counts(world.place(), world.change(Range(base="main")))}
    assert counts["new.py"] == Count(path="new.py", old_path="old.py", added=1, removed=1)
    assert counts["data.bin"] == Count(path="data.bin", added=None, removed=None)
    assert counts["naïve \t.py"] == Count(path="naïve \t.py", added=1, removed=0)
    assert counts["run.sh"] == Count(path="run.sh", added=0, removed=0)
    assert len(counts) == 8


def test_what_is_parsed_is_what_git_counts(tmp_path: Path) -> None:
    world = rich(tmp_path / "repository")
    (world.root / "sub/in.py").unlink()
    (world.root / "sub/in.py").symlink_to("new.py")
    world.commit({'b " b/q.py': "x", "sub dir b/y": "1\n", "crlf": "a\r\n\r", "latin": b"\xe9\n\x0c\n"})
    change = world.change(Range(base="main"))
    assert check_counts(parse_diff(change.diff), read_counts(world.place(), change)) == ()


def test_what_is_staged_is_counted(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.write({"a.py": "one\ntwo\n"})
    world.git("add", "a.py")
    assert read_counts(world.place(), world.change(Staged())) == (Count(path="a.py", added=2, removed=0),)


def test_attributes_do_not_keep_a_file_from_being_counted(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({".gitattributes": "*.py -diff\n"})
    assert all(count.added is not None for count in read_counts(world.place(), world.change()))


def test_a_diff_that_was_given_has_no_counts(tmp_path: Path) -> None:
    assert read_counts(branched(tmp_path).place(), Change(source="file", diff=b"diff")) == ()


def entry(path: str = "a.py", added: int = 1, removed: int = 2, **more: object) -> FileDiff:
    return read(FileDiff, {"path": path, "status": "modified", "added": added, "removed": removed, **more})


COUNT = Count(path="a.py", added=1, removed=2)


def test_agreement_says_nothing() -> None:
    assert check_counts(Diff(files=(entry(),)), (COUNT,)) == ()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((), "a.py was not read from the diff, but git counts it."),
        ((entry(added=0),), "a.py was read as +0 -2, but git counts +1 -2."),
        ((entry(), entry("b.py")), "b.py was read from the diff, but git does not count it."),
    ],
)
def test_each_disagreement_is_a_sentence(files: tuple[FileDiff, ...], sentence: str) -> None:
    assert check_counts(Diff(files=files), (COUNT,)) == (sentence,)


def test_a_rename_that_was_not_seen_is_told() -> None:
    renamed = Count(path="a.py", old_path="z.py", added=1, removed=2)
    assert check_counts(Diff(files=(entry(old_path="z.py", status="renamed"),)), (renamed,)) == ()
    assert check_counts(Diff(files=(entry(),)), (renamed,)) == (
        "a.py was z.py before, and was not read as that.",
    )


def test_a_binary_file_is_compared_by_its_path_alone() -> None:
    binary = Count(path="a.py", added=None, removed=None)
    assert check_counts(Diff(files=(entry(added=0, removed=0),)), (binary,)) == ()
    assert check_counts(Diff(), (binary,)) != ()


def test_a_change_of_type_is_one_row_and_two_entries_whose_lines_add_up() -> None:
    diff = Diff(files=(entry(status="deleted", added=0), entry(status="added", removed=0)))
    assert check_counts(diff, (COUNT,)) == ()
    assert check_counts(diff, (COUNT.evolve(removed=3),)) == (
        "a.py was read as +1 -2, but git counts +1 -3.",
    )


def test_what_could_not_be_read_is_not_told_twice() -> None:
    damaged = entry(added=0, skip=Skip(reason=SkipReason.DAMAGED, by=Authority.NOBODY, detail="torn"))
    assert check_counts(Diff(files=(damaged,)), (COUNT,)) == ()


def test_a_file_that_was_skipped_by_choice_is_still_counted() -> None:
    skipped = entry(added=0, skip=Skip(reason=SkipReason.BINARY, by=Authority.CONTENT, detail="binary"))
    assert check_counts(Diff(files=(skipped,)), (COUNT,)) == (
        "a.py was read as +0 -2, but git counts +1 -2.",
    )


def test_hostile_names_are_shown_harmless() -> None:
    (sentence,) = check_counts(Diff(), (Count(path="a\x1b[2J\nb", added=1, removed=0),))
    assert "\x1b" not in sentence
    assert "\n" not in sentence


def test_many_disagreements_are_summed_up() -> None:
    counts = tuple(Count(path=f"{n}.py", added=1, removed=0) for n in range(50))
    sentences = check_counts(Diff(), counts)
    assert len(sentences) == 21
    assert sentences[-1] == "30 more files do not agree with git's count."
