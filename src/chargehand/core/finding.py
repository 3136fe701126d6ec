"""A claim is what a model or check says; a finding is a claim with a place in the diff and an identity."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Literal, NamedTuple

from chargehand.core.plain_value import PlainValue


class Severity(str, Enum):
    """How bad it is, worst first. Nothing below low exists."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is worst."""
        return list(Severity).index(self)

    def is_at_least(self, other: "Severity") -> bool:
        """Tell whether this is as bad as `other`, or worse."""
        return self.rank <= other.rank


class Confidence(str, Enum):
    """How sure its author is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Anchor = Literal["line", "file", "summary"]

# The texts of a finding that are shown, or that its identity is made of, but its path; its note is added to
# on the way.
_SHOWN = ("title", "message", "quote", "code", "scope")

# The rule of a claim that a text is a secret.
SECRET = "security/secret"  # noqa: S105 - no password

# What the `model` of a free check's claim begins with.
BY_CHECK = "check: "

# The lens of what other tools say, with which their rules' ids begin; and how the `model` of such a claim
# begins.
TOOL, BY_TOOL = "tool", "tool: "
# Credentials that stand in the code, as CWE numbers them.
_OF_SECRETS = frozenset({259, 321, 798})


class ToolRule(PlainValue):
    """The rule of another tool that a claim is an instance of.

    `id` is the tool's own, `title` what it is about.
    `help_uri` is a page about it, empty if the tool names none; `security_severity` is from 0 to 10.
    """

    tool: str
    id: str
    title: str = ""
    help_uri: str = ""
    cwe: tuple[int, ...] = ()
    security_severity: float | None = None

    @property
    def is_of_secrets(self) -> bool:
        """Tell whether it is about credentials in the code."""
        return not _OF_SECRETS.isdisjoint(self.cwe)


def names_rule(named: str, rule: str) -> bool:
    """Tell whether `named` is the rule, or the tool that it is of, such as `tool/ruff`."""
    return named == rule or (named.startswith(f"{TOOL}/") and rule.startswith(f"{named}/"))


def names_of_rule(rule: str) -> Iterator[str]:
    """Yield each name by which `names_rule` knows a rule, its own first, the widest last."""
    yield rule
    while rule.startswith(f"{TOOL}/") and (rule := rule.rpartition("/")[0]) != TOOL:
        yield rule


def grade_of(rule: str, grades: Mapping[str, Severity]) -> Severity | None:
    """Return the grade of a rule, else of the tool that it is of, None if neither has one."""
    return next((grades[name] for name in names_of_rule(rule) if name in grades), None)


class Claim(PlainValue):
    """What a worker or a check asserts, before anyone looked whether the place exists.

    `line` to `end_line` is where it believes the region concerned to be on the new side, 0 if it does not
    say; `quote` is one line of it, word for word. `suggestion` is code for the place of the lines that
    `replaces` quotes, or of the quoted line alone if that is empty; neither was looked at yet. `model` is the
    model id, or the name of the check. `is_reused`: an earlier run asked, about the same text. `reader` is
    the task of which the claim is an answer, empty for a check, and `sample` which of its lens's it is.
    """

    rule: str
    lens: str
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    path: str
    line: int
    end_line: int
    quote: str
    replaces: str = ""
    suggestion: str
    model: str
    tool: ToolRule | None = None
    is_reused: bool = False
    reader: str = ""
    sample: int = 1


class Graded(PlainValue):
    """Which severity a finding had before it was graded anew, and why it was."""

    was: Severity
    reason: str


class Spot(NamedTuple):
    """A line of a file, from 1; None: the file as a whole."""

    path: str
    line: int | None


class Merged(PlainValue):
    """A claim that another finding took in, since it says the same; `reason` is the judge's, if it merged.

    `path` is empty if the claim had no place in the diff.
    """

    rule: str
    lens: str
    severity: Severity
    title: str
    message: str
    path: str
    line: int | None
    model: str
    reason: str = ""

    @property
    def spot(self) -> Spot:
        """Where it stood."""
        return Spot(self.path, self.line)


class Suggestion(PlainValue):
    """Code that may stand in place of the new-side lines `start_line` to `end_line`, and of no others.

    `code` is whole lines joined by LF, indented as in the file, with nothing in it that cannot be seen.
    """

    start_line: int
    end_line: int
    code: str


class Finding(PlainValue):
    """A claim whose place was found in the diff.

    `start_line` and `end_line` are new-side line numbers, from 1, both inside one hunk, and None if
    `anchor` is not `line`. `line` is the one of them that is quoted. If that line was removed, it is the
    nearest line that was kept, and `old_line` is the removed line's number before the change. `quote` is the
    quoted line as the diff has it, `code` the cited text, lines joined by LF. `note` says how the place
    differs from what was claimed, and why a suggestion was dropped. `is_approximate`: another line may be
    meant. `merged` are the claims that it took in, `judged_by` the model that let it stand or put it aside,
    empty if none was asked. `is_reused`: an earlier run found it. The fingerprints are
    empty until `core.identity` gives them; `old_path` is the file's name before the change if that renames
    it, else empty, and `scope` and `nth` say which of the equal lines of a file the quoted one is. `state` is
    `existing` if the baseline has it, `late` if it is too mild to fail a build and the last review read these
    lines without finding it. `is_changed`: the baseline has it with another place, rule, severity or title.
    `tool` is the rule of the other tool that says it, None if none does.
    `suppression` is the reason why it is accepted, None if it is not, and
    `suppressed_in` where that is written; in the `request` it is waived, and the reason begins with a name.
    `reader` is that of its claim, and `samples` are those that say it.
    """

    fingerprint: str = ""
    fingerprint_v2: str = ""
    rule: str
    lens: str
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    path: str
    start_line: int | None
    end_line: int | None
    anchor: Anchor
    line: int | None = None
    old_line: int | None = None
    quote: str = ""
    code: str = ""
    note: str = ""
    is_approximate: bool = False
    suggestion: Suggestion | None = None
    model: str
    tool: ToolRule | None = None
    state: Literal["new", "existing", "late"] = "new"
    is_changed: bool = False
    suppression: str | None = None
    suppressed_in: Literal["", "code", "configuration", "request"] = ""
    is_reused: bool = False
    reader: str = ""
    samples: tuple[int, ...] = (1,)
    graded: Graded | None = None
    judged_by: str = ""
    merged: tuple[Merged, ...] = ()
    old_path: str = ""
    scope: str = ""
    nth: int = 0

    @property
    def is_fact(self) -> bool:
        """Tell whether a free check found it: code vouches for it, and no model rules on it."""
        return self.model.startswith(BY_CHECK)

    @property
    def calls_secret(self) -> bool:
        """Tell whether a text of the change is called a secret, and no check knows it, or masked it."""
        is_called = self.rule == SECRET or (self.tool is not None and self.tool.is_of_secrets)
        return (is_called and not self.is_fact) or any(
            each.rule == SECRET and not each.model.startswith(BY_CHECK) for each in self.merged
        )

    @property
    def also_at(self) -> tuple[Spot, ...]:
        """The places of what it took in, other than its own, each once."""
        own = Spot(self.path, self.start_line)
        return tuple(dict.fromkeys(each.spot for each in self.merged if each.path and each.spot != own))


class Dismissed(PlainValue):
    """A finding that the judge put aside, with the reason."""

    finding: Finding
    reason: str


def regrade(finding: Finding, severity: Severity, reason: str) -> Finding:
    """Return the finding with another severity; the one that its author gave is kept beside the reason."""
    was = finding.graded.was if finding.graded else finding.severity
    graded = None if was is severity else Graded(was=was, reason=reason)
    return finding.evolve(severity=severity, graded=graded)


def conceal(finding: Finding, mask: Callable[[str], str]) -> Finding:
    """Return the finding with all that is shown of it masked, but its path: by that it is graded and found.

    A suggestion that holds a secret is dropped: with a marker in it, it would not be the code that was meant.
    """
    shown = {name: mask(getattr(finding, name)) for name in _SHOWN}
    graded = finding.graded and finding.graded.evolve(reason=mask(finding.graded.reason))
    merged = tuple(_concealed(each, mask) for each in finding.merged)
    suggestion = finding.suggestion
    if suggestion and mask(suggestion.code) != suggestion.code:
        finding = dropped(finding, "it holds a secret")
    return finding.evolve(**shown, note=mask(finding.note), graded=graded, merged=merged)


def _concealed(merged: Merged, mask: Callable[[str], str]) -> Merged:
    shown = {name: mask(getattr(merged, name)) for name in ("title", "message", "reason")}
    return merged.evolve(**shown)


def noted(finding: Finding, sentence: str) -> Finding:
    """Return the finding with one more clause in its note."""
    return finding.evolve(note="; ".join(filter(None, (finding.note, sentence))))


def dropped(finding: Finding, reason: str) -> Finding:
    """Return the finding without its suggestion, which its note says."""
    return noted(finding, f"the suggestion was dropped: {reason}").evolve(suggestion=None)


def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    """Sort key: path, line, severity, then what makes the order total."""
    return (finding.path, finding.start_line or 0, finding.severity.rank, finding.rule, finding.title)
