import io
from pathlib import Path

import pytest

from chargehand.app.outputs import Outputs, check_outputs, write_outputs
from chargehand.core.errors import ChargehandError, InputError
from tests.unit.reports.samples import CLEAN, judged


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
