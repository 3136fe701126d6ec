"""How a review stands to its baseline: which findings it has already, and which of its own are gone."""

from collections.abc import Iterator, Sequence

from chargehand.core.baseline import Baseline, Compared, Earlier
from chargehand.core.diff import FileDiff
from chargehand.core.escaping import printable
from chargehand.core.finding import BY_CHECK, BY_TOOL
from chargehand.core.markers import without_places
from chargehand.core.recognition import recognise
from chargehand.core.review import Review
from chargehand.reports.notifications import is_complete


def compared(review: Review, baseline: Baseline | None) -> Review:
    """Return the review with each finding as the baseline knows it; as it is if there is no baseline."""
    if baseline is None:
        return review
    renamed = (file for file in review.diff.files if file.status == "renamed" and file.old_path)
    moved = {file.path: file.old_path or "" for file in renamed}
    findings, left = recognise(review.findings, baseline.findings, moved)
    stands = Compared(
        name=baseline.name,
        head=baseline.head,
        is_partial=baseline.is_partial,
        total=len(baseline.findings),
        existing=sum(finding.state == "existing" for finding in findings),
        gone=tuple(_gone(left, review)) if is_complete(review) else (),
    )
    return review.evolve(findings=findings, baseline=stands)


def _gone(left: Sequence[Earlier], review: Review) -> Iterator[Earlier]:
    """Yield what was looked for in vain: its line was taken out, and its file was read under its lens."""
    files = {
        printable(path): file
        for file in review.diff.reviewable
        for path in (file.old_path, file.path)
        if path
    }
    tools = {f"{BY_TOOL}{name}" for name in review.tools}
    read = {(cell.path, cell.lens) for cell in review.coverage if not cell.is_gap}
    for each in left:
        file = files.get(each.path)
        if file is None or not each.quote.strip():
            continue
        is_of_code = each.model.startswith(BY_CHECK) or each.model in tools
        is_read = is_of_code or (file.path, each.lens) in read
        if is_read and _is_taken_out(each.quote, file):
            yield each


def _is_taken_out(quote: str, file: FileDiff) -> bool:
    """Tell whether the change removes the quoted line, and shows no line of these words afterwards."""
    wanted = _folded(quote)
    kinds = {line.kind for line in file.lines() if _folded(printable(line.text)) == wanted}
    return kinds == {"-"}


def _folded(text: str) -> str:
    """Return `text` without white space, and without what says where a secret stood that is masked in it."""
    return "".join(without_places(text).split())
