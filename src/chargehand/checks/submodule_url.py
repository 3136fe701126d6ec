"""Finds addresses that submodules are taken from."""

import re
from collections.abc import Iterator

from chargehand.checks.check import Check, claim
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim

# Git reads the one at the root alone.
_FILE = ".gitmodules"
_URL = re.compile(r"\s*(\[[^\]]*\]\s*)?url\s*=", re.IGNORECASE)


def find_submodule_urls(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each address of a submodule that the change adds or replaces."""
    return (
        claim(
            CHECK,
            file.path,
            line,
            "Anyone who clones or builds this repository gets the submodule's code from this address. See "
            "that it is the right one, and who can write there.",
        )
        for file in diff.files
        if file.path == _FILE
        for line in file.lines()
        if line.kind == "+" and _URL.match(line.text)
    )


CHECK = Check("submodule-url", ("security/submodule-url",), find_submodule_urls)
