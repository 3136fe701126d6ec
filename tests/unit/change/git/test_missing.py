from pathlib import Path

from chargehand.change import Range, check_counts, find_repository, read_counts
from chargehand.change.diff.parse.files import parse_diff
from tests.unit.change.world import World


def lose(world: World, revision: str) -> None:
    """Take the content of a file out of the store."""
    blob = world.git("rev-parse", revision)
    (world.root / ".git/objects" / blob[:2] / blob[2:]).unlink()


def test_files_whose_content_is_gone_have_a_head_without_lines_and_the_rest_is_read(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit(
        {
            "a.py": "1\n",
            "gone.py": "old\n",
            'odd "é.py': "old odd\n",
            "left.py": "left\n",
            "kept.py": "x\ny\n",
        }
    )
    world.git("checkout", "-q", "-b", "topic")
    world.git("mv", "kept.py", "moved.py")
    world.commit(
        {"a.py": "2\n", 'odd "é.py': "new odd\n", "new.py": "fresh\n", "gone.py": None, "left.py": "right\n"}
    )
    for revision in ('main:odd "é.py', "HEAD:new.py", "main:gone.py", "HEAD:left.py"):
        lose(world, revision)
    change = world.change(Range(base="main"))
    diff = parse_diff(change.diff)
    read = {file.path: (file.status, file.skip.reason.value if file.skip else "") for file in diff.files}
    assert read == {
        "a.py": ("modified", ""),
        "moved.py": ("renamed", ""),
        'odd "é.py': ("modified", "content-missing"),
        "new.py": ("added", "content-missing"),
        "gone.py": ("deleted", "content-missing"),
        "left.py": ("modified", "content-missing"),
    }
    repository = find_repository(tmp_path, world.environ)
    assert check_counts(diff, read_counts(repository, change)) == ()  # type: ignore[arg-type]  # it is one
