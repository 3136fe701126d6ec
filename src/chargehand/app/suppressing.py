"""Which findings are suppressed: by the configuration, or by a comment that the target branch has as well."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.app.run import Run
from chargehand.change import INDEX, Repository, read_files, read_where_rules_are
from chargehand.core.counting import count
from chargehand.core.diff import FileDiff
from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, noted
from chargehand.core.review import Review
from chargehand.core.suppression import Counts, Suppression, comment_beside, comments_in, counted, is_in
from chargehand.core.suppression_index import Index, index_of
from chargehand.reports.notifications import is_complete

_LARGEST_BYTES = 2_000_000
_NAMED = 5


def suppressed(review: Review, run: Run) -> Review:
    """Return the review with what is suppressed marked so, and with what is to be known of suppressions."""
    today = review.timing.started_at[:10]
    given = run.settings.accepted()
    expired = tuple(each for each in given if each.is_over(today))
    valid = tuple(each for each in given if not each.is_over(today))
    index, over = index_of(valid), index_of(expired)
    findings = tuple(_by_configuration(each, index, over) for each in review.findings)
    findings = _by_comments(findings, review, run)
    marked = review.evolve(findings=findings)
    notices = (*_ended(expired), *_unused(marked, valid, index))
    return marked.evolve(notices=(*marked.notices, *notices))


def _by_configuration(finding: Finding, valid: Index, expired: Index) -> Finding:
    for each in valid.of_finding(finding):
        return finding.evolve(suppression=each.reason, suppressed_in="configuration")
    for each in expired.of_finding(finding):
        return noted(finding, f"a suppression of it ended on {each.until}")
    return finding


def _by_comments(findings: tuple[Finding, ...], review: Review, run: Run) -> tuple[Finding, ...]:
    """Return the findings, those with a comment beside them suppressed if the change did not bring it."""
    paths = {each.path for each in findings if each.line and each.suppression is None and not each.old_line}
    files = {file.path: file for file in review.diff.files if file.path in paths}
    lines = _after(files, run)
    holding = {path for path, texts in lines.items() if any("chargehand:" in text for text in texts)}
    if not holding:
        return findings
    before = _where_rules_are([files[path] for path in holding], run)
    ours, theirs = ({path: counted(texts.get(path, ())) for path in holding} for texts in (lines, before))
    return tuple(
        _by_comment(each, lines[each.path], ours[each.path], theirs[each.path])
        if each.path in holding and each.line and each.suppression is None and not each.old_line
        else each
        for each in findings
    )


def _by_comment(finding: Finding, lines: Sequence[str], ours: Counts, theirs: Counts) -> Finding:
    line = finding.line or 0
    comment = comment_beside(line, lines, finding.rule)
    if comment is None:
        return finding
    if not comment.reason:
        return noted(finding, "the suppression beside it gives no reason, so it does not count")
    if not is_in(theirs, ours, lines[comment.number - 1 : line]):
        return noted(finding, "the suppression beside it came with this change: it counts once merged")
    return finding.evolve(suppression=comment.reason, suppressed_in="code")


def _after(files: Mapping[str, FileDiff], run: Run) -> dict[str, Sequence[str]]:
    """Return the lines of files as they are after the change; of a mere diff, those that it shows."""
    end = INDEX if run.change.source in ("staged", "files") else run.change.head
    if isinstance(run.checkout, Repository) and end is not None:
        texts = read_files(run.checkout, end, files, limit=_LARGEST_BYTES)
        return {path: text.split("\n") for path, text in texts.items()}
    return {path: _shown(file) for path, file in files.items()}


def _shown(file: FileDiff) -> Sequence[str]:
    known = {line.new_number: line.text for line in file.lines() if line.new_number is not None}
    last = max(known, default=0)
    return [known.get(number, "") for number in range(1, last + 1)] if last < _LARGEST_BYTES else []


def _where_rules_are(files: Sequence[FileDiff], run: Run) -> dict[str, Sequence[str]]:
    """Return the lines of files as the target branch has them, by their names now."""
    names = {file.path: file.old_path or file.path for file in files}
    rules = run.change.rules
    wanted = (*names, *names.values()) if rules.origin == "work-tree" else names.values()
    texts = read_where_rules_are(run.checkout, rules, wanted, limit=_LARGEST_BYTES)
    found = {path: texts.get(path, texts.get(old)) for path, old in names.items()}
    return {path: text.split("\n") for path, text in found.items() if text is not None}


def _ended(expired: Sequence[Suppression]) -> Iterator[str]:
    for each in expired[:_NAMED]:
        yield (
            f"The suppression of {each.shown} ended on {each.until}: what it named counts again. Its reason "
            f"was: {one_line(each.reason)}"
        )
    if more := expired[_NAMED:]:
        yield f"{count(len(more), 'more suppression')} ended too: what they named counts again."


def _unused(review: Review, valid: Sequence[Suppression], index: Index) -> Iterator[str]:
    """Yield a sentence about suppressions of what was read here that nothing was found for."""
    if review.mode == "offline" or not is_complete(review):
        return
    unused = [*_idle(review, valid, index), *_idle_comments(review)]
    if unused:
        more = f" and {len(unused) - _NAMED:,} more" if len(unused) > _NAMED else ""
        yield f"Nothing was found here that these suppressions name: {', '.join(unused[:_NAMED])}{more}."


def _idle(review: Review, valid: Sequence[Suppression], index: Index) -> Iterator[str]:
    used = {each for finding in review.findings for each in index.of_finding(finding)}
    near = {each for file in review.diff.reviewable for each in index.of_path(file.path)}
    for each in valid:
        if not each.guidance and each in near and each not in used:
            yield each.shown


def _idle_comments(review: Review) -> Iterator[str]:
    found = {(finding.path, finding.line, finding.rule) for finding in review.findings}
    for file in review.diff.reviewable:
        if not any("chargehand:" in hunk.body for hunk in file.hunks):
            continue
        lines = {line.new_number: line.text for line in file.lines() if line.new_number is not None}
        for number, text in lines.items():
            for comment in comments_in([text]):
                line = number + 1 if comment.is_alone else number
                if not any((file.path, line, rule) in found for rule in comment.rules):
                    yield one_line(f"{file.path}:{number}")
