"""Which findings come late: the last review read the same lines, and did not say so then.

A review that finds something else in old lines at each push never ends. What comes late and is too mild to
fail the build is listed apart and stands beside no line; what fails the build does so whenever it is found.
"""

from collections.abc import Iterable, Sequence

from chargehand.app.run import Run
from chargehand.change import Repository, read_patch_of
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.git.tips import commit_of
from chargehand.core.baseline import Baseline
from chargehand.core.counting import count
from chargehand.core.diff import Diff, Hunk
from chargehand.core.errors import InputError
from chargehand.core.finding import Finding, Severity, noted
from chargehand.core.gate import Gate
from chargehand.core.last_review import LastReview, is_commit
from chargehand.core.review import Review
from chargehand.core.verdict import counts
from chargehand.reports.notifications import replaces_earlier


def with_late(review: Review, run: Run, last: LastReview | None) -> Review:
    """Return the review with what comes late marked so; `last` is None if no earlier review is known."""
    last = last or _of_baseline(run.baseline)
    head = review.change.head
    if last is None or head is None or not isinstance(run.checkout, Repository):
        return review
    doubted = [each for each in review.findings if _may_be_late(each, review, last)]
    if not doubted:
        return review
    changed = _changed(run.checkout, last.head, head, {each.path for each in doubted})
    if isinstance(changed, str):
        return review.evolve(notices=(*review.notices, changed))
    gate = run.settings.whole_gate()
    late = {each.fingerprint for each in doubted if not _is_touched(each, changed)}
    findings = tuple(_marked(each, gate) if each.fingerprint in late else each for each in review.findings)
    return _with_notice(review.evolve(findings=findings), last)


def to_remember(review: Review) -> LastReview | None:
    """Return what the next push is to know of this review, None if models did not read all of the change."""
    if review.change.head is None or not replaces_earlier(review):
        return None
    found = (each.fingerprint_v2 for each in review.findings if each.state != "late")
    return LastReview(
        head=review.change.head,
        lenses=tuple(lens.name for lens in review.lenses),
        found=tuple(dict.fromkeys(found)),
    )


def _of_baseline(baseline: Baseline | None) -> LastReview | None:
    """Return the review that a baseline is the report of, if models read all of the change for it."""
    if baseline is None or baseline.is_partial or not baseline.has_models or not is_commit(baseline.head):
        return None
    return LastReview(head=baseline.head)


def _may_be_late(finding: Finding, review: Review, last: LastReview) -> bool:
    """Tell whether the last review could have said it: a model's word on a line that the change adds."""
    if finding.is_fact or finding.tool or not counts(finding) or finding.fingerprint_v2 in last.found:
        return False
    is_read_then = not last.lenses or finding.lens in last.lenses
    return is_read_then and finding.old_line is None and _is_added(finding, review.diff)


def _is_added(finding: Finding, diff: Diff) -> bool:
    lines = (line for file in diff.files if file.path == finding.path for line in file.lines())
    return any(line.kind == "+" and line.new_number == finding.line for line in lines)


def _changed(
    checkout: Repository, last: str, head: str, paths: Iterable[str]
) -> dict[str, Sequence[Hunk]] | str:
    """Return by path what git shows between the two commits, or a sentence that says why it cannot."""
    commit = commit_of(checkout, last)
    if commit is None:
        return f"The last review was of {last[:12]}, which is not in this clone: all findings count as new."
    try:
        diff = parse_diff(read_patch_of(checkout, commit, head, sorted(paths)))
    except InputError:  # nothing is lost: the review stands, and more of it counts as new
        return f"The last review was of {last[:12]}, which git did not compare: all findings count as new."
    return {file.path: file.hunks for file in diff.files}


def _is_touched(finding: Finding, changed: dict[str, Sequence[Hunk]]) -> bool:
    """Tell whether git shows one of the finding's lines, with three lines around what changed."""
    start, end = finding.start_line or 0, finding.end_line or 0
    hunks = changed.get(finding.path, ())
    return any(each.new_start <= end and start < each.new_start + each.new_count for each in hunks)


def _marked(finding: Finding, gate: Gate) -> Finding:
    floor = gate.floor(finding) or Severity.HIGH  # where nothing fails the build, what is grave is not hidden
    if finding.severity.is_at_least(floor):
        return noted(finding, "the last review read these lines too, and did not say so")
    return finding.evolve(state="late")


def _with_notice(review: Review, last: LastReview) -> Review:
    late = sum(each.state == "late" for each in review.findings)
    if not late:
        return review
    said = (
        f"{count(late, 'finding')} on lines that the review of {last.head[:12]} read, and that did not "
        "change since: listed apart, and not beside the code."
    )
    return review.evolve(notices=(*review.notices, said))
