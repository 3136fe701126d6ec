"""How the code that a finding cites and suggests is shown: without what is not code, and not indented."""

import re
from textwrap import dedent

from chargehand.core.finding import Finding

# Models fence code by habit, although they are asked for the bare lines.
_FENCED = re.compile(r"\s*(`{3,}|~{3,})[^\n`]*\n(.*?)\n?[ \t]*\1[ \t]*\s*", re.DOTALL)


def cited(finding: Finding) -> str:
    """Return the cited lines, empty if there are none."""
    return _shown(finding.code)


def suggested(finding: Finding) -> str:
    """Return the lines that would replace the cited ones, empty if none are suggested."""
    fenced = _FENCED.fullmatch(finding.suggestion)
    return _shown(fenced[2] if fenced else finding.suggestion)


def _shown(code: str) -> str:
    return dedent(code.replace("\r\n", "\n").removesuffix("\r").strip("\n")) if code.strip() else ""
