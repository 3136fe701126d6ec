"""A file that becomes something else has two entries in a diff: every report counts it as git does, once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.command import chargehand
from tests.unit.change.world import World

BEFORE = {
    "app.py": "y = 1\n",
    "becomes_link.py": "x = 1\nz = 2\n",
    "go.mod": "module x\n",
    "vendor/modules.txt": "# x\n",
    "vendor/lib.py": "x = 1\n",
    "becomes_folder": "x\ny\nz\n",
    "picture.png": "\0\x01",
}


def test_a_path_with_two_entries_is_one_file_and_stands_once_in_each_notification(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "repository")
    world.commit(BEFORE)
    world.git(
        "update-index", "--add", "--cacheinfo", f"120000,{world.git('rev-parse', 'HEAD:go.mod')},was_link"
    )
    world.git("commit", "-qm", "link")
    for name, target in {
        "becomes_link.py": "app.py",
        "vendor/lib.py": "../app.py",
        "picture.png": "x",
    }.items():
        (world.root / name).unlink()
        (world.root / name).symlink_to(target)
    (world.root / "becomes_folder").unlink()
    (world.root / "becomes_folder").mkdir()
    (world.root / "becomes_folder/a.py").write_text("other\n")
    (world.root / "was_link").write_text("now a file\n")
    (world.root / "app.py").write_text("y = 2\n")
    world.git("add", "--all")
    world.git("commit", "-qm", "types")
    reports = ("--json=../r.json", "--sarif=../r.sarif")
    chargehand("review", "--offline", "--base=HEAD~1", *reports, cwd=world.root, env=world.environ)
    report, log = (json.loads((tmp_path / name).read_text()) for name in ("r.json", "r.sarif"))
    rows = world.git("diff", "--numstat", "--no-renames", "HEAD~1").splitlines()
    counted = sorted(tuple(row.split("\t")) for row in rows)
    read = sorted(
        (str(each["added"]), str(each["removed"]), each["path"]) for each in report["change"]["files"]
    )
    assert [each for each in read if each[2] != "picture.png"] == [each for each in counted if each[0] != "-"]
    assert [each["path"] for each in report["change"]["files"]].count("picture.png") == 1
    assert report["gaps"] == []
    skipped = [(each["path"], each["reason"]) for each in report["skipped_files"]]
    assert len(skipped) == len(set(skipped))
    assert all(len(places) == len(set(places)) for places in _places(log))


def _places(log: Any) -> Iterator[list[str]]:  # Any: JSON
    for notified in log["runs"][0]["invocations"][0]["toolExecutionNotifications"]:
        yield [json.dumps(place, sort_keys=True) for place in notified.get("locations", [])]
