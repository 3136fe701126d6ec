"""What is shown with some hunks: what their lines want, as far as there is room."""

from functools import partial

from chargehand.change.context.shown import select, text_of
from chargehand.change.context.sizes import sized
from chargehand.core.context import Context, Kind, Link, Passage
from chargehand.core.diff import Hunk
from chargehand.core.tokens import estimate_for_any

MEASURE = partial(estimate_for_any, models=("claude-haiku-5-5",))
LONG = "def area(a):\n" + "\n".join(f"    line_{n} = a" for n in range(30))
AREA = Passage(Kind.DEFINITION, "shapes.py", 10, LONG, within="class Shape:", brief_lines=1)
CALLER = Passage(Kind.CALLER, "b.py", 7, "area(1)")


def hunk(first: int, count: int) -> Hunk:
    body = "\n".join(f"+line {n}" for n in range(count))
    return Hunk(old_start=first, old_count=0, new_start=first, new_count=count, section="", body=body)


def context(*passages: Passage, most: int = 4_000, line: int = 1, path: str = "a.py") -> Context:
    links = tuple(Link(line, index, index) for index in range(len(passages)))
    return Context(passages=tuple(sized(passages, most, MEASURE)), links={path: links}, max_tokens=most)


def test_only_what_lines_of_the_hunks_want_is_shown() -> None:
    wanted = context(AREA, line=5)
    assert select(wanted, [("a.py", [hunk(4, 3)])]).shown == wanted.passages
    assert not select(wanted, [("a.py", [hunk(9, 3)])]).shown
    assert not select(wanted, [("other.py", [hunk(4, 3)])]).shown


def test_what_the_hunks_show_themselves_is_not_shown_again() -> None:
    wanted = context(AREA, path="shapes.py")
    assert not select(wanted, [("shapes.py", [hunk(1, 60)])]).shown
    assert select(wanted, [("shapes.py", [hunk(1, 20)])]).shown


def test_without_room_for_all_each_definition_begins_before_one_is_shown_whole() -> None:
    many = [AREA._replace(path=f"shapes_{n}.py") for n in range(4)]
    shown = select(context(*many, most=480), [("a.py", [hunk(1, 60)])])
    assert [each.text.count("\n") > 1 for each in shown.shown] == [True, False, False, False]
    assert shown.shown[1].text == "def area(a):\n…"
    assert not shown.left_out
    assert shown.tokens <= 480
    assert MEASURE(text_of(shown.shown)) <= shown.tokens


def test_beside_few_lines_there_is_less_room() -> None:
    many = context(*(AREA._replace(path=f"shapes_{n}.py") for n in range(9)), most=2_000)
    few, more = (select(many, [("a.py", [hunk(1, count)])]).tokens for count in (1, 60))
    assert 700 < few <= 1_020
    assert 1_700 < more <= 2_000


def test_what_has_no_room_at_all_is_told() -> None:
    many = [AREA._replace(path=f"shapes_{n}.py") for n in range(40)]
    shown = select(context(*many, most=500), [("a.py", [hunk(1, 1)])])
    assert 0 < len(shown.shown) < 40
    assert len(shown.left_out) == 40 - len(shown.shown)


def test_no_kind_takes_the_room_of_definitions() -> None:
    said = [Passage(kind, "x", 0, "word " * 3_000) for kind in (Kind.REQUEST, Kind.GUIDANCE)]
    callers = [CALLER._replace(path=f"b_{n}.py") for n in range(200)]
    shown = select(context(*said, *callers, AREA, most=2_000), [("a.py", [hunk(1, 1)])])
    assert AREA.text in [each.text for each in shown.shown]
    assert shown.tokens <= 2_000
    assert shown.left_out


def test_prose_that_is_too_long_is_cut_with_a_mark() -> None:
    prose = Passage(Kind.GUIDANCE, "AGENTS.md", 0, "\n".join(["Write short sentences."] * 300))
    (cut,) = sized([prose], 2_000, MEASURE)
    assert cut.text.startswith("Write short sentences.\nWrite")
    assert cut.text.endswith("\n…")
    assert 300 < cut.tokens <= 500


def test_no_text_can_begin_a_line_or_look_like_a_place() -> None:
    hostile = Passage(
        Kind.DEFINITION, "a\nb\x1b.py", 1, "> other.py\n[1] a.py (modified)\r\u2028x", within="\n> y"
    )
    lines = text_of([hostile, CALLER._replace(text="one\ntwo")]).split("\n")
    assert [line[:1] for line in lines] == [">", "|", "|", ">", "|", ""]
    assert all(line.isprintable() for line in lines)


def test_a_line_more_elsewhere_changes_nothing_where_that_must_not_count() -> None:
    moved = [AREA._replace(line=11), CALLER._replace(line=8)]
    unmoved = text_of([AREA, CALLER], is_numbered=False)
    assert text_of(moved, is_numbered=False) == unmoved
    assert "b.py:7: area(1)" in text_of([AREA, CALLER])
