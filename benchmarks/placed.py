"""Places claims with the build whose Python runs this: JSON in, JSON out; see locate.py.

The build of before knew no region but the one that begins at the quoted line, and a suggestion stood in place
of just that; it gets its claims so.
"""

import base64
import json
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Json = dict[str, Any]  # Any: JSON of a claim or a finding

IS_EARLIER = find_spec("chargehand.core") is None
# The three modules by their names of now and of before; what they hold is looked up there, so it has no type.
NAMES = (
    ("chargehand.parse", "chargehand.finding", "chargehand.locate")
    if IS_EARLIER
    else ("chargehand.change.diff.parse.files", "chargehand.core.finding", "chargehand.pipeline.locate")
)
PARSE, FINDING, LOCATE = map(import_module, NAMES)

parsed = cache(PARSE.parse_diff)


def placed(diff: str, claim: Json) -> Json:
    """Return what the build makes of one claim."""
    line = claim["quoted_at"] if IS_EARLIER else claim["line"]
    own = {} if IS_EARLIER else {"replaces": claim["replaces"]}
    (finding,) = LOCATE.locate(
        [
            FINDING.Claim(
                rule="x/y",
                lens="x",
                severity=FINDING.Severity.HIGH,
                confidence=FINDING.Confidence.HIGH,
                title="",
                message="",
                path=claim["path"],
                line=line,
                end_line=max(line, claim["end_line"]),
                quote=claim["quote"],
                suggestion=claim["suggestion"],
                model="",
                **own,
            )
        ],
        parsed(base64.b64decode(diff)),
    )
    return told(finding, claim)


def told(finding: Any, claim: Json) -> Json:  # Any: a finding of either build
    """Return what the benchmark looks at."""
    common = {"anchor": finding.anchor, "path": finding.path, "note": finding.note}
    if IS_EARLIER:
        return {
            **common,
            "line": finding.start_line,
            "suggestion": finding.suggestion if finding.anchor == "line" else "",
            "suggested_for": [finding.start_line, finding.end_line],
            "written_for": [claim["true_line"], claim["true_region"][1]],
        }
    suggestion = finding.suggestion
    return {
        **common,
        "line": finding.line,
        "region": [finding.start_line, finding.end_line],
        "suggestion": suggestion.code if suggestion else "",
        "suggested_for": [suggestion.start_line, suggestion.end_line] if suggestion else [],
        "written_for": claim["suggested_for"],
    }


print(json.dumps([placed(each["diff"], each["claim"]) for each in json.load(sys.stdin)]))
