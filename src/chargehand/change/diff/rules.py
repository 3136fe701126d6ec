"""What the target branch's configuration says of reading a change."""

from chargehand.core.diff import SkipReason
from chargehand.core.plain_value import PlainValue

# Files that a program wrote are read all the same if the configuration names their kind.
OVERRIDABLE = (SkipReason.LOCK_FILE, SkipReason.GENERATED, SkipReason.VENDORED, SkipReason.MINIFIED)
# Gaps that the configuration may let pass.
ALLOWABLE = (
    SkipReason.BINARY,
    SkipReason.LFS,
    SkipReason.TOO_LONG,
    SkipReason.CONTENT_MISSING,
    SkipReason.NEVER_SENT,
)


class ReadingRules(PlainValue):
    """Which files of a change are reviewed; patterns are those of .gitignore.

    A file that `ignore` names is not reviewed. One that `include` names is, whatever its name or content
    says, and so are the kinds in `review`. A file of more changed lines than `max_changed_lines`, or with a
    changed line of more bytes than `max_line_bytes`, is a gap; None sets no bound. `unread` names files
    that may go unread: a gap in one of ALLOWABLE is none there. No model gets what `never_send` names.
    """

    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    review: tuple[SkipReason, ...] = ()
    max_changed_lines: int | None = None
    max_line_bytes: int | None = None
    unread: tuple[str, ...] = ()
    never_send: tuple[str, ...] = ()
