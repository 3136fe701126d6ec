"""Finds files that become programs."""

from collections.abc import Iterator

from chargehand.checks.check import Check, claim
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim

_PLAIN, _PROGRAM = "100644", "100755"


def find_executable_bits(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each file that was there before and can be executed from now on.

    A new file is left alone: whether it is a program, its lines show.
    """
    return (
        claim(
            CHECK,
            file.path,
            None,
            f"Its mode goes from {_PLAIN} to {_PROGRAM}: it can be started as a program from now on, "
            "by a hook, a job or by hand. See that it is meant to be one.",
        )
        for file in diff.files
        if file.modes == (_PLAIN, _PROGRAM)
    )


CHECK = Check("executable-bit", ("security/executable-bit",), find_executable_bits)
