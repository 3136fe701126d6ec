"""A change: what is reviewed, as bytes, where it came from, and whose rules count for it."""

from typing import Literal
from urllib.parse import quote

from chargehand.core.escaping import one_line
from chargehand.core.plain_value import PlainValue

Source = Literal[
    "file",
    "stdin",
    "staged",
    "files",
    "range",
    "branch",
    "push",
    "pull_request",
    "merge_request",
    "merge_group",
    "demo",
    "unknown",
]
RulesFrom = Literal["commit", "work-tree", "folder", "built-in"]

_SHOWN = 100


class RuleFault(PlainValue):
    """A sentence about what is wrong with the file of rules at `path`; `key` is the setting's last word."""

    path: str
    key: str
    message: str


class Rules(PlainValue):
    """Whose configuration and `.gitattributes` count.

    `origin` says where they are read: at `commit`, which the author of the change cannot choose; in the
    work tree of a user's own machine; in the current `folder`, outside of any repository; or nowhere, so
    that the built-in tables count alone. `branch` names the branch whose tip `commit` is, if it is one.
    `announced` are sentences about rules that the change itself brings, `faults` what is wrong with them.
    """

    origin: RulesFrom
    commit: str | None = None
    branch: str = ""
    announced: tuple[str, ...] = ()
    faults: tuple[RuleFault, ...] = ()

    @property
    def shown(self) -> str:
        """Where the rules came from, in a few words."""
        match self.origin:
            case "commit":
                of = f" ({self.branch})" if self.branch else ""
                return f"commit {(self.commit or '')[:12]}{of}"
            case "work-tree":
                return "the work tree"
            case "folder":
                return "the current folder; no repository vouches for them"
            case "built-in":
                return "the built-in tables; no repository vouches for what they leave out"


BUILT_IN_RULES = Rules(origin="built-in")


class CodePages(PlainValue):
    """Where a forge shows the repository's files: the repository's page, and whose links it takes."""

    address: str
    forge: Literal["github", "gitlab", "gitea"]

    def of(self, commit: str, path: str, start_line: int | None, end_line: int | None) -> str:
        """Return the page of these lines of a file at a commit, or of the whole file."""
        blob = {"github": "blob", "gitlab": "-/blob", "gitea": "src/commit"}[self.forge]
        name = quote(path.encode("utf-8", "surrogateescape"), safe="/")
        page = f"{self.address}/{blob}/{commit}/{name}"
        if start_line is None:
            return page
        end = "" if end_line in (None, start_line) else f"-{'' if self.forge == 'gitlab' else 'L'}{end_line}"
        return f"{page}#L{start_line}{end}"


class Change(PlainValue):
    """What is reviewed.

    `base` and `head` are full commit ids if git gave the change; `base` is then the merge base.
    `repository` is its name, such as `owner/name`, if the CI job or git's remote `origin` tells it.
    `branch` is the one that brings the change, empty if it is not known; `pages` is where the CI platform
    says that the code can be read.
    `diff` is git's output, or the user's input, byte for byte, and `strip` how many leading parts the user
    says to take off each of its paths.
    `is_whole`: its reports may replace those of an earlier run on the same branch; not if the run only saw
    what came in lately, or if its event named no change at all.
    `notices` say what the reader must know of how it was found, or why it is empty.
    """

    source: Source
    base: str | None = None
    head: str | None = None
    repository: str | None = None
    branch: str = ""
    pages: CodePages | None = None
    diff: bytes
    strip: int | None = None
    rules: Rules = BUILT_IN_RULES
    is_whole: bool = True
    notices: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Which commits and which branch are reviewed, in a few words; empty if git did not give them."""
        ends = [each[:12] for each in (self.base, self.head) if each]
        of = f" of branch {one_line(self.branch)[:_SHOWN]}" if self.branch else ""
        return "..".join(ends) + of if self.head else ""

    @property
    def is_found(self) -> bool:
        """Tell whether it was found at all; a report of an error has none."""
        return self.source != "unknown"
