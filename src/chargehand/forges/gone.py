"""Whether the finding of an earlier comment is gone: looked for again, and its line is no longer there."""

from chargehand.core.finding import TOOL
from chargehand.forges.comment import Marker
from chargehand.forges.report import Report, StoredLines


def is_gone(marker: Marker, report: Report) -> bool:
    """Tell whether the report shows that the finding is gone; what it does not show is no sign of that.

    The review is complete, the file was read again under the finding's lens, and the quoted line changed.
    Without a quoted line nobody can know.
    """
    if not (report.verdict.complete and marker.line and marker.side):
        return False
    lines = report.comments.lines_by_digest(marker.file)
    return lines is not None and _is_read(lines.path, marker.lens, report) and _is_changed(marker, lines)


def _is_read(path: str, lens: str, report: Report) -> bool:
    """Tell whether a file was read under a lens; free checks, which have none here, read all of it.

    So do other tools, if their logs were read.
    """
    if not lens:
        return True
    if lens == TOOL:
        return bool(report.tools)
    cells = [cell for cell in report.coverage if (cell.path, cell.lens) == (path, lens)]
    return bool(cells) and all(cell.outcome == "reviewed" for cell in cells)


def _is_changed(marker: Marker, lines: StoredLines) -> bool:
    """Tell whether the quoted line is no longer what it was.

    A line that the change added is gone if the change no longer shows it. One that was there before is gone
    only if the change takes it out: else it may stand where the diff does not reach.
    """
    if marker.side == "removed":
        return lines.has(marker.line, "kept") and not lines.has(marker.line, "removed")
    if lines.has(marker.line, "added") or lines.has(marker.line, "kept"):
        return False
    return marker.side == "added" or lines.has(marker.line, "removed")
