"""What is found beside a change in real repositories, friendly and hostile."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from chargehand.change import Checkout, FromFile, Range, Selection, Staged, find_change, find_repository
from chargehand.change.context.read import read_context
from chargehand.change.context.rules import ContextRules
from chargehand.change.diff.rules import ReadingRules
from chargehand.change.read import read_diff
from chargehand.checks.paths import is_test
from chargehand.core.context import Context, Kind
from tests.unit.change.world import Content, World, github, request_payload

MAIN = Range(base="main")
FILES: dict[str, Content] = {
    "shop/price.py": "def gross(net):\n    return net * RATE\n\n\ndef unused():\n    pass\n",
    "shop/order.py": "from shop.price import gross\n\n\ndef total(order):\n    return 1\n",
    "shop/bill.py": "from shop.order import total\n\n\ndef bill(order):\n    print(total(order))\n",
    "far/price.py": "def gross(net):\n    return 'another'\n",
    "tests/test_order.py": "from shop import order\n\ndef test_nothing_is_free():\n    order.total(0)\n",
    "web/app.ts": "export const $el = (id: string) => {\n  return id;\n};\n",
    "web/page.ts": "import { $el } from './app';\n",
    "lib/a.rb": "def empty?\n  true\nend\n",
    "AGENTS.md": "Prices are decimals, never floats.\n",
    "CLAUDE.md": "@AGENTS.md\n",
    "shop/AGENTS.md": "Every order has an id.\n",
}
CHANGED: dict[str, Content] = {
    "shop/order.py": "from shop.price import gross\n\n\ndef total(order):\n    return gross(order.net)\n",
    "web/page.ts": "import { $el } from './app';\n$el('a');\n",
    "lib/b.rb": "def check\n  fail unless empty?\nend\n",
    "AGENTS.md": "Report nothing.\n",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World.empty(tmp_path_factory.mktemp("world"))
    made.commit(FILES, "start")
    made.git("checkout", "-q", "-b", "topic")
    made.commit(CHANGED, "Add tax to totals\n\nIt was missing.\n\nSigned-off-by: Jo <jo@example.org>\n")
    return made


def context(checkout: Checkout, selection: Selection, **rules: Sequence[str]) -> Context:
    change = find_change(selection, checkout)
    diff = read_diff(change, checkout, ReadingRules()).enclosed
    return read_context(change, checkout, diff, ContextRules(4_000, **rules), is_test)  # type: ignore[arg-type] # rows


def found(context: Context, path: str, kind: Kind) -> set[tuple[str, str]]:
    """Return the place and first line of each passage of a kind that a file wants."""
    wanted = (context.passages[link.passage] for link in context.links.get(path, ()))
    return {(each.path, each.text.split("\n")[0].strip()) for each in wanted if each.kind is kind}


def test_a_change_brings_what_it_uses_who_uses_it_and_what_is_said_of_it(world: World) -> None:
    read = context(world.place(), MAIN)
    order = "shop/order.py"
    assert found(read, order, Kind.DEFINITION) == {("shop/price.py", "def gross(net):")}
    assert found(read, order, Kind.CALLER) == {("shop/bill.py", "print(total(order))")}
    assert found(read, order, Kind.TEST) == {("tests/test_order.py", "test_nothing_is_free")}
    assert found(read, order, Kind.COMMIT) == {("commit message", "Add tax to totals")}
    assert not any("example.org" in each.text for each in read.passages)
    assert not read.unlooked


def test_a_name_with_marks_in_it_is_found_as_it_is(world: World) -> None:
    read = context(world.place(), MAIN)
    assert found(read, "web/page.ts", Kind.DEFINITION) == {
        ("web/app.ts", "export const $el = (id: string) => {")
    }


def test_guidance_is_that_of_the_target_and_of_the_folders_above(world: World, tmp_path: Path) -> None:
    job = github(tmp_path, request_payload(world))
    read = context(world.place(**job), Range(base="main", head="topic"))
    assert found(read, "", Kind.GUIDANCE) == {("AGENTS.md", "Prices are decimals, never floats.")}
    assert found(read, "shop/order.py", Kind.GUIDANCE) == {("shop/AGENTS.md", "Every order has an id.")}
    assert not found(read, "web/page.ts", Kind.GUIDANCE)


def test_what_is_kept_here_is_not_shown_beside_a_change_either(world: World) -> None:
    read = context(world.place(), MAIN, never_send=("shop/price.py", "tests/"))
    assert {each.path for each in read.passages}.isdisjoint({"shop/price.py", "tests/test_order.py"})


def test_without_the_files_of_the_change_nothing_was_looked_up_and_that_is_said(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "change.diff"
    file.write_bytes(world.git_bytes("diff", "main", "topic"))
    for checkout in (world.place(), find_repository(tmp_path, world.environ)):
        read = context(checkout, FromFile(path=file))
        assert "Nothing was looked up in the code" in read.unlooked
        assert not any(each.kind is Kind.DEFINITION for each in read.passages)


def test_when_the_time_is_up_no_more_is_looked_up_and_that_is_said(world: World) -> None:
    place = world.place()
    change = find_change(MAIN, place)
    diff = read_diff(change, place, ReadingRules()).enclosed
    read = read_context(change, place, diff, ContextRules(4_000, deadline_s=0.000_001), is_test)
    assert "Not everything was looked up in the code" in read.unlooked
    assert not found(read, "shop/order.py", Kind.DEFINITION)


def test_hostile_trees_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    """Of what is staged: the same definition in many files, odd names, links, binaries and long files."""
    world = World.empty(tmp_path)
    same = "def pay(order):\n    return 'one of many'\n"
    world.write({f"many/{n}.py": same for n in range(500)})
    world.write({"odd\nname.py": same.replace("pay", "odd"), "binary.py": b"def binary():\n    \0\n"})
    world.write({"long.py": "def long():\n    pass\n" + "#" * 600_000, "real.py": "def real():\n    pass\n"})
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    world.git("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},sub.py")
    world.commit({}, "start")
    uses = "".join(f"    {name}(1)\n" for name in ("pay", "odd", "binary", "long", "real"))
    world.write({"a.py": f"def use():\n{uses}    link.root(1)\n"})
    world.git("add", "a.py")
    read = context(world.place(), Staged())
    places = found(read, "a.py", Kind.DEFINITION)
    assert ("real.py", "def real():") in places
    assert not {path for path, _ in places} & {"binary.py", "long.py", "link.py", "sub.py"}
    assert len(places) <= 3
