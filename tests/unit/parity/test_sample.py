"""How a sample is cut from history, written and read."""

import json
from pathlib import Path

import pytest

from chargehand.app.material import read_material
from chargehand.change import Repository, find_repository, read_file_at
from chargehand.change.diff.parse.files import parse_diff
from chargehand.config import Settings
from chargehand.core.context import Kind
from chargehand.core.errors import InputError
from chargehand.parity.as_run import run_of
from chargehand.parity.sample.cut import Wanted, cut
from chargehand.parity.sample.file import as_lines, read_sample
from chargehand.parity.sample.patch import as_patch
from chargehand.parity.trial.surroundings import surroundings
from tests.unit.change.world import World
from tests.unit.parity.samples import case, golden

_KEY = "AKIA" + "Q7KX2M4NP5RS6TV3"


def _repository(world: World) -> Repository:
    found = find_repository(world.root, world.environ)
    assert isinstance(found, Repository)
    return found


def _history(root: Path) -> World:
    world = World.empty(root)
    world.commit({"src/a.py": "def f(a, b):\n    return a\n"}, "begin")
    code = "def f(a, b):\n    if a is None:\n        return 0\n    g(a, b)\n    return a if a < b else b\n"
    world.commit({"src/a.py": code, "README.md": "Text.\n"}, "add a check")
    world.commit(
        {"src/a.py": code.replace("a < b", "a <= b"), "tests/test_a.py": "x = 1\n"}, "fix the bound (#3)"
    )
    world.commit({"README.md": "Text!\n"}, "fix a typo")
    world.commit({"src/key.py": f'KEY = "{_KEY}"\nif x == 1 and y:\n    g(x, y)\n'}, "add a key")
    return world


def test_a_sample_is_cut_from_history_with_what_is_known_to_be_wrong_in_it(tmp_path: Path) -> None:
    repository = _repository(_history(tmp_path / "w"))
    wanted = Wanted(number=12, kinds=("planted", "reversed", "merged"))
    cases = cut(repository, Settings(), wanted)
    by_kind = {kind: [each for each in cases if each.kind == kind] for kind in wanted.kinds}
    assert [len(each) for each in by_kind.values()] == [3, 1, 3]

    (mended,) = by_kind["reversed"]
    assert mended.golden
    assert mended.golden[0].title == "fix the bound (#3)"
    assert mended.golden[0].places[0].model_dump() == {"file": "src/a.py", "start_line": 5, "end_line": 5}
    assert "-    return a if a <= b else b\n+    return a if a < b else b" in mended.diff
    assert "test_a.py" not in mended.diff
    assert mended.title == ""  # it would be the answer

    for planted in by_kind["planted"]:
        (known,) = planted.golden or ()
        (file,) = (
            each for each in parse_diff(planted.diff.encode()).files if each.path == known.places[0].file
        )
        assert file.skip is None
        assert any(line.new_number == known.places[0].start_line for line in file.lines())
        original = next(each for each in by_kind["merged"] if each.head == planted.head)
        assert planted.diff != original.diff
        assert original.golden is None

    assert _KEY not in as_lines(cases)
    assert cut(repository, Settings(), wanted) == cases
    (tmp_path / "sample.jsonl").write_text(as_lines(cases), encoding="utf-8")
    assert read_sample(tmp_path / "sample.jsonl") == cases


def test_models_are_shown_what_stood_beside_a_change_with_the_defect_in_its_file(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "w")
    world.commit({"lib.py": "def helper(a, b):\n    return a\n", "use.py": "x = 1\n"}, "begin")
    world.commit({"use.py": "x = 1\n\n\ndef f(a, b):\n    return helper(a, b)\n"}, "use it")
    repository = _repository(world)
    planted, merged = cut(repository, Settings(), Wanted(kinds=("planted", "merged"), number=2))
    elsewhere = merged.evolve(id="elsewhere", head="0" * 40)
    objects = world.git("count-objects", "-v")
    with surroundings([planted, merged, elsewhere], repository, world.environ) as there:
        assert there.ends.keys() == {planted.id, merged.id}
        assert there.ends[merged.id].head == merged.head
        here = find_repository(world.root, there.environ)
        assert isinstance(here, Repository)
        ends = there.ends[planted.id]
        text = read_file_at(here, ends.head, "use.py")
        assert text == "x = 1\n\n\ndef f(a, b):\n    return helper(b, a)\n"
        for case_ in (planted, merged):
            run = run_of(case_, Settings(), here, there.ends[case_.id])
            material = read_material(run)
            assert not material.doubts
            shown = {(each.kind, each.text) for each in material.enclosed.context.passages}
            assert (Kind.COMMIT, "use it") in shown
            assert any("def helper(a, b):" in text for _, text in shown)
    assert world.git("count-objects", "-v") == objects


def test_a_history_without_code_gives_no_sample(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "w")
    world.commit({"README.md": "a\n"})
    world.commit({"README.md": "b\n"})
    with pytest.raises(InputError, match="No sample was cut"):
        cut(_repository(world), Settings(), Wanted(kinds=("merged",)))
    with pytest.raises(InputError, match="did not list the history"):
        cut(_repository(world), Settings(), Wanted(revision="nowhere"))


def test_a_diff_is_written_as_it_was_read() -> None:
    text = (
        "diff --git a/a b/b\nrename from a\nrename to b\n--- a/a\n+++ b/b\n"
        "@@ -1,2 +1,2 @@ def f():\n kept\n-old\n+new\n"
        "diff --git a/c b/c\nnew file mode 100644\n--- /dev/null\n+++ b/c\n@@ -0,0 +1,1 @@\n+new\n"
        "diff --git a/d b/d\ndeleted file mode 100644\n--- a/d\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-old\n"
    )
    assert as_patch(parse_diff(text.encode()).files) == text


def test_public_sets_of_golden_findings_are_samples_and_what_is_wrong_with_others_is_said(
    tmp_path: Path,
) -> None:
    line = {
        "id": "set:1",
        "lang": "python",
        "diff": "--- a/x\n+++ b/x\n",
        "golden": [
            {
                "file": "x",
                "start_line": 3,
                "end_line": 5,
                "severity": "critical",
                "category": "secrets",
                "title": "A key",
                "description": "It is there.",
                "keywords": ["key"],
            }
        ],
        "meta": {"pr": {"title": "Add", "description": "More."}, "issues": "the answers"},
    }
    path = tmp_path / "set.jsonl"
    path.write_text(f"{json.dumps(line)}\n\n", encoding="utf-8")
    (found,) = read_sample(path)
    assert found.title == "Add"
    assert found.golden
    assert found.golden[0].lens == "security"
    assert "answers" not in as_lines([found])

    for text, said in (
        ("", "holds no change"),
        ("{", "line 1"),
        ('{"id": "a"}', "diff"),
        (as_lines([case("a", golden(1))] * 2), "the same id"),
        (as_lines([case("a", golden(1))]).replace("correctness", "a] [b"), "lens"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=said):
            read_sample(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_sample(tmp_path / "nowhere")
