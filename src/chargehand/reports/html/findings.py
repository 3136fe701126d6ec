"""The findings on the review's page: each whole, with its lines, as long as there is room."""

from collections.abc import Sequence
from typing import NamedTuple

from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.finding import Finding
from chargehand.reports.amounts import FROM_EARLIER
from chargehand.reports.code import suggested, suggestion_heading
from chargehand.reports.html.colours import Paint
from chargehand.reports.html.header import chip
from chargehand.reports.html.lines import Nearby, Row, rows
from chargehand.reports.html.place import linked, where
from chargehand.reports.html.prose import code_block, code_box, inline, prose
from chargehand.reports.html.room import size_of
from chargehand.reports.languages import language_of
from chargehand.reports.merging import TakenIn, graded_anew, taken_in
from chargehand.reports.page.markup import NOTHING, Html, block, code_text, path_text, tag, text, together
from chargehand.reports.places import for_people, place_of, remark


class Material(NamedTuple):
    """What findings are shown with."""

    change: Change
    near: Nearby
    paint: Paint


class Shown(NamedTuple):
    """The findings that are shown whole, as HTML, and those that there is no room for, worst first."""

    whole: tuple[Html, ...]
    entries: tuple[Html, ...]
    rest: tuple[Finding, ...]


def show(findings: Sequence[Finding], material: Material, limit: int) -> Shown:
    """Return as many findings as fit into `limit` bytes, with the entries that lead to them, worst first."""
    in_order = sorted(findings, key=for_people)
    whole: list[Html] = []
    entries: list[Html] = []
    for number, finding in enumerate(in_order, 1):
        article, entry = _article(number, finding, material), _entry(number, finding)
        limit -= size_of(article) + size_of(entry)
        if limit < 0:
            break
        whole.append(article)
        entries.append(entry)
    return Shown(tuple(whole), tuple(entries), tuple(in_order[len(whole) :]))


def title(finding: Finding) -> Html:
    """Return the title of a finding, or what stands in for one."""
    return inline(finding.title) or tag("code", text(finding.rule))


def _entry(number: int, finding: Finding) -> Html:
    place = place_of(finding)
    shown = "no place" if place is None else place.path
    line = f":{place.start_line}" if place and not place.is_whole_file else ""
    link = tag("a", title(finding), href=f"#finding-{number}")
    said = tag("span", link, Html(" "), tag("code", path_text(shown + line)))
    return tag("li", chip(finding.severity, finding.severity.value), Html(" "), said)


def _article(number: int, finding: Finding, material: Material) -> Html:
    name = f"finding-{number}"
    graded = graded_anew(finding)
    said = remark(finding)
    return block(
        "article",
        tag("h3", chip(finding.severity, finding.severity.value), Html(" "), title(finding), id=name),
        tag("p", _facts(finding, material.change), class_="facts"),
        _lines(finding, material),
        prose(finding.message, material.paint),
        _merged(finding, material.change),
        tag("p", inline(graded), class_="graded") if graded else NOTHING,
        _suggestion(finding, material.paint),
        tag("p", inline(said), class_="remark") if said else NOTHING,
        aria_labelledby=name,
    )


def _facts(finding: Finding, change: Change) -> Html:
    facts = (
        where(finding, change),
        tag("code", text(finding.rule)),
        text(f"confidence {finding.confidence.value}"),
        together(text("found by"), Html(" "), tag("code", text(finding.model))),
        _judged_by(finding),
        text(FROM_EARLIER) if finding.is_reused else NOTHING,
    )
    return Html(" · ".join(filter(None, facts)))


def _judged_by(finding: Finding) -> Html:
    judge = finding.judged_by
    return together(text("judged by"), Html(" "), tag("code", text(judge))) if judge else NOTHING


def _lines(finding: Finding, material: Material) -> Html:
    shown = rows(finding, material.near)
    if not shown:
        return NOTHING
    code = [row.text for row in shown if row.kind != "…"]
    painted = iter(material.paint(code, language_of(finding.path)))
    drawn = (_row(row, text(row.text) if row.kind == "…" else next(painted)) for row in shown)
    lines = [row.number for row in shown if row.is_cited and row.number]
    ends = dict.fromkeys((lines[0], lines[-1])) if lines else ()
    cited = f", {count(len(lines), 'line')} cited: {' to '.join(ends)}" if ends else ""
    return code_box(Html("\n".join(drawn)), f"Code of {finding.path}{cited}")


def _row(row: Row, code: Html) -> Html:
    kinds = {"+": "added", "-": "removed", "…": "more"}
    classes = " ".join(filter(None, ("row", kinds.get(row.kind, ""), "cited" if row.is_cited else "")))
    number = tag("b", code_text(f"{row.number:>5} {'' if row.kind == '…' else row.kind:1} "))
    return tag("span", number, code, class_=classes)


def _merged(finding: Finding, change: Change) -> Html:
    taken = taken_in(finding)
    if not taken:
        return NOTHING
    heading = tag("h4", text(f"Merged into this: {count(len(taken), 'claim')}"))
    return together(heading, Html("\n"), block("ul", *(_taken_in(each, change) for each in taken)))


def _taken_in(taken: TakenIn, change: Change) -> Html:
    claim = taken.claim
    place = linked(taken.place, change, claim.path, claim.line, claim.line) if taken.place else NOTHING
    rule = tag("code", text(claim.rule))
    said = inline(f"{claim.title.rstrip('. ')}. {claim.message}")
    by = Html(f"Graded {claim.severity.value} by {tag('code', text(claim.model))}.")
    why = inline(f" The judge: {claim.reason.rstrip('. ')}.") if claim.reason else NOTHING
    head = Html(" ".join(filter(None, (text(taken.words), place, Html(f"({rule}):")))))
    return tag("li", head, Html(" "), said, Html(" "), tag("small", Html(" ".join(filter(None, (by, why))))))


def _suggestion(finding: Finding, paint: Paint) -> Html:
    code = suggested(finding)
    if not code:
        return NOTHING
    heading = suggestion_heading(finding)
    shown = code_block(code, language_of(finding.path), f"{heading} of {finding.path}", paint)
    return together(tag("h4", text(heading)), Html("\n"), shown)
