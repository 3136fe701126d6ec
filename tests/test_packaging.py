"""What is shipped is whole, and what others start it with says what the command understands."""

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from chargehand import __version__
from chargehand.cli.commands import command

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src/chargehand"
INSTALLER = ("fetch_uv.py", "install.py", "pip_settings.py")
OPTIONS = {
    option
    for parameter in command("review").params
    if isinstance(parameter, click.Option)
    for option in parameter.opts
}
YAML_FILES = [
    *(PROJECT / name for name in ("action.yml", ".pre-commit-hooks.yaml")),
    *PROJECT.glob("examples/*/.*.yaml"),
    *PROJECT.glob("examples/*/*.yml"),
    *PROJECT.glob(".github/workflows/*.yml"),
]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the source distribution of the work tree."""
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "hatchling", "build", "-d", folder)
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    return folder


def test_the_wheel_holds_the_whole_package_and_nothing_else(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    about = f"chargehand-{__version__}.dist-info/"
    names = set(zipfile.ZipFile(wheel).namelist())
    shared = f"chargehand-{__version__}.data/data/share/chargehand/"
    installing = {
        f"{shared}{name}" for name in (*INSTALLER, "requirements.txt", "clouds.txt", "uv.txt", *_examples())
    }
    assert {name for name in names if not name.startswith(about)} == _package_files() | installing
    assert f"{about}licenses/LICENSE" in names


@pytest.mark.parametrize(
    "needed",
    [
        "py.typed",
        "pipeline/prompts/worker.md",
        "lenses/security/instructions.md",
        "reports/html/page.css",
        "reports/page/base.css",
        "reports/schemas/estimate.schema.json",
        "reports/schemas/report.schema.json",
        "reports/schemas/spend.schema.json",
        "app/demo/change.diff",
    ],
)
def test_the_package_holds_what_is_no_code(needed: str) -> None:
    assert f"chargehand/{needed}" in _package_files()


def test_the_source_distribution_holds_what_builds_the_wheel(dist: Path) -> None:
    [archive] = dist.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    beside = {
        "requirements/action.txt",
        "requirements/clouds.txt",
        *(f"requirements/{name}" for name in INSTALLER),
        "requirements/readme.py",
        "requirements/uv.txt",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "PKG-INFO",
        ".gitignore",
    }
    assert names == beside | _examples() | {f"src/{name}" for name in _package_files()}


def test_the_readme_on_pypi_leads_to_the_files_of_this_version(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    about = zipfile.ZipFile(wheel).read(f"chargehand-{__version__}.dist-info/METADATA").decode()
    links = re.findall(r"\]\(([^)]+)\)", about)
    place = f"https://github.com/chargehand/chargehand/blob/v{__version__}/"
    assert {each for each in links if not each.startswith(place)} == set()
    names = {each.removeprefix(place).partition("#")[0] for each in links}
    assert "docs/configuration.md" in names
    assert [name for name in names if not (PROJECT / name).exists()] == []


def test_what_posts_is_locked_to_the_same_versions_and_adds_one_library_with_its_own() -> None:
    locks = [(PROJECT / f"requirements/{name}.txt").read_text("utf-8") for name in ("action", "publish")]
    action, publish = (set(re.findall(r"^(\S+==\S+(?: ; [^\\]+)?)", lock, re.MULTILINE)) for lock in locks)
    assert action - publish == set()
    added = {pin.partition("==")[0] for pin in publish - action}
    assert added == {"pygithub", "pyjwt", "pynacl", "cryptography", "cffi", "pycparser"}


def test_the_lock_for_clouds_adds_to_the_actions_what_each_extra_needs_in_the_same_versions() -> None:
    names = ("action", "publish", "clouds")
    action, publish, clouds = (
        dict(
            re.findall(
                r"^([\w.-]+)==(\S+)", (PROJECT / f"requirements/{name}.txt").read_text("utf-8"), re.MULTILINE
            )
        )
        for name in names
    )
    assert {"boto3", "google-auth"} <= clouds.keys()
    assert clouds.keys() & action.keys() == set()
    assert {name: version for name, version in clouds.items() if publish.get(name, version) != version} == {}


def test_every_lock_of_the_action_has_all_that_is_needed() -> None:
    needed = {
        re.split(r"[<>=;!~ ]", each)[0].lower()
        for each in requires("chargehand") or ()
        if "extra" not in each
    }
    for name in ("action", "publish"):
        lock = (PROJECT / f"requirements/{name}.txt").read_text("utf-8")
        assert needed - set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)) == set()


def test_without_extras_nothing_is_installed_that_speaks_to_forges() -> None:
    needed = [each for each in requires("chargehand") or () if "extra ==" not in each]
    assert needed
    assert [
        each for each in needed if re.match("pygithub|python-gitlab|tree-sitter", each, re.IGNORECASE)
    ] == []


def test_the_changelog_leads_to_this_version() -> None:
    sections = re.findall(
        r"^## \[(.+?)\]", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sections[0] == "Unreleased"
    assert sections[1:2] in ([], [__version__])


# What the action itself reads, and what its other steps do; every other input is an option of
# the command that takes a value.
OF_THE_ACTION = {"api-key", "cloud", "cache-secret", "require-model", "category", "path", "batch", "sarif-in"}
OF_OTHER_STEPS = {"comment", "hear-waivers", "install-cache", "report", "request", "token"}


def test_every_other_input_of_the_action_is_an_option_of_the_command() -> None:
    inputs = _read("action.yml")["inputs"].keys() - OF_THE_ACTION - OF_OTHER_STEPS
    assert {f"--{name}" for name in inputs} <= OPTIONS


def test_the_action_hands_over_every_input_by_environment_only() -> None:
    action = _read("action.yml")
    [review] = [step for step in action["runs"]["steps"] if step["name"] == "Review"]
    given = {f"inputs.{name}" for name in action["inputs"].keys() - OF_OTHER_STEPS}
    assert {value.strip("${ }") for value in review["env"].values() if "inputs." in value} == given
    [names] = re.findall(r"for name in (.+); do", review["run"])
    assert {f"inputs.{name}" for name in names.split()} == given - {
        f"inputs.{name}" for name in OF_THE_ACTION
    }
    for name in names.split():
        assert f"input_{name.replace('-', '_')}" in review["env"]


def test_no_step_of_the_action_has_both_the_key_and_a_token() -> None:
    steps = _read("action.yml")["runs"]["steps"]
    holders = {
        word: [step["name"] for step in steps if word in str(step.get("env", {}).values())]
        for word in ("inputs.api-key", "inputs.token")
    }
    assert holders == {"inputs.api-key": ["Review"], "inputs.token": ["Hear waivers", "Publish"]}


def test_no_job_of_the_examples_that_may_write_has_the_key() -> None:
    for path in PROJECT.glob("examples/github/*.yml"):
        for job in _read(path)["jobs"].values():
            writes = "write" in job["permissions"].values()
            assert not (writes and "secrets." in str(job["steps"])), path


def test_the_action_declares_the_outputs_that_its_script_prints(tmp_path: Path) -> None:
    told = _outputs(tmp_path)
    assert told.keys() == _read("action.yml")["outputs"].keys()
    assert (told["verdict"], told["complete"], told["findings"]) == ("error", "false", "")


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_action_tells_what_the_report_does(tmp_path: Path, is_complete: bool) -> None:
    verdict = {"status": "passed", "complete": is_complete}
    told = {"mode": "live", "verdict": verdict, "bill": {"total_usd": "0.01"}, "findings": [{}]}
    (tmp_path / "report.json").write_text(json.dumps(told))
    outputs = _outputs(tmp_path)
    assert outputs["complete"] == str(is_complete).lower()
    assert (outputs["verdict"], outputs["spend-usd"], outputs["findings"]) == ("passed", "0.01", "1")


def test_a_report_of_an_error_has_nothing_to_count(tmp_path: Path) -> None:
    verdict = {"status": "error", "complete": False}
    told = {"mode": "live", "verdict": verdict, "bill": {"total_usd": "0"}, "findings": []}
    (tmp_path / "report.json").write_text(json.dumps(told))
    outputs = _outputs(tmp_path)
    assert (outputs["verdict"], outputs["spend-usd"], outputs["findings"]) == ("error", "", "")


def test_every_hook_is_a_command_line_that_is_understood() -> None:
    for hook in _read(".pre-commit-hooks.yaml"):
        program, command, *options = hook["entry"].split()
        assert (program, command) == ("chargehand", "review")
        assert set(options) <= OPTIONS


def test_the_example_for_pre_commit_names_hooks_that_exist() -> None:
    [repository] = _read("examples/pre-commit/.pre-commit-config.yaml")["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= {
        hook["id"] for hook in _read(".pre-commit-hooks.yaml")
    }
    assert repository["rev"] == f"v{__version__}"
    for hook in repository["hooks"]:
        assert {argument.partition("=")[0] for argument in hook.get("args", [])} <= OPTIONS


def test_the_job_for_gitlab_uses_options_that_exist() -> None:
    job = (PROJECT / "examples/gitlab/component/templates/chargehand.yml").read_text(encoding="utf-8")
    script = job.partition("script:")[2].partition("chargehand-publish:")[0]
    used = {
        option
        for line in script.splitlines()
        if "set --" in line
        for option in re.findall(r"--[a-z-]{2,}", line)
    }
    assert used
    assert used <= OPTIONS


def test_the_example_for_gitlab_includes_the_job_and_gives_inputs_that_it_has() -> None:
    [include] = _read("examples/gitlab/.gitlab-ci.yml")["include"]
    host, path = include["remote"].split(f"/v{__version__}/")
    assert host.endswith("/chargehand/chargehand")
    spec, _ = yaml.safe_load_all((PROJECT / path).read_text(encoding="utf-8"))
    assert include["inputs"].keys() <= spec["spec"]["inputs"].keys()
    assert spec["spec"]["inputs"]["package"]["default"] == f"chargehand=={__version__}"


def test_the_component_is_a_whole_project_whose_page_names_every_input() -> None:
    component = PROJECT / "examples/gitlab/component"
    assert (component / "LICENSE.md").read_text("utf-8") == (PROJECT / "LICENSE").read_text("utf-8")
    spec = next(yaml.safe_load_all((component / "templates/chargehand.yml").read_text("utf-8")))
    page = (component / "README.md").read_text("utf-8")
    assert [name for name in spec["spec"]["inputs"] if f"`{name}`" not in page] == []


def test_the_examples_for_github_give_inputs_that_the_action_has() -> None:
    inputs = _read("action.yml")["inputs"].keys()
    given = [
        step.get("with", {}).keys()
        for path in PROJECT.glob("examples/github/*.yml")
        for job in _read(path)["jobs"].values()
        for step in job["steps"]
        if step.get("uses", "").startswith("chargehand/chargehand@")
    ]
    assert given
    for names in given:
        assert names <= inputs


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_command_holds_an_expression_and_every_action_is_pinned(path: Path) -> None:
    for step in _steps(_documents(path)):
        assert "${{" not in step.get("run", "")
        assert re.fullmatch(r"\./|[\w./-]+@[0-9a-f]{40}", step.get("uses", "./"))


def test_one_action_has_one_pin() -> None:
    """The runners of Gitea and Forgejo take older ones."""
    of_gitea = [path for path in YAML_FILES if path.parent.name == "gitea"]
    for files in (of_gitea, sorted({*YAML_FILES} - {*of_gitea})):
        text = "".join(path.read_text(encoding="utf-8") for path in files)
        pins = set(re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@([0-9a-f]{40} # v[\d.]+)", text))
        assert pins
        assert len(pins) == len({action for action, _ in pins})


def test_the_locks_hold_every_dependency_and_no_address() -> None:
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has no TOML parser")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["context"]]
    wanted = {
        "action": needed,
        "dev": needed,
        "hook": project["project"]["dependencies"],
        "sbom": project["dependency-groups"]["sbom"],
    }
    for name, requirements in wanted.items():
        lock = (PROJECT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
        assert {re.split(r"[<>=;\s]", each)[0] for each in requirements} <= locked
        assert "://" not in lock
        assert "index" not in lock


def _outputs(folder: Path) -> dict[str, str]:
    """Return what the action's script prints of the report in `folder`."""
    script = (sys.executable, "-I", PROJECT / ".github/action/outputs.py", folder / "report")
    done = subprocess.run(script, check=True, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def _package_files() -> set[str]:
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def _examples() -> set[str]:
    paths = (PROJECT / "examples").rglob("*")
    return {
        path.relative_to(PROJECT).as_posix() for path in paths if path.is_file() and path.suffix != ".pyc"
    }


def _steps(node: Any) -> list[dict[str, Any]]:  # Any: YAML
    """Return every step in a document of any shape."""
    match node:
        case {"steps": [*steps]}:
            return steps
        case dict():
            return [step for value in node.values() for step in _steps(value)]
        case _:
            return []


def _read(path: str | Path) -> Any:  # Any: YAML
    [document] = _documents(PROJECT / path)
    return document


def _documents(path: Path) -> list[Any]:  # Any: YAML
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
