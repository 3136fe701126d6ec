"""Every story in cases/, through the real command line, the real SDK and HTTP, against its snapshots.

A story is a folder: `change.diff`, `replies.json` (what the models answer, see tests/messages_api), and
optionally `config.toml` (the configuration) and `args.txt` (further arguments, one a line).
All stories are told with the lenses in `LENSES`.
Run `pytest --snapshot-update tests/test_cases.py` to write `expected/` anew, and read the difference.
"""

import json
import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pytest_snapshot.plugin import Snapshot

from chargehand import __version__
from chargehand.lenses import BUILT_IN_LENSES
from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, load_replies

# The lenses that the stories tell of.
LENSES = ("correctness", "security", "tests", "documentation", "style")
CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/change.diff"))
WAITING = ("plan_call_fails",)  # for the attempts that follow
REPORTS = {
    "report.sarif": "--sarif",
    "report.md": "--markdown",
    "report.json": "--json",
    "codequality.json": "--codequality",
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=pytest.mark.waits if case.name in WAITING else ())
        for case in CASES
    ],
)
def test_a_story_ends_as_it_is_written_down(case: Path, tmp_path: Path, snapshot: Snapshot) -> None:
    replies = case / "replies.json"
    with MessagesApi(**load_replies(replies)) if replies.exists() else MessagesApi() as api:
        done = review(case, tmp_path, api)
    written = [name for name in REPORTS if (tmp_path / name).exists()]
    ends = {name: steady((tmp_path / name).read_text("utf-8")) for name in written}
    ends |= {"stdout.txt": steady(done.stdout), "exit_code.txt": f"{done.returncode}\n"}
    snapshot.snapshot_dir = case
    # The folder as a whole: a report that is no longer written fails as one that differs.
    snapshot.assert_match_dir(ends, "expected")
    assert "Traceback" not in done.stderr


def review(case: Path, folder: Path, api: MessagesApi) -> CompletedProcess[str]:
    """Run the command over one story in an empty folder."""
    config, args = case / "config.toml", case / "args.txt"
    told = config.read_text("utf-8") if config.exists() else ""
    if settings := told + without_later_lenses(told):
        (folder / ".chargehand.toml").write_text(settings, "utf-8")
    command = ["review", str(case / "change.diff")]
    for name, option in REPORTS.items():
        command += [option, name]
    command += args.read_text().split() if args.exists() else []
    return chargehand(*command, cwd=folder, env=environment(api))


def without_later_lenses(told: str) -> str:
    """Return the configuration that keeps the stories as they are when a lens is added."""
    later = [name for name in BUILT_IN_LENSES if name not in LENSES and f"[lenses.{name}]" not in told]
    return "".join(f"\n[lenses.{name}]\nenabled = false\n" for name in later)


def steady(text: str) -> str:
    """Replace what differs from run to run by words."""
    text = text.replace(__version__, "0.0.0")
    text = re.sub(r'"(started_at|request_id|prices_from)": "[^"]*"', r'"\1": "…"', text)
    text = re.sub(r'"(seconds|\w+_s)": [\d.e-]+', r'"\1": 0', text)
    text = re.sub(r"\breq(\\?_)\d+", r"req\1…", text)
    return re.sub(r"genai-prices [\d.]+", "genai-prices …", text)


def test_there_are_stories() -> None:
    assert len(CASES) >= 12


def test_every_expected_json_is_json() -> None:
    for case in CASES:
        for path in (case / "expected").glob("*.json"):
            json.loads(path.read_text("utf-8"))
