import pytest

from chargehand.change.diff.long_hunks import split_hunks
from chargehand.core.diff import Authority, FileDiff, Hunk, Skip, SkipReason
from tests.unit.change.diff.test_chunks import LINES, MANY, edited, tokens
from tests.unit.changes import added, body_of, changed, diff_of, numbers_of


@pytest.mark.parametrize("most", [40, 60, 100, 250])
def test_cutting_hunks_changes_no_line_and_no_number(most: int) -> None:
    old = [f"    old({number})" for number in range(60)] + LINES
    new = [f"    new({number})" for number in range(90)] + edited(LINES, *range(1, 100, 4))
    for file in (changed("a.py", old, new), changed("a.py", old, []), changed("a.py", [], new)):
        (cut,) = split_hunks(diff_of(file), tokens, most).files
        assert len(cut.hunks) > len(file.hunks)
        assert numbers_of(cut) == numbers_of(file)
        assert (cut.added, cut.removed) == (file.added, file.removed)
        for hunk in cut.hunks:
            kinds = [line.kind for line in hunk.lines()]
            assert (hunk.old_count, hunk.new_count) == (
                len(kinds) - kinds.count("+"),
                len(kinds) - kinds.count("-"),
            )


def test_a_piece_without_lines_on_one_side_starts_where_git_would_say() -> None:
    file = changed("a.py", LINES[:5], [*LINES[:5], *MANY], context=3)
    (cut,) = split_hunks(diff_of(file), tokens, 100).files
    last = cut.hunks[-1]
    assert (last.old_start, last.old_count) == (5, 0)


def test_hunks_that_fit_are_left_as_they_are() -> None:
    diff = diff_of(changed("a.py", LINES, edited(LINES, 10, 50)))
    assert split_hunks(diff, tokens, 1000) == diff


def test_a_hunk_is_cut_where_the_next_piece_begins_far_to_the_left() -> None:
    functions = [
        line
        for name in "abcdefgh"
        for line in (f"def {name}():", "    first()", "    second()", "    third()")
    ]
    (cut,) = split_hunks(diff_of(added("a.py", *functions)), tokens, 180).files
    assert len(cut.hunks) > 1
    assert all(hunk.body.startswith("+def ") for hunk in cut.hunks)


def of_kind(kind: str, *lines: str) -> FileDiff:
    old, new = {"+": (0, len(lines)), "-": (len(lines), 0)}.get(kind, (len(lines), len(lines)))
    body = "\n".join(f"{kind}{line}" for line in lines)
    hunk = Hunk(old_start=7, old_count=old, new_start=7, new_count=new, section="f()", body=body)
    return FileDiff(path="a.py", status="modified", hunks=(hunk,))


@pytest.mark.parametrize("kind", ["+", "-"])
def test_a_changed_line_that_fits_nowhere_is_shown_in_pieces_under_its_number(kind: str) -> None:
    long = "".join(map(str, range(400)))
    (file,) = split_hunks(diff_of(of_kind(kind, " short", long, " last")), tokens, 100).files
    first, *pieces, last = (next(hunk.lines()) for hunk in file.hunks)
    assert (first.text, last.text) == (" short", " last")
    assert "".join(piece.text for piece in pieces) == long
    assert {piece.new_number or piece.old_number for piece in pieces} == {8}
    assert (last.new_number or last.old_number) == 9
    assert file.hunks[1].section == f"f() [part 1 of {len(pieces)} of one long line]"
    assert all(tokens(f"@@ {hunk.section}\n00{hunk.body}\n") < 100 for hunk in file.hunks)


def test_of_an_unchanged_line_only_the_beginning_is_shown() -> None:
    (file,) = split_hunks(diff_of(of_kind(" ", "short", "x" * 12_000)), tokens, 10**6).files
    short, cut = file.lines()
    assert short.text == "short"
    assert cut.text == "x" * 999 + " … [11,001 unchanged characters are not shown]"
    assert cut.new_number == 8


def test_a_name_that_leaves_no_room_is_a_gap() -> None:
    file = of_kind("+", "x" * 900).evolve(path="n" * 4_000)
    skip = split_hunks(diff_of(file), tokens, 100).files[0].skip
    assert skip
    assert skip.is_gap


def test_files_that_are_skipped_lose_their_lines() -> None:
    skip = Skip(reason=SkipReason.LOCK_FILE, by=Authority.BASE, detail="")
    lock = added("lock", *MANY).evolve(skip=skip)
    assert split_hunks(diff_of(lock), tokens, 100) == diff_of(lock.evolve(hunks=()))


def test_lines_joined_again_are_the_file() -> None:
    (cut,) = split_hunks(diff_of(added("a.py", *MANY)), tokens, 100).files
    assert body_of(cut) == [f"+{line}" for line in MANY]
