"""The nouns of commenting: what should stand in a request, what of ours stands there, what others said."""

import re
from typing import Literal

from pydantic import Field

from chargehand.core.value import Value

# What a forge's own listing may hold of one comment; a body is cut far below.
LARGEST_BODY = 60_000
# So many fingerprints of each kind has the summary's marker, the newest first.
MOST_REMEMBERED = 500


class Place(Value):
    """Where an inline comment stands: lines of a file, both inclusive, all within one hunk of the diff.

    `path` is the file's name after the change and `old_path` the one before it, the same if it was not
    renamed. `start_line` and `end_line` are numbers after the change, None if the comment is about the file
    as a whole. `old_start_line` and `old_end_line` are the numbers of the same two lines before the change,
    None for a line that the change added. If the change removed what is meant, `is_removed`: only the old
    numbers count then, and the comment stands on the left side.
    """

    path: str
    old_path: str
    start_line: int | None = None
    end_line: int | None = None
    old_start_line: int | None = None
    old_end_line: int | None = None
    is_removed: bool = False

    @property
    def is_whole_file(self) -> bool:
        """Tell whether the comment is about the file and none of its lines."""
        return self.end_line is None and self.old_end_line is None

    def of_whole_file(self) -> "Place":
        """Return the place of a comment about the file, for lines that the forge refuses."""
        return Place(path=self.path, old_path=self.old_path)


_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_PATTERN = re.compile(
    r"<!-- chargehand:(?P<kind>summary|finding)"
    r"(?: review=(?P<review>[a-z0-9][a-z0-9-]{0,29}))?"
    r"(?: v1=(?P<first>[0-9a-f]{32}))?(?: v2=(?P<second>[0-9a-f]{32}))?"
    r"(?: rule=(?P<rule>[0-9a-f]{8}))?(?: file=(?P<file>[0-9a-f]{8}))?"
    r"(?: lens=(?P<lens>[a-z][a-z0-9-]{0,39}))?"
    r"(?: line=(?P<line>[0-9a-f]{8}))?(?: side=(?P<side>added|kept|removed))?"
    r"(?: severity=(?P<severity>critical|high|medium|low))?(?: (?P<state>folded))?"
    r"(?: known=(?P<known>(?:[0-9a-f]{32},?)*))?(?: told=(?P<told>(?:[0-9a-f]{32},?)*))? -->"
)


class Marker(Value):
    """What a comment of ours says of itself to a later run, in an HTML comment that people do not see.

    Anybody can write one, so it counts only in a comment of which the forge says that we wrote it.
    `review` is the name of the review that wrote it, empty if the request has one review alone.
    `first` and `second` are the finding's fingerprints. `rule`, `file` and `line` are digests of its rule,
    its path and its quoted line, and `side` says what the change did with that line. `lens` is empty if a
    free check found it. `is_folded`: we folded it away ourselves. In the summary's marker alone, `known` are
    the fingerprints of findings that ever stood inline, and `told` those of findings that only the summary
    told of although they are worth a comment.
    """

    kind: Literal["summary", "finding"]
    review: str = ""
    first: str = ""
    second: str = ""
    rule: str = ""
    file: str = ""
    lens: str = ""
    line: str = ""
    side: Literal["", "added", "kept", "removed"] = ""
    severity: Literal["", "critical", "high", "medium", "low"] = ""
    is_folded: bool = False
    known: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The fingerprint that a finding keeps for longest."""
        return self.second or self.first

    def written(self) -> str:
        """Return it as it stands in a body."""
        words = {
            "review": self.review,
            "v1": self.first,
            "v2": self.second,
            "rule": self.rule,
            "file": self.file,
            "lens": self.lens,
            "line": self.line,
            "side": self.side,
            "severity": self.severity,
        }
        said = "".join(f" {name}={value}" for name, value in words.items() if value)
        lists = {"known": ",".join(self.known), "told": ",".join(self.told)}
        listed = "".join(f" {name}={value}" for name, value in lists.items() if value)
        return f"<!-- chargehand:{self.kind}{said}{' folded' if self.is_folded else ''}{listed} -->"


def marker_in(body: str) -> Marker | None:
    """Return the marker with which `body` begins, None if it begins with none."""
    found = _PATTERN.match(body.lstrip())
    if found is None:
        return None
    lists = {name: tuple(_FINGERPRINT.findall(found[name] or "")) for name in ("known", "told")}
    names = ("kind", "review", "first", "second", "rule", "file", "lens", "line", "side", "severity")
    words = {name: found[name] or "" for name in names}
    return Marker.model_validate({**words, **lists, "is_folded": found["state"] == "folded"})


class Wanted(Value):
    """A comment that should stand inline; `body` begins with its marker."""

    marker: Marker
    place: Place
    body: str


class Posted(Value):
    """A comment of ours that stands in the request: the forge says that we wrote it, and it has a marker.

    `id` is what the forge's own module needs to find it again, and means nothing to others. `order` grows
    with the time at which comments were made, so that of two equal ones every run takes the same for the
    later one. `is_answered`: somebody else wrote into its thread. `is_resolved`: its thread is resolved.
    `is_hidden`: it is folded away (minimised).
    """

    id: str
    order: int
    marker: Marker
    body: str
    is_answered: bool = False
    is_resolved: bool = False
    is_hidden: bool = False


class Said(Value):
    """A comment of somebody else that speaks to us: its first line begins with `/chargehand`.

    `is_edited`: somebody changed it, and the forge does not vouch that it was its author. `label` is the
    name of the label that says it, empty if a comment does; `author` then set it, empty if nobody knows who.
    """

    author: str
    text: str
    order: int
    is_edited: bool = False
    label: str = ""


_COMMAND = re.compile(r"(?:[ \t]*\n)* {0,3}(?=/chargehand\b)")
_LONGEST_COMMAND = 1_000


def command_in(body: str) -> str:
    """Return what a comment says to us, cut; empty if its first line is no command.

    Four blanks or a tab ahead make code of it, which is a quotation as `>` is.
    """
    found = _COMMAND.match(body.replace("\r\n", "\n"))
    return body.lstrip()[:_LONGEST_COMMAND] if found else ""


class Standing(Value):
    """All that one look at the request shows: our comments, and what others say to us."""

    posted: tuple[Posted, ...] = ()
    said: tuple[Said, ...] = ()


Ending = Literal["passed", "unasked", "blocked", "incomplete", "over_budget", "error"]


class Conclusion(Value):
    """What the check beside the request's head says: how the review ended, in a word and in plain text.

    `review` is the name of the review among several of one request.
    """

    review: str = ""
    status: Ending
    title: str = Field(max_length=500)
