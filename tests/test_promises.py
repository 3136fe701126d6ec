"""The documents are true, and starting is cheap."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chargehand.cli.commands import COMMANDS, command
from chargehand.cli.commands.parity import parity
from chargehand.core.errors import Failure
from chargehand.core.verdict import EXIT_CODES
from tests.command import chargehand, environment, plain_environment
from tests.messages_api import MessagesApi
from tests.unit.change.world import World

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
SOURCE = ROOT / "src/chargehand"
README = (ROOT / "README.md").read_text("utf-8")
LISTING = (
    "import sys; sys.argv[0] = 'chargehand'; import os; real = os._exit; "
    "os._exit = lambda code: (print('\\n'.join(sys.modules), file=sys.stderr, flush=True), real(code)); "
    "from chargehand.cli.main import main; main()"
)


def run(*arguments: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return chargehand(*arguments, cwd=cwd, env=plain_environment() | environ)


def repository(folder: Path) -> Path:
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "x"],
        ["switch", "-q", "-c", "feature"],
    ):
        done = subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True)
        assert done.returncode == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["review", "--help"], 0),
        (["review"], 0),
        (["review", "--staged"], 0),
        (["review", "--offline", "-"], 0),
        (["review", "--threads", "none"], 2),
        (["review", "no-such.diff"], 2),
        (["review", "--frobnicate"], 2),
        (["demo", "--quiet"], 0),
        (["fleet"], 0),
        (["estimate"], 0),
        (["publish", "no-such.json"], 2),
        (["waivers"], 2),
        (["doctor"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_what_asks_no_model_never_imports_the_sdk(arguments: list[str], code: int, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / ".chargehand.toml").write_text('threads = 4\n[paths]\nignore = ["vendor/**"]\n')
    done = subprocess.run(
        [sys.executable, "-c", LISTING, *arguments],
        cwd=folder,
        env=plain_environment(),
        input="--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n",
        capture_output=True,
        text=True,
        check=False,
    )
    modules = done.stderr.split()
    assert done.returncode == code
    assert "chargehand.cli.main" in modules
    assert "anthropic" not in modules
    assert {"github", "gitlab"}.isdisjoint(modules)
    is_plain = arguments[0] in {"--version", "--help", "review"} and "--threads" not in arguments
    assert "pydantic" not in modules or not is_plain
    assert "unidiff" not in modules or arguments[0] in {"demo", "estimate"} or "-" in arguments


def test_nothing_to_review_is_said_and_passes(tmp_path: Path) -> None:
    done = run("review", cwd=repository(tmp_path))
    assert "nothing to review" in done.stdout
    assert "holds no commit that the default branch lacks" in done.stderr
    assert done.returncode == 0


def test_every_command_stands_in_the_help() -> None:
    assert set(COMMANDS) >= {"review", "demo", "fleet"}
    assert [name for name in COMMANDS if not command(name).help] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_flag_that_a_document_names_exists(document: Path) -> None:
    known = {
        option
        for shown in (*map(command, COMMANDS), *parity.commands.values())
        for each in shown.params
        for option in each.opts
    }
    said = set(re.findall(r"chargehand \w+[^`\n]*?(--[a-z-]+)", document.read_text("utf-8")))
    assert said - known - {"--help", "--version"} == set()


def test_the_readme_lists_every_exit_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == {*EXIT_CODES.values(), 2, 130}


def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    shown = README.split("```")[1].splitlines()[1:]
    printed = run("demo", "--quiet", cwd=tmp_path).stdout.splitlines()
    assert [
        line for line in shown if line.strip() not in {"", "…", "$ chargehand review"} and line not in printed
    ] == []


def test_the_readme_has_the_arithmetic_that_the_command_prints(tmp_path: Path) -> None:
    printed = run("fleet", cwd=tmp_path).stdout
    figures = re.findall(r"\$[\d.]+\d", README.split("## The arithmetic")[1].split("That comparison")[0])
    assert len(figures) >= 8
    for figure in figures:
        assert figure in printed or f"{figure}.00" in printed


def test_the_arithmetic_of_fleet_4_is_exact(tmp_path: Path) -> None:
    printed = run("fleet", "4", cwd=tmp_path).stdout
    for figure in ("$25.00", "$9.00", "64 % less, $480.00 a month", "$17.00", "32 % less"):
        assert figure in printed


def test_the_architecture_names_every_module(tmp_path: Path) -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    package = ROOT / "src/chargehand"
    modules = {path.name for path in package.glob("*.py")} - {"__init__.py", "__main__.py"}
    folders = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    assert {name for name in modules | folders if f"`{name}`" not in page} == set()


def test_the_architecture_draws_the_imports_between_its_parts() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    drawn = {
        (above, below)
        for one, other in re.findall(r"^    ([\w& ]+) --> ([\w& ]+)$", page, re.MULTILINE)
        for above in one.split(" & ")
        for below in other.split(" & ")
    }
    imported = {
        (path.relative_to(SOURCE).parts[0], below)
        for path in SOURCE.glob("*/**/*.py")
        for below in re.findall(r"^\s*from chargehand\.(\w+)", path.read_text("utf-8"), re.MULTILINE)
        if below != path.relative_to(SOURCE).parts[0]
    }
    led_to = drawn
    while (wider := led_to | {(a, d) for a, b in led_to for c, d in drawn if b == c}) != led_to:
        led_to = wider
    assert drawn <= imported <= led_to


def test_the_contributing_page_names_every_folder_of_tests() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name[0].isalpha()}
    assert {name for name in folders if f"tests/{name}" not in page} <= {"stubs"}


def test_every_failure_has_a_word_of_its_own() -> None:
    assert len({failure.value for failure in Failure}) == len(Failure)


def test_the_packaged_schema_is_json() -> None:
    schema = json.loads((ROOT / "src/chargehand/reports/schemas/report.schema.json").read_text("utf-8"))
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_a_configuration_that_does_not_count_is_said(tmp_path: Path) -> None:
    (tmp_path / ".chargehand.toml").write_text("max_spend = 0.01\n")
    change = ROOT / "tests/cases/one_bug_blocks/change.diff"
    done = run("review", change, "--offline", cwd=tmp_path, CI="true")
    assert ".chargehand.toml in this folder does not count" in done.stderr


def test_every_credential_that_is_read_has_its_row() -> None:
    files = [*SOURCE.rglob("*.py"), ROOT / "action.yml", *(ROOT / "examples").rglob("*.yml")]
    read = {
        name
        for file in files
        for name in re.findall(
            r"\b(?:ANTHROPIC|CHARGEHAND|GITHUB|GITLAB|GH)_(?:[A-Z]+_)*(?:KEY|TOKEN|SECRET)\b",
            file.read_text("utf-8"),
        )
    }
    rows = re.findall(r"^\| (.*?) \|", (ROOT / "docs/credentials.md").read_text("utf-8"), re.MULTILINE)
    assert {"ANTHROPIC_API_KEY", "CHARGEHAND_CACHE_SECRET"} <= read
    assert read <= {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_what_the_page_says_is_not_sent_is_in_no_request(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "repository")
    world.environ |= {"GIT_AUTHOR_NAME": "Unsent Author", "GIT_AUTHOR_EMAIL": "unsent@example.org"}
    world.commit({"untouched.py": "unsent_line = 1\n"}, message="Unsent subject")
    world.git("remote", "add", "origin", "https://unsent.example/unsent.git")
    world.git("checkout", "-q", "-b", "unsent-branch")
    message = "Sent subject\n\nCo-authored-by: Unsent Friend <unsent-friend@example.org>"
    world.commit({"a.py": "sent_line = 1\n"}, message=message)
    with MessagesApi() as api:
        env = environment(api) | world.environ | {"SOME_VARIABLE": "unsent value"}
        done = chargehand("review", "--base", "main", "--record", tmp_path / "kept", cwd=world.root, env=env)
    assert done.returncode == 0, done.stderr
    sent = json.dumps([call.request for call in api.log])
    assert "sent_line = 1" in sent
    assert "Sent subject" in sent
    assert "unsent" not in sent.lower()
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
