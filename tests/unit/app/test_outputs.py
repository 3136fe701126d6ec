import io
import os
import struct
import sys
from pathlib import Path

import pytest

from chargehand.app.outputs import Outputs, check_outputs, write_outputs
from chargehand.core.errors import ChargehandError, InputError
from tests.unit.reports.samples import CLEAN, finding, judged, review


def test_only_one_report_can_go_to_standard_output() -> None:
    check_outputs(Outputs(paths={"json": "-"}))
    with pytest.raises(InputError, match="only one report can go to standard output"):
        check_outputs(Outputs(paths={"json": "-", "sarif": "-"}))


def test_two_reports_cannot_have_one_path_however_it_is_written(tmp_path: Path) -> None:
    same = {"json": f"{tmp_path}/report", "sarif": f"{tmp_path}/./report"}
    with pytest.raises(InputError, match="two reports have the same path"):
        check_outputs(Outputs(paths=same))


def test_a_report_that_cannot_be_written_costs_no_other(tmp_path: Path) -> None:
    paths = {"sarif": f"{tmp_path}/missing/report.sarif", "json": f"{tmp_path}/report.json", "markdown": "-"}
    stdout = io.StringIO()
    with pytest.raises(ChargehandError, match=r"missing/report\.sarif was not written"):
        write_outputs(*judged(CLEAN), Outputs(paths=paths), stdout)
    assert (tmp_path / "report.json").exists()
    assert stdout.getvalue().startswith("## ")


def test_what_the_encoding_of_a_terminal_lacks_becomes_a_question_mark() -> None:
    raw = io.BytesIO()
    stdout = io.TextIOWrapper(raw, encoding="ascii")
    write_outputs(*judged(CLEAN), Outputs(paths={"markdown": "-"}), stdout)
    assert raw.getvalue().startswith(b"## ? chargehand")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
@pytest.mark.parametrize(("columns", "width"), [("", 61), ("100", 100), ("-1", 61), ("x", 61)])
def test_a_person_gets_lines_as_wide_as_the_terminal(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl  # noqa: PLC0415 - Windows has none of both
    import termios  # noqa: PLC0415

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 61, 0, 0))
    found = finding(code="x" * 300, suggestion=None)
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        write_outputs(*judged(review(findings=(found,))), Outputs(), terminal)
        text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert max(map(len, text.split("\r\n"))) == width


def test_a_pipe_gets_the_code_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    stdout = io.StringIO()
    found = finding(code="x" * 300, suggestion=None)
    write_outputs(*judged(review(findings=(found,))), Outputs(), stdout)
    lines = stdout.getvalue().split("\n")
    assert f"      | {'x' * 300}" in lines
    assert max(len(line) for line in lines if "xxx" not in line) <= 50
