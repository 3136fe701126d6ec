"""Decides what a workflow is told of a review: prints the action's outputs, one a line.

Usage: outputs.py REPORT, where REPORT.json, .md, .html and .sarif are what the review wrote, if it did.
"""

import json
import sys
from pathlib import Path

NO_REPORT = {"verdict": "error", "complete": "false", "spend-usd": "", "findings": ""}


def outputs(report: str) -> dict[str, str]:
    """Return paths, counts and fixed words: never text of the change or of a model."""
    ends = {"sarif": "sarif", "markdown": "md", "html": "html", "json": "json"}
    files = {f"{name}-file": f"{report}.{end}" for name, end in ends.items()}
    try:
        told = json.loads(Path(files["json-file"]).read_bytes())
    except FileNotFoundError:
        return {**NO_REPORT, **files}
    is_error = told["verdict"]["status"] == "error"  # nothing was reviewed, so there is nothing to count
    return {
        "verdict": told["verdict"]["status"],
        "complete": "true" if told["verdict"]["complete"] else "false",
        "spend-usd": "" if is_error else told["bill"]["total_usd"],
        "findings": "" if is_error else str(len(told["findings"])),
        **files,
    }


if __name__ == "__main__":
    for name, value in outputs(sys.argv[1]).items():
        sys.stdout.write(f"{name}={value}\n")
