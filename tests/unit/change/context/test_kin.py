from chargehand.change.context.kin import kin
from chargehand.change.diff.chunks import make_chunks
from chargehand.core.diff import FileDiff
from tests.unit.changes import added, diff_of

FILLER = [f"value_{number} = {number}" for number in range(40)]


def file(path: str, *lines: str) -> FileDiff:
    return added(path, *lines, *FILLER)


FILES = (
    file("a/report.py", "from z.money import round_up", "total = round_up(price)"),
    file("m/names.py", "def spell(name):", "    return name.title()"),
    file("t/view.py", "print(spell(user))"),
    file("z/money.py", "def round_up(amount):", "    return amount + 1"),
)


def test_a_file_stays_with_the_one_that_uses_what_it_defines() -> None:
    assert kin(FILES, 10**6) == (("a/report.py", "z/money.py"), ("m/names.py", "t/view.py"))


def test_a_definition_that_is_only_shown_keeps_its_user_too() -> None:
    first, *others = FILES
    (hunk,) = others[-1].hunks
    kept = others[-1].evolve(hunks=(hunk.evolve(section="def round_up(amount):", body="+    pass"),))
    assert kin((first, kept), 10**6) == (("a/report.py", "z/money.py"),)


def test_what_does_not_fit_together_stays_where_it_was() -> None:
    assert kin(FILES, 700) == tuple((each.path,) for each in FILES)


def test_a_small_file_joins_before_a_large_one_that_shares_more_but_takes_its_room() -> None:
    small, many = file("b.py", "print(spell(user))"), FILLER * 3
    defines = added("a.py", "def spell(name):", "def drawn(name):", *many)
    large = added("c.py", "print(spell(user), drawn(user))", *many)
    assert kin((defines, small, large), 3_600) == (("a.py", "b.py"), ("c.py",))
    assert kin((defines, large), 3_600) == (("a.py", "c.py"),)


def test_a_name_that_two_files_define_or_very_many_use_joins_nothing() -> None:
    users = tuple(file(f"u{number}.py", "spell(user)") for number in range(9))
    assert len(kin((FILES[1], *users), 10**6)) == 10
    assert len(kin((FILES[1], file("n.py", "def spell(name):"), FILES[2]), 10**6)) == 3


def test_a_chunk_ends_before_what_belongs_together_if_the_next_one_holds_it() -> None:
    diff = diff_of(*FILES)
    families = kin(FILES, 10**6)
    ordered = [path for family in families for path in family]
    chunks = make_chunks(diff, [ordered], len, 2_600, kin=families)
    assert [chunk.paths for chunk in chunks] == list(families)
    assert [chunk.paths for chunk in make_chunks(diff, [ordered], len, 2_600)] != list(families)
