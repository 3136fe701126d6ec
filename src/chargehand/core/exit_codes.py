"""What the process's exit code means: the public contract, each number once."""

from typing import Final

PASSED: Final = 0
BLOCKED: Final = 1
INPUT_ERROR: Final = 2
INCOMPLETE: Final = 3
INTERNAL_ERROR: Final = 3
OVER_BUDGET: Final = 4
INTERRUPTED: Final = 130
