"""Every broken set-up is found, and mended by typing what is told."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from chargehand.app.doctor import KINDS, Asked, Examined, Run, Trouble, Write, examine, look_around
from chargehand.app.doctor.versions import versions
from chargehand.cli.doctor_table import doctor_json, doctor_table
from tests.command import environment
from tests.github_api import GitHubApi, PullRequest, Token
from tests.messages_api import MessagesApi
from tests.unit.app.doctor.set_ups import BROKEN, CI, KEY, WORKFLOW, Broken
from tests.unit.change.world import World, github

EXAMPLES = Path(__file__).parents[4] / "examples/github"
MOST_LINES = 5  # a cloud that was chosen wants a key of its own, and so on


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a repository with a branch that is reviewed, and nothing wrong."""
    world = World.empty(tmp_path_factory.mktemp("good") / "repository")
    world.commit({"a.py": "a = 1\n"})
    world.git("checkout", "-q", "-b", "feature")
    world.commit({"a.py": "a = 2\n"})
    return world


class Patient:
    """A set-up, and what typing a line makes of it."""

    def __init__(self, world: World, broken: Broken, cwd: Path, environ: Mapping[str, str]) -> None:
        self.world, self.broken, self.cwd, self.environ = world, broken, cwd, dict(environ)
        self.asked, self.missing = broken.asked, set(broken.missing)

    def examined(self) -> tuple[Examined, ...]:
        return examine(look_around(self.asked, self.cwd, self.environ, lambda name: name not in self.missing))

    def failing(self) -> list[tuple[str, Trouble]]:
        return [
            (each.name, found)
            for each in self.examined()
            for found in each.troubles
            if found.is_failing or each.name == "hooks"
        ]

    def mend(self, mend: Run | Write) -> None:
        if isinstance(mend, Write):
            self.write(mend)
            return
        for line, does in self.broken.typed.items():
            if line in mend.line:
                self.learn(does(self.world))
        line = next(
            (mend.line.replace(each, "true") for each in self.broken.typed if each in mend.line), mend.line
        )
        self.type(line)

    def write(self, mend: Write) -> None:
        if mend.branch:
            self.world.git("stash", "-q", "-u")
            self.world.git("checkout", "-q", mend.branch)
        path = self.world.root / mend.path
        text = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
        path.write_bytes(mend.applied(text).encode("utf-8", "surrogateescape"))
        if mend.branch:
            self.world.commit({}, "mended")
            self.world.git("checkout", "-q", "feature")
            self.world.git("stash", "pop", "-q")

    def learn(self, told: object) -> None:
        if isinstance(told, Asked):
            self.asked = told
        if isinstance(told, str):
            self.missing.discard(told)

    def type(self, line: str) -> None:
        existing = str(self.world.root / "a.py")  # a text that is a file's name, too: a key, or a key's file
        typed = line.replace("…", existing).replace("your/repository", str(self.world.root))
        done = subprocess.run(
            ["sh", "-e", "-c", f"{typed}\nenv -0"],
            cwd=self.cwd,
            env=self.environ,
            capture_output=True,
            check=True,
        )
        moved = done.stdout.decode().split("\0")
        self.environ = dict(each.split("=", 1) for each in moved if "=" in each)
        self.cwd = Path(self.environ.get("PWD", self.cwd))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.name)
def test_a_broken_set_up_is_found_and_mended_by_what_is_told(
    broken: Broken, good: World, tmp_path: Path
) -> None:
    patient = _patient(broken, good, tmp_path)
    found = [(kind, trouble.said) for kind, trouble in patient.failing()]
    assert [said for kind, said in found if kind == broken.kind and broken.said in said], found
    for _ in range(MOST_LINES):
        if not (failing := patient.failing()):
            return
        patient.mend(failing[0][1].mend)
    pytest.fail(f"still failing: {failing}")


def _patient(broken: Broken, good: World, folder: Path) -> Patient:
    root = folder / "repository"
    shutil.copytree(good.root, root, symlinks=True)
    (folder / "home").mkdir()
    world = World(root, {"HOME": str(folder / "home"), "PATH": os.environ["PATH"]})
    if broken.before:
        world.git("checkout", "-q", "main")
        world.commit(broken.before)
        world.git("checkout", "-q", "feature")
    world.write(broken.files)
    cwd = broken.prepare(world) if broken.prepare else root
    environ = {**world.environ, **KEY, **broken.environ}
    return Patient(world, broken, cwd, {k: v for k, v in environ.items() if k not in broken.without})


def test_there_are_rows_for_every_kind_that_looks_without_asking() -> None:
    assert {each.kind for each in BROKEN} == {kind.name for kind in KINDS} - {"online"}
    assert len(BROKEN) >= 25
    assert len({each.name for each in BROKEN}) == len(BROKEN)


def test_a_budget_that_nobody_counts_is_said_and_fails_nothing(good: World, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(good.root, root, symlinks=True)
    (root / ".chargehand.toml").write_text("pr_budget = 2\n")
    environ = {**good.environ, **KEY}
    alone, counted = (
        examine(look_around(asked, root, environ, lambda _: True))
        for asked in (Asked(), Asked(state=Path("chargehand-state.json")))
    )
    (looked,) = (each for each in alone if each.troubles)
    (trouble,) = looked.troubles
    assert "without one it bounds each run by itself" in trouble.said
    assert trouble.mend.shown == "chargehand review --state=chargehand-state.json"
    assert (looked.name, looked.state) == ("kept", "warns")
    assert {each.state for each in counted} == {"fine", "not looked at"}
    assert doctor_table(alone).endswith("\nNothing would fail; 1 more thing to know.\n")


def test_a_good_set_up_has_nothing_to_mend_and_says_what_was_not_looked_at(good: World) -> None:
    examined = examine(look_around(Asked(), good.root, {**good.environ, **KEY}, lambda _: True))
    assert {each.state for each in examined} == {"fine", "not looked at"}
    assert [each.name for each in examined if each.state == "not looked at"] == ["posting", "online"]
    assert doctor_table(examined).endswith("\nNothing would fail.\n")
    assert json.loads(doctor_json(examined))["fails"] is False


def test_models_are_not_looked_at_until_the_settings_can_be_used(good: World, tmp_path: Path) -> None:
    broken = Broken("", "", "", files={".chargehand.toml": "frobnicate = 1\n"})
    states = {each.name: each.state for each in _patient(broken, good, tmp_path).examined()}
    assert (states["configuration"], states["models"]) == ("fails", "not looked at")


def test_a_key_that_was_copied_with_its_quotes_is_told_and_cleaned(good: World, tmp_path: Path) -> None:
    patient = _patient(Broken("", "", "", environ={"ANTHROPIC_API_KEY": '"sk-te st"'}), good, tmp_path)
    [found] = [found for each in patient.examined() if each.name == "credentials" for found in each.troubles]
    assert "holds a quote or a blank" in found.said
    patient.mend(found.mend)
    assert patient.environ["ANTHROPIC_API_KEY"] == "sk-test"


def test_a_fork_without_a_key_and_a_missing_grammar_are_told_and_fail_nothing(good: World) -> None:
    environ = {
        **good.environ,
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": good.git("rev-parse", "HEAD"),
        "CI_DEFAULT_BRANCH": "main",
    }
    examined = examine(look_around(Asked(), good.root, environ, lambda name: name != "tree_sitter"))
    assert {each.name: each.state for each in examined if each.troubles} == {
        "credentials": "warns",
        "extras": "warns",
    }
    assert "Nothing would fail; 2 more things to know." in doctor_table(examined)


def test_a_shallow_checkout_in_a_workflow_is_told_and_the_line_deepens_it(
    good: World, tmp_path: Path
) -> None:
    shallow = WORKFLOW.replace("        with:\n          fetch-depth: 0\n", "")
    patient = _patient(Broken("", "", "", files={".github/workflows/a.yaml": shallow}), good, tmp_path)
    [found] = [found for each in patient.examined() for found in each.troubles]
    assert not found.is_failing
    patient.mend(found.mend)
    assert [found for each in patient.examined() for found in each.troubles] == []


def test_a_file_that_promises_too_old_a_version_and_a_pin_that_is_newer_are_told(
    good: World, tmp_path: Path
) -> None:
    files = {
        ".chargehand.toml": 'fail_on = "low"\n',
        ".gitlab-ci.yml": "script: pip install chargehand==9.1.0\n",
    }
    patient = _patient(Broken("", "", "", files=files), good, tmp_path)
    later = {"0.1.0": {"": "threads"}, "9.0.0": {"": "fail_on"}}
    place = look_around(Asked(), patient.cwd, patient.environ)
    promised, newer = versions(place, later)
    assert "may be read by chargehand 0.1.0, which does not know fail_on" in promised.said
    assert newer.mend == Run(line="pip install chargehand==9.1.0")
    patient.mend(promised.mend)
    written = (patient.world.root / ".chargehand.toml").read_text()
    assert written == 'minimum_version = "9.0.0"\nfail_on = "low"\n'


def test_the_examples_for_github_have_nothing_to_mend_but_their_pins(good: World, tmp_path: Path) -> None:
    files = {
        f".github/workflows/{path.name}": path.read_text("utf-8").replace(
            f"chargehand@{40 * '0'}", "chargehand@v1"
        )
        for path in EXAMPLES.glob("*.yml")
    }
    assert len(files) >= 4
    examined = {each.name: each for each in _patient(Broken("", "", "", files), good, tmp_path).examined()}
    assert examined["workflows"].troubles == ()


def test_online_asks_for_a_count_and_tells_what_the_provider_says(good: World) -> None:
    with MessagesApi() as api:
        environ = {**good.environ, **environment(api)}
        fine, refused = (
            examine(look_around(Asked(is_online=True), good.root, {**environ, "ANTHROPIC_API_KEY": key}))[-1]
            for key in (api.key, "sk-wrong")
        )
        assert api.bill_usd == 0
        asked = len(api.log)
    assert fine.state == "fine"
    assert asked >= 3
    assert refused.state == "fails"
    assert "did not accept the credentials" in refused.troubles[0].said
    assert refused.troubles[0].mend == Run(line="export ANTHROPIC_API_KEY=…")


def test_online_a_forge_that_does_not_take_the_token_is_told(good: World, tmp_path: Path) -> None:
    end = {"ref": "feature", "sha": good.git("rev-parse", "feature")}
    base = {"ref": "main", "sha": good.git("rev-parse", "main")}
    event = {
        "pull_request": {"number": 7, "head": end, "base": base},
        "repository": {"default_branch": "main"},
    }
    asked = Asked(is_commenting=True, is_online=True)
    tokens = [Token("full"), Token("low", may_write=frozenset({"pull-requests"}))]
    with GitHubApi(PullRequest(diff="", head=end["sha"], tokens=tokens)) as api:
        environ = {
            **good.environ,
            **github(tmp_path, event),
            "GITHUB_REPOSITORY": api.pull.repository,
            "GITHUB_API_URL": api.url,
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        }
        taken, low, refused = (
            {
                each.name: each
                for each in examine(look_around(asked, good.root, {**environ, "GITHUB_TOKEN": token}))
            }
            for token in ("full", "low", "wrong")
        )
    assert (taken["posting"].state, low["posting"].state) == ("fine", "warns")
    assert "may set neither the check nor a status" in low["posting"].troubles[0].said
    assert "The token is not valid" in refused["posting"].troubles[0].said
    assert refused["posting"].troubles[0].mend == Run(line="export GITHUB_TOKEN=…")


def test_what_a_file_says_cannot_speak_to_the_log(good: World, tmp_path: Path) -> None:
    hostile = Broken("", "", "", files={".chargehand.toml": '"\\u001b[2J::error::" = 1\n'}, environ=CI)
    table = doctor_table(_patient(hostile, good, tmp_path).examined())
    assert "\x1b" not in table
