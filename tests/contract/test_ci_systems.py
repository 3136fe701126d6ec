"""The example of each CI system runs what the command has, and docs/ci.md says where its report goes."""

import json
import re
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from chargehand import __version__
from chargehand.cli.commands import command
from tests.contract.ci_events import PAGE
from tests.contract.ci_systems import SYSTEMS, System, commands_in, example_of, table
from tests.unit.reports.samples import REPORTS, SAMPLES, judged

each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: each.name)
# The action and the component have tests of their own.
OTHERS = [system for system in SYSTEMS if system.name not in ("GitHub Actions", "GitLab CI")]
each_other = pytest.mark.parametrize("system", OTHERS, ids=lambda each: each.name)


def test_the_page_tells_of_each_system_what_holds() -> None:
    """If this fails: `python -m tests.contract.ci_systems`, and read the difference."""
    page = PAGE.read_text("utf-8")
    assert table(page) in page
    assert len(SYSTEMS) == 10


@each_system
def test_each_report_of_an_example_is_made_and_put_where_its_reader_is(system: System) -> None:
    text = example_of(system)
    for option, place in system.places:
        assert option in text
        assert place in text


@each_other
def test_an_example_calls_the_command_as_it_is(system: System) -> None:
    (words,) = commands_in(example_of(system))
    review = command("review")
    with review.make_context("review", words) as context:
        assert isinstance(context, click.Context)
        assert context.params["deadline"]
        assert context.params["max_spend"]


@each_other
def test_an_example_installs_this_version_by_hash_without_the_key_and_isolated(system: System) -> None:
    text = example_of(system)
    assert f"chargehand=={__version__}" in text
    assert "/share/chargehand/install.py" in text
    installing = [line for line in text.splitlines() if "pip install" in line or "install.py" in line]
    assert all(" -I " in line for line in installing)
    has_key_for_all = system.name in ("Bitbucket Pipelines", "CircleCI", "Buildkite", "Woodpecker")
    assert all("env -u ANTHROPIC_API_KEY" in line for line in installing) is has_key_for_all


@each_other
def test_an_example_has_the_whole_history(system: System) -> None:
    text = example_of(system)
    assert re.search(r'[dD]epth: "?(0|full)|method: full|no shallow clone|no --depth', text)
    if not system.example.endswith("Jenkinsfile"):
        read = [yaml.safe_load(text)]
        for each in read:  # a list of commands in which a colon made one a table would not run
            read += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
            if isinstance(each, dict):
                listed = (each.get(name) for name in ("commands", "script", "after-script"))
                assert all(
                    isinstance(line, str) for lines in listed if isinstance(lines, list) for line in lines
                )


class _Insights(BaseHTTPRequestHandler):
    """Keeps what is sent to it."""

    sent: list[tuple[str, str, Any]]  # Any: JSON

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.sent.append((self.command, self.path, body))
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_PUT()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Say nothing."""


def test_bitbucket_gets_a_report_and_its_annotations(tmp_path: Path) -> None:
    sent: list[tuple[str, str, Any]] = []  # Any: JSON
    _Insights.sent = sent
    (bitbucket,) = (each for each in SYSTEMS if each.name == "Bitbucket Pipelines")
    (script,) = re.findall(r"<<'SCRIPT'\n(.*?)\n +SCRIPT", example_of(bitbucket), re.DOTALL)
    report = tmp_path / "chargehand.json"
    report.write_text(REPORTS["json"](*judged(SAMPLES["rich"])))
    code = textwrap.dedent(script).replace("/tmp/chargehand.json", str(report))  # noqa: S108
    with HTTPServer(("127.0.0.1", 0), _Insights) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        environ = {
            "BITBUCKET_REPO_FULL_NAME": "o/r",
            "BITBUCKET_COMMIT": "c",
            "INSIGHTS_PROXY": f"http://127.0.0.1:{server.server_port}",
        }
        subprocess.run([sys.executable, "-I", "-c", code], env=environ, check=True)
        server.shutdown()
    at = "http://api.bitbucket.org/2.0/repositories/o/r/commit/c/reports/chargehand"
    assert [each[:2] for each in sent] == [("PUT", at), ("POST", f"{at}/annotations")]
    assert sent[0][2]["result"] == "FAILED"
    found = json.loads(report.read_text())["findings"]
    open_ones = [each for each in found if each["start_line"] and each["suppression"] is None]
    places = [(each["path"], each["start_line"]) for each in open_ones]
    assert [(each["path"], each["line"]) for each in sent[1][2]] == places
    assert {each["severity"] for each in sent[1][2]} <= {"CRITICAL", "HIGH", "MEDIUM", "LOW"}
