"""GitLab: a sticky note, threads on lines, a commit status, by the API of one merge request."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

from chargehand.change.ci.event import code_pages
from chargehand.core.change import CodePages
from chargehand.core.errors import ForgeError, ForgeRefused, InputError
from chargehand.core.escaping import one_line
from chargehand.forges.address import checked_address
from chargehand.forges.comment import (
    Conclusion,
    Ending,
    Posted,
    Said,
    Standing,
    Wanted,
    command_in,
    marker_in,
)
from chargehand.forges.forge import Connection, ForgeKind, Lack
from chargehand.forges.gitlab.answers import (
    DEVELOPER,
    Discussion,
    Member,
    MergeRequest,
    Note,
    User,
    Version,
    WholeVersion,
)
from chargehand.forges.gitlab.client import Client
from chargehand.forges.gitlab.labels import LABELS, LabelEvent, LabelsLook, set_labels
from chargehand.forges.gitlab.permissions import lacking
from chargehand.forges.gitlab.positions import Lines, is_range, lines_of, position
from chargehand.forges.labels import said_by
from chargehand.forges.request import Request
from chargehand.forges.words import named

TOKENS = ("CHARGEHAND_GITLAB_TOKEN", "GITLAB_TOKEN")
STATUS = "chargehand"
AT_ONCE = 6  # GitLab.com takes 60 new notes a minute from one user
_LONGEST_DESCRIPTION = 255
_STATES: dict[Ending, str] = {
    "passed": "success",
    "unasked": "success",
    "blocked": "failed",
    "incomplete": "failed",
    "over_budget": "failed",
    "error": "failed",
}


class Job(NamedTuple):
    """What the variables of a GitLab job say: the project by number, and the pipeline with its commit."""

    api_url: str
    project: str
    number: int
    pipeline: str = ""
    commit: str = ""
    head: str = ""
    page: str = ""
    pages: CodePages | None = None


class GitLab:
    """One merge request. The token's user is asked for once; all else is as GitLab has it at the call."""

    name = "GitLab"

    def __init__(self, job: Job, client: Client) -> None:
        self._job = job
        self._client = client
        self.pages = job.pages
        self._project = f"/projects/{quote(job.project, safe='')}"
        self._request = f"{self._project}/merge_requests/{job.number}"

    def suggestion_word(self, lines: int) -> str:
        """Return the word of a block whose code replaces the comment's last line and those before it."""
        return f"suggestion:-{lines - 1}+0"

    def request(self) -> Request:
        """Return how the merge request is now."""
        found = self._client.get(self._request, MergeRequest, self._not("looked at"))
        return Request(
            number=found.iid,
            head=found.sha or "",
            author=found.author.username,
            target=found.target_branch,
            is_open=found.state == "opened",
            labels=found.labels,
        )

    def standing(self) -> Standing:
        """Return our notes, and what others say to us."""
        what = self._not("looked at")
        own = self._own
        discussions = tuple(self._client.pages(f"{self._request}/discussions", Discussion, what))
        posted = (_posted(each, own) for each in discussions)
        notes = (note for each in discussions for note in each.notes)
        said = (_said(note) for note in notes if note.author.id != own and not note.system)
        return Standing(posted=tuple(filter(None, posted)), said=tuple(filter(None, said)))

    def labelled(self) -> tuple[Said, ...]:
        """Return what the labels say, each by who set it."""
        what = "Labels were not looked at"
        variables = {"project": f"gid://gitlab/Project/{self._job.project}", "number": str(self._job.number)}
        look = self._client.query(LABELS, variables, LabelsLook, what)
        events = self._client.pages(f"{self._request}/resource_label_events", LabelEvent, what)
        return said_by(set_labels(look, events))

    def may_write(self, login: str) -> bool:
        """Tell whether somebody is at least a developer, by this project or by a group of it, and no bot.

        A bot's token is a variable of some job, which may run what the change says.
        """
        what = f"Whether {login} may write was not found out"
        found = self._client.pages(f"{self._project}/members/all", Member, what, query=login)
        member = next((each for each in found if each.username == login), None)
        if member is None or member.access_level < DEVELOPER or member.state != "active":
            return False
        return not self._client.get(f"/users/{member.id}", User, what).bot

    def lacking(self, request: Request) -> Iterator[Lack]:  # noqa: ARG002 - one token for all requests
        """Yield what the token lacks."""
        return lacking(self._client, self._project, self._own)

    def post_summary(self, body: str) -> None:
        """Write a note."""
        self._client.send("post", f"{self._request}/notes", {"body": body}, self._not("commented"))

    def post_inline(self, comments: Sequence[Wanted], head: str) -> tuple[Wanted, ...]:
        """Open a thread for each comment, a few at once; return those whose place GitLab refuses."""
        if not comments:
            return ()
        version = self._version(head)
        lines = self._lines(comments, version)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            started = [
                threads.submit(self._open, each, version, lines.get(each.place.path)) for each in comments
            ]
            wait(started, return_when=FIRST_EXCEPTION)
            threads.shutdown(cancel_futures=True)  # after a failure nothing more is begun
        is_taken = [each.result() for each in started if not each.cancelled()]
        return tuple(each for each, taken in zip(comments, is_taken, strict=True) if not taken)

    def edit(self, posted: Posted, body: str) -> None:
        """Give our note another text."""
        self._client.send("put", f"{self._request}/{posted.id}", {"body": body}, self._not("edited"))

    def fold(self, posted: Posted, body: str) -> None:
        """Resolve our note's thread, if the token's user may (a developer), and give it another text.

        The text comes last: its marker says that all is done, should the other request fail midway.
        """
        self._resolve(posted, is_resolved=True)
        self.edit(posted, body)

    def unfold(self, posted: Posted, body: str) -> None:
        """Open our note's thread again, if the token's user may, and give it another text, as above."""
        self._resolve(posted, is_resolved=False)
        self.edit(posted, body)

    def delete(self, posted: Posted) -> None:
        """Delete our note; it may be gone already."""
        self._client.send("delete", f"{self._request}/{posted.id}", {}, self._not("tidied"), excused=(404,))

    def conclude(self, conclusion: Conclusion, head: str) -> None:
        """Set a commit status, which GitLab shows as a job of this pipeline: for developers alone."""
        job = self._job
        is_ours = head in (job.head, job.commit) and bool(job.pipeline)
        status = {
            "name": named(STATUS, conclusion.review),
            "state": _STATES[conclusion.status],
            "description": one_line(conclusion.title)[:_LONGEST_DESCRIPTION],
            # Without the pipeline GitLab could open another one for the same commit.
            **({"pipeline_id": job.pipeline} if is_ours else {}),
            **({"target_url": job.page} if job.page else {}),
        }
        commit = job.commit if is_ours else head
        self._client.send("post", f"{self._project}/statuses/{commit}", status, self._not("given a status"))

    @cached_property
    def _own(self) -> int:
        """Who the token is: it does not change."""
        return self._client.get("/user", User, self._not("looked at")).id

    def _open(self, comment: Wanted, version: Version, lines: Lines | None) -> bool:
        """Open a thread; tell whether GitLab takes its place, or else the range's last line."""
        what, body = self._not("commented"), comment.body
        places = [position(comment.place, version, lines)]
        if "line_range" in places[0]:
            places.append(position(comment.place, version, None))
        path = f"{self._request}/discussions"
        return any(
            self._client.send("post", path, {"body": body, "position": each}, what, excused=(400,))
            for each in places
        )

    def _version(self, head: str) -> Version:
        """Return the version that a push of `head` made: its commits name every place."""
        what = self._not("commented")
        for each in self._client.pages(f"{self._request}/versions", Version, what):
            if each.head_commit_sha == head:
                return each
        raise ForgeRefused(f"{what}: GitLab knows no version of it with the commit {head[:7]}. Run again.")

    def _lines(self, comments: Sequence[Wanted], version: Version) -> dict[str, Lines | None]:
        """Return by path what GitLab shows of a file, if a comment is about more than one line."""
        paths = {each.place.path for each in comments if is_range(each.place)}
        if not paths:
            return {}
        try:
            path = f"{self._request}/versions/{version.id}"
            shown = self._client.get(path, WholeVersion, self._not("looked at")).diffs
        except ForgeError:  # without it a comment stands on the last of its lines
            return {}
        return {path: lines_of(path, shown) for path in paths}

    def _resolve(self, posted: Posted, *, is_resolved: bool) -> None:
        """Resolve a thread or open it again; what is no thread, or not for us to resolve, stays as it is."""
        thread, _, _ = posted.id.partition("/notes/")
        if thread.startswith("discussions/"):
            path = f"{self._request}/{thread}"
            body = {"resolved": is_resolved}
            self._client.send("put", path, body, self._not("resolved"), excused=(400, 403, 404))

    def _not(self, done: str) -> str:
        return f"Merge request {self._job.number} was not {done}"


def _posted(discussion: Discussion, own: int) -> Posted | None:
    """Return our comment that begins the discussion, None if it begins with another."""
    first = next(iter(discussion.notes), None)
    marker = marker_in(first.body) if first and first.author.id == own and not first.system else None
    if first is None or marker is None:
        return None
    thread = "" if discussion.individual_note else f"discussions/{discussion.id}/"
    by_us = first.resolved_by is not None and first.resolved_by.id == own
    return Posted(
        id=f"{thread}notes/{first.id}",
        order=first.id,
        marker=marker,
        body=first.body,
        is_answered=any(note.author.id != own and not note.system for note in discussion.notes),
        is_resolved=first.resolved and not by_us,
        is_hidden=first.resolved and by_us and marker.is_folded,
    )


def _said(note: Note) -> Said | None:
    text = command_in(note.body)
    if not text:
        return None
    return Said(author=note.author.username, text=text, order=note.id, is_edited=note.is_edited)


def _opened(environ: Mapping[str, str], connection: Connection, number: int | None) -> GitLab | None:
    """Return the merge request of a GitLab job, or the one of its project with that number."""
    if environ.get("GITLAB_CI") != "true":
        return None
    iid = environ.get("CI_MERGE_REQUEST_IID", "")
    wanted = number or (int(iid) if iid.isascii() and iid.isdigit() else None)
    if wanted is None:
        return None
    project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", "")
    api_url = environ.get("CI_API_V4_URL", "")
    for name, value in (("CI_API_V4_URL", api_url), ("CI_PROJECT_ID", project)):
        if not value:
            raise InputError(
                f"No forge was asked: the variable {name} is not set, as GitLab does in every job."
            )
    job = Job(
        api_url=checked_address(api_url, "CI_API_V4_URL"),
        project=project,
        number=wanted,
        pipeline=environ.get("CI_PIPELINE_ID", ""),
        commit=environ.get("CI_COMMIT_SHA", ""),
        head=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
        page=environ.get("CI_PIPELINE_URL", ""),
        pages=code_pages(
            environ.get("CI_MERGE_REQUEST_PROJECT_URL") or environ.get("CI_PROJECT_URL", ""), "gitlab"
        ),
    )
    return GitLab(job, Client(api_url, connection, environ.get("CI_SERVER_TLS_CA_FILE", "")))


GITLAB = ForgeKind(name="GitLab", token_variables=TOKENS, opened=_opened)
