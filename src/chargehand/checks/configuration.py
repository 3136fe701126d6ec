"""Finds settings that the change brings and that will be refused once they count."""

import re
from collections.abc import Iterator, Sequence

from chargehand.checks.check import RulesCheck, claim
from chargehand.core.change import RuleFault
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim

_OUTCOME = "After the merge no change can be reviewed until this is fixed."


def find_configuration(diff: Diff, faults: Sequence[RuleFault]) -> Iterator[Claim]:
    """Yield a claim for each fault, at the added line that sets it, else at the file."""
    files = {file.path: file for file in diff.files}
    for fault in faults:
        if file := files.get(fault.path):
            yield claim(CHECK, file.path, _line(file, fault.key), f"{fault.message} {_OUTCOME}")


def _line(file: FileDiff, key: str) -> Line | None:
    """Return the added line that names the setting."""
    added = [line for line in file.lines() if line.kind == "+"]
    named = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])") if key else None
    return next((line for line in added if named and named.search(line.text)), None)


CHECK = RulesCheck("configuration", ("correctness/invalid-configuration",), find_configuration)
