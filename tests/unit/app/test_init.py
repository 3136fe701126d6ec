"""A repository's first files: which, never in place of others, and what reviews would have cost."""

from decimal import Decimal
from pathlib import Path

import pytest

from chargehand import __version__
from chargehand.app.doctor import Asked, examine, look_around
from chargehand.app.init import HOMES, Past, begin, past_cost
from chargehand.app.init.begin import Begun
from chargehand.change import Repository, find_repository
from chargehand.cli.commands.init import PLATFORMS
from chargehand.cli.init_text import past_text
from chargehand.core.errors import ChargehandError
from tests.command import chargehand, plain_environment
from tests.unit.change.world import World

EXAMPLES = Path(__file__).parents[3] / "examples"
NOWHERE = "/nonexistent"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.empty(tmp_path / "repository")
    world.commit({"a.py": "a = 1\n"})
    return world


def started(world: World, *wanted: str, releases: str = NOWHERE) -> Begun:
    checkout = find_repository(world.root, world.environ)
    assert isinstance(checkout, Repository)
    return begin(checkout, wanted, releases)


@pytest.mark.parametrize(
    ("remote", "files", "paths"),
    [
        ("git@github.com:me/mine.git", (), [".github/workflows/chargehand.yml"]),
        ("https://user@gitlab.example.org:8443/me/mine", (), [".gitlab-ci.yml"]),
        ("ssh://git@codeberg.org/me/mine.git", (), [".gitea/workflows/chargehand.yml"]),
        ("https://github.com/me/mirror", (".gitlab-ci.yml",), [".github/workflows/chargehand.yml"]),
        (
            "",
            (".woodpecker/x.yml", ".buildkite/x"),
            [".buildkite/pipeline.yml", ".woodpecker/chargehand.yml"],
        ),
        ("/srv/git/mine.git", (), [".pre-commit-config.yaml"]),
    ],
)
def test_remotes_and_files_tell_where_reviews_run(
    world: World, remote: str, files: tuple[str, ...], paths: list[str]
) -> None:
    world.write(dict.fromkeys(files, ""))
    if remote:
        world.git("remote", "add", "origin", remote)
    begun = started(world)
    assert [*begun.written] == [*paths, ".chargehand.toml"]
    for home in HOMES:
        if home.path in paths:
            example = (EXAMPLES / home.example).read_text("utf-8")
            pinned = example.replace(f"@{40 * '0'} # v{__version__}", f"@v{__version__}")
            assert (world.root / home.path).read_text("utf-8") == pinned


def test_what_is_there_stays_and_the_example_is_named(world: World) -> None:
    mine = {".pre-commit-config.yaml": "repos: []\n", "pyproject.toml": "[tool.chargehand]\nthreads = 4\n"}
    world.write(mine)
    begun = started(world)
    assert begun.written == ()
    assert dict(begun.left).keys() == mine.keys()
    assert all(example.is_file() for _, example in begun.left)
    assert {name: (world.root / name).read_text() for name in mine} == mine


def test_a_job_that_is_there_and_pins_an_older_version_gets_the_line_that_raises_it(world: World) -> None:
    world.write({".gitlab-ci.yml": "review:\n  script: pip install chargehand==0.0.9 && chargehand review\n"})
    told = started(world, "gitlab").then
    raised = f"script: pip install chargehand=={__version__} && chargehand review"
    assert f"write .gitlab-ci.yml, line 2:  {raised}" in told


def test_a_link_is_neither_followed_nor_replaced(world: World, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (world.root / ".chargehand.toml").symlink_to(tmp_path / "outside/file")
    assert ".chargehand.toml" in dict(started(world, "gitlab").left)
    (world.root / ".github").symlink_to(tmp_path / "outside")
    with pytest.raises(ChargehandError, match="was not written"):
        started(world, "github")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_workflow_is_pinned_to_the_release_if_git_can_learn_its_commit(
    world: World, tmp_path: Path
) -> None:
    releases = World.empty(tmp_path / "releases")
    commit = releases.commit({"action.yml": ""})
    releases.git("tag", "-a", "-m", "release", f"v{__version__}")
    begun = started(world, "github", releases=f"file://{releases.root}")
    text = (world.root / ".github/workflows/chargehand.yml").read_text()
    assert text.count(f"chargehand/chargehand@{commit} # v{__version__}") == 2
    assert begun.then == ("gh secret set ANTHROPIC_API_KEY",)
    examined = examine(look_around(Asked(), world.root, world.environ))
    assert {each.name: each.state for each in examined}["workflows"] == "fine"


def test_without_its_commit_it_is_pinned_to_the_tag_which_is_told(world: World) -> None:
    begun = started(world, "github")
    assert (
        begun.then[0]
        == f"pin .github/workflows/chargehand.yml to the commit of v{__version__}, which is safer"
    )
    examined = examine(look_around(Asked(), world.root, world.environ))
    assert {each.name: each.state for each in examined}["workflows"] == "fine"


def test_the_last_merges_are_estimated_and_without_merges_the_commits(world: World) -> None:
    checkout = find_repository(world.root, world.environ)
    assert isinstance(checkout, Repository)
    assert past_text(past_cost(checkout, world.environ)).startswith("There is no commit")
    assert past_text(Past((Decimal(1),), 0, are_merges=False)).startswith(
        "The last commit would have cost $1.00"
    )
    for number in range(2):
        world.git("checkout", "-q", "-b", f"topic{number}")
        world.commit({f"b{number}.py": "b = 1\n" * 9})
        world.git("checkout", "-q", "main")
        world.git("merge", "-q", "--no-ff", "-m", "merge", f"topic{number}")
    checkout = find_repository(world.root, world.environ)
    assert isinstance(checkout, Repository)
    past = past_cost(checkout, world.environ)
    assert past.are_merges
    assert len(past.costs_usd) == 2
    assert all(cost > 0 for cost in past.costs_usd)
    assert past_text(past).startswith("The last 2 merges would each have cost $0.0")


def test_the_command_tells_what_it_wrote_what_stays_and_what_is_left(world: World) -> None:
    assert tuple(home.name for home in HOMES) == PLATFORMS
    env = plain_environment() | world.environ
    world.write({".chargehand.toml": "threads = 4\n"})
    done = chargehand("init", "gitlab", cwd=world.root, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    wrote, stays, *_, then, cost = done.stdout.splitlines()
    assert wrote == "wrote  .gitlab-ci.yml"
    assert stays.startswith("stays  .chargehand.toml, which is there already")
    assert then == "next   chargehand doctor"
    assert cost.startswith("There is no commit")
