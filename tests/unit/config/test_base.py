"""A configuration that stands on another: what the base fixes, what it leaves, and how it is fetched."""

from decimal import Decimal
from pathlib import Path

import pytest

from chargehand import __version__
from chargehand.change import NoRepository, find_repository
from chargehand.config import ConfigFile, choose_settings, load_settings, with_base
from chargehand.config.file import parse_config
from chargehand.core.change import Change, Rules
from chargehand.core.errors import ConfigError
from tests.unit.change.world import World

BASE = """\
fail_on = "medium"
max_spend = 1
[paths]
ignore = ["gen/"]
[lenses.style]
enabled = false
[extends]
overridable = ["max_spend", "paths.ignore"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    World.empty(folder / "settings").commit({".chargehand.toml": BASE, "bad.toml": "frobnicate = 1\n"})
    World.empty(folder / "repository").commit({"a.py": ""})
    return folder


def extending(folder: Path, text: str = "", commit: str = "", path: str = ".chargehand.toml") -> ConfigFile:
    settings = World(folder / "settings")
    commit = commit or settings.git("rev-parse", "HEAD")
    own = f'{text}\n[extends]\naddress = "file://{settings.root}"\ncommit = "{commit}"\npath = "{path}"\n'
    file = parse_config(".chargehand.toml", own)
    assert file
    return file


def merged(folder: Path, text: str = "", **named: str) -> ConfigFile:
    world = World(folder / "repository")
    found = with_base(extending(folder, text, **named), find_repository(world.root, world.environ))
    assert found
    return found


def test_the_base_is_below_what_the_file_sets(folder: Path) -> None:
    settings = load_settings(merged(folder, 'threads = 2\nmax_spend = 3\n[paths]\nignore = ["x/"]'), {}, {})
    assert (settings.fail_on, settings.max_spend, settings.threads) == ("medium", Decimal(3), 2)
    assert settings.paths.ignore == ("x/",)
    assert not settings.lenses["style"].enabled
    assert load_settings(merged(folder), {}, {}).paths.ignore == ("gen/",)


@pytest.mark.parametrize(
    ("own", "key"),
    [
        ('fail_on = "never"', "fail_on"),
        ("[lenses.style]\nenabled = true", "lenses.style.enabled"),
        ("lenses = {}", "lenses"),
        ('[fail_on]\nx = "never"', "fail_on.x"),
    ],
)
def test_what_the_base_fixes_is_refused_by_its_key(folder: Path, own: str, key: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"sets {key}, which \.chargehand\.toml of file://\S+ at \w+ fixes"
    ):
        merged(folder, own)


def test_to_say_what_the_base_says_is_no_override(folder: Path) -> None:
    assert merged(folder, 'fail_on = "medium"').table["fail_on"] == "medium"


def test_a_base_is_kept_once_it_was_fetched_and_the_clone_stays_whole(folder: Path) -> None:
    merged(folder)
    world = World(folder / "repository")
    gone = world.git("for-each-ref", "--format=%(refname)")
    assert gone.count("refs/chargehand/base/") == 1
    assert world.git("rev-parse", "--is-shallow-repository") == "false"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"commit": "0" * 39 + "1"}, "cannot be fetched. Run: git fetch file://"),
        ({"path": "gone.toml"}, "is not there at"),
        ({"path": "bad.toml"}, "a setting of the base is wrong or unknown"),
    ],
)
def test_a_base_that_cannot_be_used_is_told(folder: Path, named: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        merged(folder, **named)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('address = "ext::sh -c x"\ncommit = ""', "extends"),
        ('address = "https://x.example/y"\ncommit = "main"', "extends"),
        ('address = "https://x.example/y"', "full id of a commit"),
        ('commit = "' + "a" * 40 + '"', "needs both an address"),
    ],
)
def test_an_address_that_could_run_something_and_a_name_that_could_move_are_refused(
    table: str, said: str, tmp_path: Path
) -> None:
    file = parse_config(".chargehand.toml", f"[extends]\n{table}\n")
    assert with_base(file, NoRepository(cwd=tmp_path, reason="none")) == file
    with pytest.raises(ConfigError, match=said):
        load_settings(file, {}, {})


def test_a_base_of_a_base_is_not_read(folder: Path) -> None:
    settings = World(folder / "settings")
    first = settings.git("rev-parse", "HEAD")
    again = f'[extends]\naddress = "file://{settings.root}"\ncommit = "{first}"\n'
    commit = settings.commit({"again.toml": again})
    with pytest.raises(ConfigError, match="extends another base"):
        merged(folder, commit=commit, path="again.toml")


def test_a_base_for_a_newer_version_is_told_as_that_and_each_file_may_name_its_own(folder: Path) -> None:
    settings = World(folder / "settings")
    newer = 'minimum_version = "99.1"\nfrobnicate = 1\n'
    commit = settings.commit({"newer.toml": newer, "older.toml": f'minimum_version = "{__version__}"\n'})
    with pytest.raises(
        ConfigError, match=r"newer\.toml of file://\S+ at \w+: .* chargehand 99\.1 or newer"
    ) as error:
        merged(folder, commit=commit, path="newer.toml")
    assert "frobnicate" not in str(error.value)
    file = merged(folder, 'minimum_version = "0.0.1"', commit=commit, path="older.toml")
    assert file.table["minimum_version"] == "0.0.1"


def test_the_settings_of_a_review_are_those_of_file_and_base(folder: Path) -> None:
    world = World(folder / "repository")
    (world.root / "own.toml").write_text(_as_text(folder))
    change = Change(source="stdin", diff=b"diff", rules=Rules(origin="work-tree"))
    checkout = find_repository(world.root, world.environ)
    _, settings = choose_settings(change, checkout, Path("own.toml"), {}, {"fail_on": "low"})
    assert (settings.fail_on, settings.max_spend) == ("low", Decimal(1))


def _as_text(folder: Path) -> str:
    commit = World(folder / "settings").git("rev-parse", "HEAD")
    return f'[extends]\naddress = "file://{folder / "settings"}"\ncommit = "{commit}"\n'
