"""Which finding a claim becomes: at a line, at a file, or in the summary only.

Only a quote leads to a line, see `quotes`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Anchor, Claim, Finding, by_place, conceal
from chargehand.core.identity import with_scopes
from chargehand.pipeline.quotes import Match, find_quotes


def locate(claims: Sequence[Claim], diff: Diff) -> tuple[Finding, ...]:
    """Return one finding for each claim, in the order of `by_place`.

    Its anchor is `line` if the claim quotes a line of the file's diff, `file` if the file is in the
    diff but the quote is not, and `summary` if the file is not. A renamed file may go by its old name.
    """
    files: dict[str, list[FileDiff]] = {}
    for file in diff.files:
        files.setdefault(file.path, []).append(file)
    names = _names(diff)
    asked: dict[str | None, list[Claim]] = {}
    for claim in claims:
        asked.setdefault(_path_of(claim, names), []).append(claim)
    elsewhere = [_elsewhere(claim) for claim in asked.pop(None, ())]
    inside = (each for path, group in asked.items() if path for each in _inside(group, path, files[path]))
    return with_scopes(sorted((*elsewhere, *inside), key=by_place), diff)


def _names(diff: Diff) -> dict[str, str]:
    """Return the path in the diff for every name that it may go by; real names win."""
    names = {file.path: file.path for file in diff.files}
    for file in diff.files:
        if file.status == "renamed" and file.old_path:
            names.setdefault(file.old_path, file.path)
    for name, path in tuple(names.items()):
        names.setdefault(one_line(name), path)
    return names


def _path_of(claim: Claim, names: Mapping[str, str]) -> str | None:
    plain = re.sub(r"^(\./)+", "", claim.path.strip().replace("\\", "/"))
    forms = (claim.path, plain, plain.removeprefix("a/"), plain.removeprefix("b/"))
    return next((names[form] for form in forms if form in names), None)


def _elsewhere(claim: Claim) -> Finding:
    place = Match(note="the file is not part of the change" if claim.path or claim.quote else "")
    return _finding(claim, one_line(claim.path), "summary", place)


def _inside(claims: Sequence[Claim], path: str, files: Sequence[FileDiff]) -> Iterator[Finding]:
    old_paths = {file.old_path for file in files if file.status == "renamed"}
    for claim, place in zip(claims, find_quotes(claims, files), strict=True):
        anchor: Anchor = "file" if place.start is None else "line"
        renamed = f"the file was renamed from {one_line(claim.path)}" if claim.path in old_paths else ""
        note = "; ".join(filter(None, (renamed, place.note)))
        yield _finding(claim, path, anchor, place._replace(note=note))


def _finding(claim: Claim, path: str, anchor: Anchor, place: Match) -> Finding:
    """Return the finding without what the claim conceals; a fingerprint must not let anyone guess it."""
    finding = Finding(
        rule=claim.rule,
        lens=claim.lens,
        severity=claim.severity,
        confidence=claim.confidence,
        title=claim.title,
        message=claim.message,
        path=path,
        start_line=place.start,
        end_line=place.end,
        anchor=anchor,
        code=place.code,
        note=place.note,
        suggestion=claim.suggestion,
        model=claim.model,
        is_reused=claim.is_reused,
    )
    return conceal(finding, (*claim.conceal, *map(printable, claim.conceal)))
