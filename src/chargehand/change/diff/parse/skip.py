"""Decides which reasons for leaving a file out count, as the configuration says."""

from collections.abc import Callable
from typing import NamedTuple

from pydantic import Field, field_validator

from chargehand.change.diff.parse.attributes import attribute
from chargehand.core.diff import SkipReason
from chargehand.core.patterns import matcher
from chargehand.core.value import Value

# What can be reviewed all the same, if somebody wants to pay for it.
OVERRIDABLE = (
    SkipReason.DELETED,
    SkipReason.SUBMODULE,
    SkipReason.SYMLINK,
    SkipReason.LOCK_FILE,
    SkipReason.GENERATED,
    SkipReason.VENDORED,
    SkipReason.MINIFIED,
    SkipReason.TOO_LONG,
)


class ReadingRules(Value):
    """Which files of a diff are worth reviewing.

    `ignore` and `include` are gitignore patterns. An ignored file is never reviewed. An included one is,
    whatever its name, its content or its length says, if there is anything to read. `review` names the
    reasons that do not count; it can only name those of OVERRIDABLE.

    `gitattributes` is the text of the root .gitattributes at the base commit: `linguist-generated` and
    `linguist-vendored` in it count for more than names and markers. That of the change itself has no say.

    `max_changed_lines`: 5,000 lines are some 65,000 tokens, which still fit into one request of a worker.
    More than that in one file is data, or the work of a program. `max_line_bytes`: no one reads a line of
    10,000 bytes, and it costs as much as 300 lines of code.
    """

    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    gitattributes: str = ""
    max_changed_lines: int = Field(default=5_000, gt=0)
    max_line_bytes: int = Field(default=10_000, gt=0)
    review: tuple[SkipReason, ...] = ()

    @field_validator("ignore", "include")
    @classmethod
    def _patterns_can_be_read(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        matcher(patterns)
        return patterns

    @field_validator("review")
    @classmethod
    def _reasons_can_be_overridden(cls, reasons: tuple[SkipReason, ...]) -> tuple[SkipReason, ...]:
        fixed = [reason.value for reason in reasons if reason not in OVERRIDABLE]
        if fixed:
            message = f"a file that is skipped as {fixed[0]} cannot be reviewed"
            raise ValueError(message)
        return reasons


class Rules(NamedTuple):
    """ReadingRules, ready for use on many paths."""

    is_ignored: Callable[[str], bool]
    is_included: Callable[[str], bool]
    is_generated: Callable[[str], bool | None]
    is_vendored: Callable[[str], bool | None]
    given: ReadingRules

    def allows(self, reason: SkipReason, path: str) -> bool:
        """Tell whether `path` may be skipped for `reason`."""
        if reason not in OVERRIDABLE:
            return True
        return reason not in self.given.review and not self.is_included(path)


def ready(rules: ReadingRules) -> Rules:
    """Return `rules` with their patterns compiled."""
    return Rules(
        is_ignored=matcher(rules.ignore),
        is_included=matcher(rules.include),
        is_generated=attribute(rules.gitattributes, "linguist-generated"),
        is_vendored=attribute(rules.gitattributes, "linguist-vendored"),
        given=rules,
    )
