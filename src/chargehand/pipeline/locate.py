"""Which finding a claim becomes: at a line, at a file, or in the summary only.

Only a quote leads to a line, see `quotes`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.escaping import one_line
from chargehand.core.finding import Anchor, Claim, Finding, Suggestion, by_place, dropped
from chargehand.core.identity import with_scopes
from chargehand.pipeline.namesakes import Placed, place_in_any
from chargehand.pipeline.places import Match
from chargehand.pipeline.suggestions import place_suggestion


def locate(claims: Sequence[Claim], diff: Diff) -> tuple[Finding, ...]:
    """Return one finding for each claim, in the order of `by_place`.

    Its anchor is `line` if the claim quotes a line of the file's diff, `file` if the file is in the diff but
    the quote is not, and `summary` if the file is not. A renamed file may go by its old name, and a line may
    be found in a file of the same name in another folder.
    """
    files: dict[str, list[FileDiff]] = {}
    for file in diff.files:
        files.setdefault(file.path, []).append(file)
    names = _names(diff)
    namesakes = _namesakes(files)
    asked: dict[str | None, list[Claim]] = {}
    for claim in claims:
        asked.setdefault(_path_of(claim, names), []).append(claim)
    found = [_elsewhere(claim) for claim in asked.pop(None, ())]
    for path, group in asked.items():
        if path is not None:
            of_one_name = {each: files[each] for each in namesakes[PurePosixPath(path).name]}
            placed = place_in_any(group, path, of_one_name)
            found += (_inside(claim, each, files, path) for claim, each in zip(group, placed, strict=True))
    return with_scopes(sorted(found, key=by_place), diff)


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
    finding = _finding(claim, one_line(claim.path), "summary", place)
    return dropped(finding, "its place was not found") if claim.suggestion.strip() else finding


def _namesakes(paths: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return the paths of the diff by the name of the file without its folder."""
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(PurePosixPath(path).name, []).append(path)
    return by_name


def _inside(claim: Claim, placed: Placed, files: Mapping[str, Sequence[FileDiff]], named: str) -> Finding:
    path, place, is_sure = placed
    anchor: Anchor = "file" if place.start is None else "line"
    was_renamed = any(file.old_path == claim.path and file.status == "renamed" for file in files[named])
    renamed = f"the file was renamed from {one_line(claim.path)}" if was_renamed else ""
    note = "; ".join(filter(None, (renamed, place.note)))
    finding = _finding(claim, path, anchor, place._replace(note=note))
    match place_suggestion(claim, place, files[path]):
        case Suggestion() as suggestion if is_sure:
            return finding.evolve(suggestion=suggestion)
        case Suggestion():
            return dropped(finding, "it may belong to another file")
        case reason:
            return dropped(finding, reason) if reason else finding


def _finding(claim: Claim, path: str, anchor: Anchor, place: Match) -> Finding:
    return Finding(
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
        line=place.line,
        old_line=place.old_line,
        quote=place.quote,
        code=place.code,
        note=place.note,
        is_approximate=place.is_approximate,
        model=claim.model,
        tool=claim.tool,
        is_reused=claim.is_reused,
        reader=claim.reader,
        samples=(claim.sample,),
    )
