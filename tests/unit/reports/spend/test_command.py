import json
import subprocess
import sys
from pathlib import Path

from tests.unit.reports.spend.stored import calls, report


def spend(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command, which lists the modules that it loaded on standard error."""
    listing = (
        "import sys, os; leave = os._exit; "
        "os._exit = lambda code: (print(*sys.modules, file=sys.stderr, flush=True), leave(code)); "
        "sys.argv[0] = 'chargehand'; from chargehand.cli.main import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", listing, "spend", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_reports_are_added_up_without_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a")))
    (tmp_path / "b.json").write_bytes(report(calls("b")))
    done = spend("a.json", ".", "--json", "--html", "page.html", "--target-simple", "0.001", cwd=tmp_path)
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["total"]["cost_usd"] == "0.0200"
    assert told["targets"]["results"][0]["within"] == 0
    assert told["repriced"] is None
    assert [each["name"] for each in told["duplicates"]] == ["a.json"]
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert not {"anthropic", "genai_prices"} & set(done.stderr.split())


def test_the_table_with_other_prices_goes_to_standard_output(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a")))
    done = spend("a.json", "--reprice", cwd=tmp_path)
    assert done.stdout.startswith("1 run on 2026-11-22, 2 calls\n")
    assert "By the prices of genai-prices" in done.stdout
    assert "anthropic" not in done.stderr.split()


def test_where_nothing_can_be_read_the_exit_code_is_2(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    done = spend("a.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing was added up: 'a.json' was not read (it is not a JSON report of chargehand" in done.stderr


def test_a_target_that_is_no_amount_and_a_page_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a")))
    assert spend("a.json", "--target-complex", "nan", cwd=tmp_path).returncode == 2
    done = spend("a.json", "--html", "gone/page.html", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing was added up: the report gone/page.html could not be written" in done.stderr
