"""What networks, containers and slips of the pen leave in the environment: it works, or one message names it.

Whatever it is, the free checks' findings stand in the report, and no error is an internal one.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from chargehand.lenses import BUILT_IN_LENSES
from tests.command import chargehand, environment
from tests.messages_api import MessagesApi

NOWHERE = "http://127.0.0.1:9"  # the port of a service that nobody runs
TOKEN = "ghp_" + "Zx81" * 9
DIFF = f"diff --git a/k.py b/k.py\n--- a/k.py\n+++ b/k.py\n@@ -1 +1 @@\n-a = 1\n+KEY = '{TOKEN}'\n"


class Row(NamedTuple):
    """Variables, and how the review ends; `said` names what a person has to look at."""

    code: int
    said: str = ""
    asks: bool = False


# SERVER is the address of a server that answers.
ROWS: dict[tuple[tuple[str, str], ...], Row] = {
    (("ANTHROPIC_BASE_URL", "SERVER\n"),): Row(1, asks=True),
    (("ANTHROPIC_API_KEY", " KEY\r\n"),): Row(1, asks=True),
    (("ANTHROPIC_CUSTOM_HEADERS", "X-Team: a\r\n\n"),): Row(1, asks=True),
    (("NO_PROXY", "localhost,127.0.0.1,fd07:b51a:cc66:f0::/64"), ("ALL_PROXY", NOWHERE)): Row(1, asks=True),
    (("NO_PROXY", "127.0.0.0/8"), ("HTTP_PROXY", "http://proxy:80a")): Row(1, asks=True),
    (("SSL_CERT_FILE", "/nowhere/cacert.pem"),): Row(1, asks=True),
    (("HTTP_PROXY", "SERVER"),): Row(1, asks=True),
    (("SSL_CERT_FILE", "/nowhere/cacert.pem"), ("ANTHROPIC_BASE_URL", "https://127.0.0.1:9")): Row(
        2, "SSL_CERT_FILE"
    ),
    (("ANTHROPIC_BASE_URL", "http://127.0.0.1:80a"),): Row(2, "ANTHROPIC_BASE_URL"),
    (("ANTHROPIC_API_KEY", "a\nb"),): Row(2, "ANTHROPIC_API_KEY"),
    (("ANTHROPIC_API_KEY", ""), ("ANTHROPIC_PROFILE", "nobody")): Row(2, "ANTHROPIC_PROFILE"),
    (("ANTHROPIC_CUSTOM_HEADERS", "X-Team"),): Row(2, "ANTHROPIC_CUSTOM_HEADERS"),
    (("HTTP_PROXY", "http://proxy:80a"),): Row(2, "HTTP_PROXY"),
    (("ALL_PROXY", "socks5://127.0.0.1:9"),): Row(2, "ALL_PROXY"),
}


def test_whatever_the_environment_holds_the_findings_stand_and_its_variable_is_named(tmp_path: Path) -> None:
    off = "".join(f"[lenses.{name}]\nenabled = false\n" for name in BUILT_IN_LENSES[1:])
    (tmp_path / ".chargehand.toml").write_text(f"require_model = false\n{off}")
    seen = {}
    with MessagesApi() as api:
        for variables, row in ROWS.items():
            before = len(api.log)
            given = {
                name: value.replace("SERVER", api.url).replace("KEY", api.key) for name, value in variables
            }
            done = chargehand(
                *("review", "-", "--json=r.json"),
                cwd=tmp_path,
                env={**environment(api), **given},
                stdin=DIFF,
            )
            report: Any = json.loads((tmp_path / "r.json").read_text())  # Any: JSON
            (tmp_path / "r.json").unlink()
            assert [each["path"] for each in report["findings"]] == ["k.py"], variables
            assert row.said in done.stderr, variables
            assert report["verdict"]["exit_code"] == done.returncode
            seen[variables] = row._replace(code=done.returncode, asks=len(api.log) > before)
    assert seen == ROWS
