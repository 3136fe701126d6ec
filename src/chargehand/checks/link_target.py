"""Finds symbolic links that lead out of the repository, or into what git keeps for itself."""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from chargehand.checks.check import Check, claim
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.finding import Claim

_LINK = "120000"
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:")
# If the folder before `..` is a link itself, `..` leads up from the target of that link.
_UP_AGAIN = re.compile(r"(^|/)(?!\.{1,2}/)[^/]+/+(\./+)*\.\.(/|$)")


def find_link_targets(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each new or changed link that can lead out of the tree or into `.git`."""
    return (found for file in diff.files if file.modes[1] == _LINK for found in _in_link(file))


def _in_link(file: FileDiff) -> Iterator[Claim]:
    added = [line for line in file.lines() if line.kind == "+"]
    target = "\n".join(line.text for line in added)
    if added and _leads_out(file.path, target):
        yield claim(
            CHECK,
            file.path,
            added[0],
            "The link leads out of the repository, or can. Whatever reads or writes through it, such as "
            "a build, an archive or a web server, reaches files of the machine that it runs on.",
        )


def _leads_out(path: str, target: str) -> bool:
    if _ABSOLUTE.match(target) or _UP_AGAIN.search(target):
        return True
    first = normpath(join(dirname(path), target)).split("/")[0]
    return first.lower() in {"..", ".git"}


CHECK = Check("link-target", ("security/link-target",), find_link_targets)
