"""Decides which files nobody should pay to review, and why."""

import re
from collections.abc import Callable
from typing import NamedTuple

from pydantic import Field, field_validator

from chargehand.diff import Skip, SkipReason
from chargehand.parse import known
from chargehand.parse.attributes import attribute
from chargehand.parse.count import Counted
from chargehand.patterns import matcher
from chargehand.value import Value

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
    whatever its name, its content or its length says, if there is anything to read. `review` names the reasons
    that do not count; it can only name those of OVERRIDABLE.

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
        for reason in reasons:
            if reason not in OVERRIDABLE:
                message = f"a file that is skipped as {reason.value} cannot be reviewed"
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
        return reason not in self.given.review and not (reason in OVERRIDABLE and self.is_included(path))


def ready(rules: ReadingRules) -> Rules:
    """Return `rules` with their patterns compiled."""
    return Rules(
        is_ignored=matcher(rules.ignore),
        is_included=matcher(rules.include),
        is_generated=attribute(rules.gitattributes, "linguist-generated"),
        is_vendored=attribute(rules.gitattributes, "linguist-vendored"),
        given=rules,
    )


def skip_for_name(path: str, rules: Rules) -> Skip | None:
    """Return why nobody reviews a file of this name."""
    if rules.is_ignored(path):
        return Skip(reason=SkipReason.IGNORED, detail="A pattern of the configuration leaves it out.")
    skip = _vendored(path, rules) or _generated(path, rules)
    return skip if skip and rules.allows(skip.reason, path) else None


def skip_for_content(
    path: str, data: bytes, counted: Counted, rules: Rules, *, is_added: bool
) -> Skip | None:
    """Return why nobody reviews a file whose hunks look like this."""
    skips = (
        _too_long(counted, rules.given),
        _minified(path, data, counted) if rules.is_generated(path) is None else None,
        _marked(data, counted, is_added=is_added) if rules.is_generated(path) is None else None,
    )
    return next((skip for skip in skips if skip and rules.allows(skip.reason, path)), None)


def _vendored(path: str, rules: Rules) -> Skip | None:
    is_vendored = rules.is_vendored(path)
    if is_vendored:
        return Skip(reason=SkipReason.VENDORED, detail=".gitattributes says linguist-vendored.")
    folder = next((part for part in path.lower().split("/")[:-1] if part in known.VENDOR_FOLDERS), None)
    if folder is None or is_vendored is False:
        return None
    return Skip(reason=SkipReason.VENDORED, detail=f"It lies in a folder {folder}/, as code of others does.")


def _generated(path: str, rules: Rules) -> Skip | None:
    is_generated = rules.is_generated(path)
    if is_generated is False:
        return None
    if is_generated:
        return Skip(reason=SkipReason.GENERATED, detail=".gitattributes says linguist-generated.")
    *folders, name = path.lower().split("/")
    if name in known.LOCK_FILES:
        return Skip(reason=SkipReason.LOCK_FILE, detail="A package manager writes it.")
    if name.endswith(known.MINIFIED_ENDINGS):
        return Skip(reason=SkipReason.MINIFIED, detail="Its name is that of minified code.")
    if path.lower().endswith(known.GENERATED_ENDINGS):
        return Skip(reason=SkipReason.GENERATED, detail="Its name is that of generated code.")
    if known.BUNDLE_FOLDER in folders and name.endswith(known.BUNDLE_ENDINGS):
        return Skip(
            reason=SkipReason.GENERATED, detail="It lies in a folder dist/, as what a bundler writes."
        )
    if not known.GENERATED_FOLDERS.isdisjoint(folders):
        return Skip(reason=SkipReason.GENERATED, detail="It lies in a folder of generated files.")
    return None


def _too_long(counted: Counted, rules: ReadingRules) -> Skip | None:
    changed, longest = counted.added + counted.removed, counted.longest_bytes - 1
    if changed > rules.max_changed_lines:
        detail = f"It has {changed:,} changed lines; the limit is {rules.max_changed_lines:,}."
    elif longest > rules.max_line_bytes:
        detail = f"It has a line of {longest:,} bytes; the limit is {rules.max_line_bytes:,}."
    else:
        return None
    return Skip(reason=SkipReason.TOO_LONG, detail=detail)


_LONG_LINE_BYTES = 500


def _minified(path: str, data: bytes, counted: Counted) -> Skip | None:
    """Find scripts and style sheets most of whose changed lines are longer than people write them."""
    if counted.longest_bytes <= _LONG_LINE_BYTES or not path.lower().endswith(known.MINIFIABLE_ENDINGS):
        return None
    lines = data[counted.start : counted.end].split(b"\n")
    sizes = [len(line) for line in lines if line.startswith((b"+", b"-"))]
    if 2 * sum(size > _LONG_LINE_BYTES for size in sizes) < len(sizes):
        return None
    return Skip(
        reason=SkipReason.MINIFIED, detail="Most of its changed lines are too long to be written by hand."
    )


# A comment at the top of the file that says so. Counts in braces bound the time.
_MARKER = re.compile(
    rb"\s{0,80}(?:[#*;%!]|//|/\*|--|<!--|\"\"\"|'''|\(\*|\{-|REM |dnl )[^\n]{0,200}?(?:(?<![\w.@])@generated(?!\w)"
    rb"|(?i:<auto-generated|generated\b[^\n]{0,200}do not (?:edit|modify)"
    rb"|do not (?:edit|modify)[^\n]{0,200}generated\b))"
)
_TOP_LINES = 40
_TOP_BYTES = 8_000
_FIRST_LINE = re.compile(rb"@@ -[\d,]{1,20} \+(\d{1,9})[^\n]*\n")


def _marked(data: bytes, counted: Counted, *, is_added: bool) -> Skip | None:
    """Look for a marker at the top of the file; one that the change adds to an older file does not count."""
    top = data[counted.start : min(counted.end, counted.start + _TOP_BYTES)]
    head = _FIRST_LINE.match(top)
    if head is None or int(head[1]) > _TOP_LINES:
        return None
    kinds = b"+ " if is_added else b" "
    for line in top[head.end() :].split(b"\n")[:_TOP_LINES]:
        if line.startswith(b"@@ "):
            return None
        if line[:1] in kinds and _MARKER.match(line, 1, 500):
            return Skip(reason=SkipReason.GENERATED, detail="A comment at its top says that it is generated.")
    return None
