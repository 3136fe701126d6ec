"""What the server holds: one pull request, what was written into it, and who may do what."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from typing import Any, Literal

from tests.gitlab_api.diff import files_of
from tests.local_forge.labels import Label

Json = Any  # what JSON holds
Permission = Literal["pull-requests", "checks", "statuses", "contents"]
APP = "github-actions"


@dataclass(frozen=True)
class Token:
    """Whose token it is, as `viewer` shows it, and what it may write; a classic one has scopes."""

    secret: str
    login: str = f"{APP}[bot]"
    may_write: frozenset[Permission] = frozenset({"pull-requests", "checks"})
    scopes: str = ""


@dataclass
class Comment:
    """A comment; `author` is as GraphQL has it, without `[bot]`. One that `is_withheld` is null there."""

    id: str
    author: str
    body: str
    created_s: int
    is_bot: bool = False
    is_minimized: bool = False
    editor: str = ""
    is_withheld: bool = False

    def created_at(self) -> str:
        """When it was written, as the API has it."""
        return datetime.fromtimestamp(self.created_s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Thread:
    """Comments on lines of the diff; without a line, on a file."""

    id: str
    path: str
    line: int | None
    start_line: int | None
    side: str
    comments: list[Comment]
    is_resolved: bool = False


@dataclass
class PullRequest:
    """Pull request 7 of owner/repository; `roles` are what people may do there, by login.

    If it `is_locked`, only who may write to the repository comments; if the repository `is_archived`, nobody
    does anything. `reviewing` began a review and did not submit it.
    """

    diff: str
    head: str
    author: str = "author"
    target: str = "main"
    tokens: list[Token] = field(default_factory=lambda: [Token("ghs_secret")])
    roles: dict[str, str] = field(default_factory=dict)
    is_open: bool = True
    is_locked: bool = False
    is_archived: bool = False
    reviewing: str = ""
    number: int = 7
    repository: str = "owner/repository"
    conversation: list[Comment] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    reviews: list[Json] = field(default_factory=list)
    check_runs: list[Json] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def is_closed_to(self, login: str) -> bool:
        """Tell whether the lock keeps somebody from commenting."""
        return self.is_locked and self.roles.get(login) not in ("admin", "maintain", "write")

    def comment(self, author: str, body: str, **more: Json) -> Comment:
        """Return a new comment; each is a second later than the one before."""
        number = next(self.ids)
        login, is_bot = author.removesuffix("[bot]"), author.endswith("[bot]")
        return Comment(f"C_{number}", login, body, 1_700_000_000 + number, is_bot=is_bot, **more)

    def say(self, author: str, body: str, **more: Json) -> Comment:
        """Have somebody write into the conversation."""
        said = self.comment(author, body, **more)
        self.conversation.append(said)
        return said

    def begin(self, author: str, about: Json) -> Thread:
        """Begin a thread as a comment of a review asks for it."""
        thread = Thread(
            id=f"T_{next(self.ids)}",
            path=about["path"],
            line=about.get("line"),
            start_line=about.get("start_line"),
            side=about.get("side", "RIGHT"),
            comments=[self.comment(author, about["body"])],
        )
        self.threads.append(thread)
        return thread

    def shows(self, about: Json) -> bool:
        """Tell whether the diff shows the lines of a comment, both in one hunk, and the first one first."""
        lines = [about.get("start_line"), about["line"]] if about.get("start_line") else [about["line"]]
        if len(lines) == 2 and lines[0] >= lines[1]:
            return False
        return any(set(lines) <= hunk for hunk in self._hunks(about["path"], about.get("side", "RIGHT")))

    def has_file(self, path: str) -> bool:
        """Tell whether the diff has a file."""
        return any(file.new_path == path for file in files_of(self.diff))

    def _hunks(self, path: str, side: str) -> Iterator[set[int]]:
        """Yield the numbers of the lines that each hunk of a file shows on one side."""
        gone = "-" if side == "RIGHT" else "+"
        for file in (each for each in files_of(self.diff) if each.new_path == path):
            shown = [line.new if side == "RIGHT" else line.old for line in file.lines if line.kind != gone]
            run: set[int] = set()
            for number in shown:
                if run and number - 1 not in run:
                    yield run
                    run = set()
                run.add(number)
            yield run
