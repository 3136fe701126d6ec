import io
from pathlib import Path

import pytest

from chargehand.change import FromFile, FromStdin, NoRepository, Range, find_change, find_repository
from chargehand.config import ConfigFile, find_config
from chargehand.core.change import Change, Rules
from chargehand.core.errors import ConfigError
from tests.unit.change.world import World, branched, checkout, github, pull_request, request_payload

OWN, SHARED = ".chargehand.toml", "pyproject.toml"
PIPED = Change(source="stdin", diff=b"diff", rules=Rules(origin="folder"))


def in_folder(folder: Path, explicit: Path | None = None) -> ConfigFile | None:
    return find_config(NoRepository(cwd=folder, reason="none"), PIPED, explicit)


def test_no_file_is_no_configuration(tmp_path: Path) -> None:
    assert in_folder(tmp_path) is None


def test_the_own_file_is_read_without_git(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text("threads = 3")
    assert in_folder(tmp_path) == ConfigFile(name=OWN, table={"threads": 3})


def test_a_table_of_the_shared_file_is_read(tmp_path: Path) -> None:
    (tmp_path / SHARED).write_text("[tool.chargehand]\nthreads = 3\n[tool.chargehand.models]\nworker = 'x'")
    assert in_folder(tmp_path) == ConfigFile(name=SHARED, table={"threads": 3, "models": {"worker": "x"}})


@pytest.mark.parametrize(
    "text", ["[project]\nname = 'x'", "[project]\nname = 'chargehand'", "tool = 3 # chargehand", "[nonsense"]
)
def test_a_shared_file_without_our_table_is_none_of_our_business(tmp_path: Path, text: str) -> None:
    (tmp_path / SHARED).write_text(text)
    (tmp_path / OWN).write_text("threads = 3")
    found = in_folder(tmp_path)
    assert found
    assert found.name == OWN


def test_settings_in_both_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text("threads = 3")
    (tmp_path / SHARED).write_text("[tool.chargehand]\nthreads = 3")
    with pytest.raises(
        ConfigError, match=r"in \.chargehand\.toml and in \[tool\.chargehand\] of pyproject\.toml"
    ):
        in_folder(tmp_path)


@pytest.mark.parametrize(
    ("own", "shared", "counts"),
    [
        ("threads = 3", "[tool.chargehand]", OWN),
        ("threads = 3", "[tool.chargehand.models]", OWN),
        ("", "[tool.chargehand]\nthreads = 3", SHARED),
        ("[paths]", "[tool.chargehand]", OWN),
    ],
)
def test_a_file_that_sets_nothing_is_in_nobody_s_way(
    tmp_path: Path, own: str, shared: str, counts: str
) -> None:
    (tmp_path / OWN).write_text(own)
    (tmp_path / SHARED).write_text(shared)
    found = in_folder(tmp_path)
    assert found
    assert found.name == counts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = \n", r"\.chargehand\.toml is not TOML: Invalid value \(at line 2, column 5\)"),
        (b"a = 'caf\xe9'", "is not UTF-8"),
        (b"#" * (1024 * 1024 + 1), "holds more than"),
    ],
)
def test_a_file_that_cannot_be_read_as_configuration_is_refused(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / OWN).write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        in_folder(tmp_path)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / OWN).write_bytes(b"\xef\xbb\xbfthreads = 3\r\nfleet = '4'\r\n")
    found = in_folder(tmp_path)
    assert found
    assert found.table == {"threads": 3, "fleet": "4"}


def test_toml_is_read_alike_on_every_python(tmp_path: Path) -> None:
    text = 'instructions = "a\\e[1m"\nmodels = {\n  worker = "x", # TOML 1.1\n}\n'
    (tmp_path / OWN).write_text(text)
    found = in_folder(tmp_path)
    assert found
    assert found.table == {"instructions": "a\x1b[1m", "models": {"worker": "x"}}


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / OWN).mkdir()
    with pytest.raises(ConfigError, match="Is a directory"):
        in_folder(tmp_path)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("[tool.chargehand]\nfail_on = 'never'")
    (tmp_path / SHARED).symlink_to("elsewhere.toml")
    assert in_folder(tmp_path) is None
    (tmp_path / OWN).symlink_to("elsewhere.toml")
    with pytest.raises(ConfigError, match="symbolic link"):
        in_folder(tmp_path)


def test_locally_the_work_tree_s_file_at_the_top_counts(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"sub/x": "x", f"sub/{OWN}": "threads = 9"})
    (tmp_path / OWN).write_text("threads = 3")
    checkout = find_repository(tmp_path / "sub", world.environ)
    assert find_config(checkout, world.change()) == ConfigFile(name=OWN, table={"threads": 3})


def loosened(root: Path, name: str = OWN, table: str = "") -> World:
    """A branch whose change sets `fail_on` to never, where its base has it at low."""
    world = World.empty(root)
    world.commit({name: f"{table}fail_on = 'low'\n"})
    world.git("checkout", "-q", "-b", "topic")
    world.commit({name: f"{table}fail_on = 'never'\n", "x.py": "x\n"})
    return world


@pytest.mark.parametrize(("name", "table"), [(OWN, ""), (SHARED, "[tool.chargehand]\n")])
def test_in_ci_a_change_cannot_loosen_its_own_gate(tmp_path: Path, name: str, table: str) -> None:
    world = loosened(tmp_path, name, table)
    tip = world.git("rev-parse", "--short=7", "main")
    expected = ConfigFile(name=f"{name} at {tip}", table={"fail_on": "low"})
    assert find_config(world.place(), world.change(Range(base="main"), CI="true")) == expected
    mine = ConfigFile(name=name, table={"fail_on": "never"})
    assert find_config(world.place(), world.change(Range(base="main"))) == mine


def test_in_ci_the_tip_counts_and_not_the_place_where_the_author_branched_off(tmp_path: Path) -> None:
    """A commit that loosens the gate, and its revert, merged once: every later branch could start at it."""
    world = World.empty(tmp_path)
    world.commit({OWN: "fail_on = 'never'\n"})
    world.git("checkout", "-q", "-b", "topic")
    world.commit({"x.py": "x\n"})
    world.git("checkout", "-q", "main")
    world.commit({OWN: "fail_on = 'low'\n"})
    world.git("checkout", "-q", "topic")
    found = find_config(world.place(), world.change(CI="true"))
    assert found
    assert found.table == {"fail_on": "low"}


def test_in_ci_a_configuration_that_the_change_brings_does_not_count(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({OWN: "fail_on = 'never'"})
    assert find_config(world.place(), world.change(CI="true")) is None


def test_in_ci_a_second_file_that_the_change_brings_is_not_a_conflict(tmp_path: Path) -> None:
    world = loosened(tmp_path)
    world.commit({SHARED: "[tool.chargehand]\nfail_on = 'never'"})
    found = find_config(world.place(), world.change(CI="true"))
    assert found
    assert found.table == {"fail_on": "low"}


def test_a_link_at_the_tip_is_not_followed(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    (tmp_path / OWN).symlink_to("/etc/passwd")
    world.commit({})
    world.git("checkout", "-q", "-b", "topic")
    world.commit({"x.py": "x\n"})
    with pytest.raises(ConfigError, match=r"at [0-9a-f]{7} is not TOML"):
        find_config(world.place(), world.change(CI="true"))


@pytest.mark.parametrize("selection", [FromStdin(), FromFile(path=Path("x.diff"))])
def test_a_diff_that_a_pull_request_s_job_pipes_in_gets_the_target_s_configuration(
    tmp_path: Path, selection: FromStdin | FromFile
) -> None:
    server = pull_request(tmp_path / "server")
    server.git("checkout", "-q", "topic")
    server.commit({OWN: "fail_on = 'never'"})
    job = github(tmp_path, request_payload(server))
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    world.write({"x.diff": "diff"})
    assert (world.root / OWN).exists()
    place = world.place(**job)
    assert find_config(place, find_change(selection, place, stdin=io.BytesIO(b"diff"))) is None


def test_a_file_that_was_named_is_read_as_it_is_locally(tmp_path: Path) -> None:
    world = loosened(tmp_path)
    (tmp_path / "mine.toml").write_text("threads = 3")
    found = find_config(world.place(), world.change(), Path("mine.toml"))
    assert found == ConfigFile(name="mine.toml", table={"threads": 3})


def test_in_ci_a_named_file_of_the_repository_is_read_at_the_base(tmp_path: Path) -> None:
    world = loosened(tmp_path, "ci/gate.toml")
    change = world.change(CI="true")
    for named in (Path("ci/gate.toml"), tmp_path / "ci/gate.toml", Path("ci/../ci/./gate.toml")):
        found = find_config(world.place(), change, named)
        assert found
        assert found.table == {"fail_on": "low"}


def test_in_ci_a_folder_that_the_change_replaced_by_a_link_leads_nowhere(tmp_path: Path) -> None:
    world = loosened(tmp_path / "repository", "ci/gate.toml")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/gate.toml").write_text("fail_on = 'never'")
    world.git("rm", "-q", "-r", "ci")
    (world.root / "ci").symlink_to(tmp_path / "outside")
    world.commit({})
    found = find_config(world.place(), world.change(CI="true"), Path("ci/gate.toml"))
    assert found
    assert found.table == {"fail_on": "low"}


def test_in_ci_a_named_file_outside_the_repository_is_read_as_it_is(tmp_path: Path) -> None:
    world = branched(tmp_path / "repository")
    (tmp_path / "outside.toml").write_text("threads = 3")
    found = find_config(world.place(), world.change(CI="true"), Path("../outside.toml"))
    assert found == ConfigFile(name="../outside.toml", table={"threads": 3})


def test_in_ci_a_named_file_that_only_the_change_has_is_refused(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"new.toml": "fail_on = 'never'"})
    with pytest.raises(ConfigError, match=r"new\.toml is not there at .* Merge it first"):
        find_config(world.place(), world.change(CI="true"), Path("new.toml"))


def test_a_named_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        in_folder(tmp_path, Path("gone.toml"))


def test_a_named_pyproject_needs_our_table(tmp_path: Path) -> None:
    (tmp_path / SHARED).write_text("[project]\nname = 'x'")
    with pytest.raises(ConfigError, match=r"has no table \[tool\.chargehand\]"):
        in_folder(tmp_path, Path(SHARED))


def test_the_demo_has_no_configuration(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text("threads = 3")
    assert find_config(NoRepository(cwd=tmp_path, reason="none"), Change(source="demo", diff=b"diff")) is None


def test_in_ci_without_a_repository_only_a_file_that_was_named_counts(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text("fail_on = 'never'")
    place = NoRepository(cwd=tmp_path, reason="none", environ={"CI": "true"})
    change = find_change(FromStdin(), place, stdin=io.BytesIO(b"diff"))
    assert change.rules.origin == "built-in"
    assert find_config(place, change) is None
    assert find_config(place, change, Path(OWN)) == ConfigFile(name=OWN, table={"fail_on": "never"})
