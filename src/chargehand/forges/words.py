"""How a finding of a finished report reads in a comment; all text in it is shown as it is, without effect."""

import re
from textwrap import dedent
from typing import NamedTuple

from chargehand.core.change import CodePages
from chargehand.core.escaping import has_command, printable
from chargehand.forges.report import StoredFinding
from chargehand.reports.languages import language_of
from chargehand.reports.markdown import MARKS
from chargehand.reports.markdown.markup import code_span, fence, inline, linked, prose
from chargehand.reports.places import as_sentence, is_inside

HINT = "<sub>It blocks. "
_MOST_LINES, _LONGEST_LINE, _MOST_PLACES = 60, 500, 10
# GitLab looks for quick actions (`/close`) in raw text, and knows fences of three backticks only.
_NOT_EXACT = re.compile(r"```|~~~|(?m:^\s*/)")


class Reviewed(NamedTuple):
    """The commit that was reviewed, and where people read its code, None if nobody says."""

    head: str
    pages: CodePages | None

    def linked(self, shown: str, path: str, first: int | None, last: int | None) -> str:
        """Return a place that leads to its lines at the commit."""
        if self.pages is None or not is_inside(path):
            return code_span(shown)
        return linked(shown, self.pages.of(self.head, path, first, last))


def heading(finding: StoredFinding, place: str) -> str:
    """Return what it is and who says it; with its place, if the comment does not stand there."""
    facts = (
        place,
        code_span(finding.rule),
        f"confidence {finding.confidence.value}",
        f"found by {code_span(finding.model)}",
    )
    title = inline(finding.title) or code_span(finding.rule)
    severity = finding.severity
    return f"{MARKS[severity]} **{severity.value}: {title}**\\\n{' · '.join(filter(None, facts))}"


def named(what: str, review: str) -> str:
    """Return what is called so, with the name of its review if that has one."""
    return f"{what} ({review})" if review else what


def where(finding: StoredFinding, reviewed: Reviewed) -> str:
    """Return the place in the way of compilers, as markup."""
    if finding.anchor != "line" or finding.start_line is None:
        return reviewed.linked(finding.path or "no place in the diff", finding.path, None, None)
    first, last = finding.start_line, finding.end_line or finding.start_line
    shown = f"{finding.path}:{first}" + (f"-{last}" if last > first else "")
    return reviewed.linked(shown, finding.path, first, last)


def as_said(finding: StoredFinding, reviewed: Reviewed, *, with_code: bool) -> str:
    """Return what it says; `with_code` also the code that it suggests, which no click puts in place."""
    suggested = dedent(finding.suggestion) if with_code else ""
    code = fence(suggested, language_of(finding.path)) if suggested else ""
    places = ", ".join(
        reviewed.linked(f"{each.path}:{each.line or 1}", each.path, each.line, each.line)
        for each in finding.also_at[:_MOST_PLACES]
    )
    blocks = (
        prose(finding.message),
        f"Suggested:\n\n{code}" if code else "",
        f"Also at {places}" if places else "",
        f"> {inline(as_sentence(finding.note))}" if finding.note else "",
    )
    return "\n\n".join(filter(None, blocks))


def can_be_exact(code: str) -> bool:
    """Tell whether code can stand in a comment letter for letter, and do nothing there."""
    lines = code.split("\n")
    is_short = len(lines) <= _MOST_LINES and all(len(line) <= _LONGEST_LINE for line in lines)
    is_harmless = printable(code) == code and not has_command(code) and not _NOT_EXACT.search(code)
    return bool(code) and is_short and is_harmless


def fenced(code: str, word: str) -> str:
    """Return code that can be exact as a block with this word behind its backticks."""
    return f"```{word}\n{code}\n```"


def waive_hint(finding: StoredFinding) -> str:
    """Return how somebody else lets the finding through."""
    return (
        f"{HINT}Somebody who may write here and did not open this request can let it through with a "
        f"comment: <code>/chargehand waive {finding.fingerprint} reason</code></sub>"
    )
