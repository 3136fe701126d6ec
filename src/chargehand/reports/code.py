"""How the code that a finding cites and suggests is shown: not indented; what was removed looks removed."""

from textwrap import dedent, indent

from chargehand.core.finding import Finding


def cited(finding: Finding) -> str:
    """Return the cited lines, empty if there are none."""
    return _shown(finding.code)


def removed(finding: Finding) -> str:
    """Return the cited lines as a diff shows removed ones, empty unless the quoted line was removed."""
    return indent(cited(finding), "- ") if finding.old_line is not None else ""


def suggested(finding: Finding) -> str:
    """Return the lines that may stand in place of others, empty if none are suggested."""
    return _shown(finding.suggestion.code) if finding.suggestion else ""


def suggestion_heading(finding: Finding) -> str:
    """Return a heading that says for which lines the suggestion was written, empty if there is none."""
    match finding.suggestion:
        case None:
            return ""
        case suggestion if suggestion.start_line == suggestion.end_line:
            return f"Suggestion for line {suggestion.start_line}"
        case suggestion:
            return f"Suggestion for lines {suggestion.start_line} to {suggestion.end_line}"


def in_plain_text(finding: Finding) -> tuple[str, ...]:
    """Return the parts of a message that shows no code otherwise: what was removed, what is suggested."""
    gone = f"Removed:\n{removed(finding)}" if removed(finding) else ""
    suggestion = f"{suggestion_heading(finding)}:\n{suggested(finding)}" if suggested(finding) else ""
    return (gone, suggestion)


def _shown(code: str) -> str:
    return dedent(code.replace("\r\n", "\n").removesuffix("\r").strip("\n")) if code.strip() else ""
