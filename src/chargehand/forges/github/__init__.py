"""Pull requests on GitHub: one look by GraphQL shows all that stands there, one review holds what is inline.

https://docs.github.com/rest/pulls/reviews, https://docs.github.com/graphql
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from chargehand.change.ci.platforms import read_job
from chargehand.core.counting import count
from chargehand.core.errors import ForgeRefused, InputError
from chargehand.forges.comment import Conclusion, Ending, Posted, Said, Standing, Wanted, marker_in
from chargehand.forges.forge import Connection, Forge, ForgeKind
from chargehand.forges.github.answers import (
    LOOK,
    Author,
    CheckRuns,
    Comment,
    Look,
    Permission,
    PullRequest,
    Thread,
    checked,
)
from chargehand.forges.github.client import Client, Invalid, Json, NotAllowed, NotThere
from chargehand.forges.request import Request

API = "https://api.github.com"
# The name of the check, which a branch may require.
CHECK = "Review"
_OURS, _COMMAND, _LONGEST_COMMAND = "chargehand", "/chargehand", 1_000
_MOST_PAGES = 50

# What colour a check has. All but the first keep a branch that requires it from being merged.
CHECK_CONCLUSIONS: dict[Ending, str] = {
    "passed": "success",
    "blocked": "failure",
    "incomplete": "action_required",
    "over_budget": "cancelled",
    "error": "action_required",
}
# A status, where the token may set no check, knows fewer colours; its words tell the rest.
STATUS_STATES: dict[Ending, str] = {
    "passed": "success",
    "blocked": "failure",
    "incomplete": "error",
    "over_budget": "error",
    "error": "error",
}
_STATUS_LENGTH = 140


class _Id(NamedTuple):
    """How a comment of ours is found again: what it is, its node, and that of its thread."""

    kind: str
    node: str
    thread: str

    @classmethod
    def of(cls, posted: Posted) -> "_Id":
        kind, node, thread = posted.id.split(" ")
        return cls(kind, node, thread)

    def written(self) -> str:
        return " ".join(self)


class GitHub:
    """One pull request."""

    name = "GitHub"

    def __init__(self, client: Client, repository: str, number: int) -> None:
        self._client = client
        self._owner, _, self._repository = repository.partition("/")
        self._path = f"/repos/{quote(self._owner, safe='')}/{quote(self._repository, safe='')}"
        self._number = number

    def suggestion_word(self, lines: int) -> str:
        """Return the word of a block that replaces all of the comment's lines."""
        return "suggestion" if lines else ""

    def request(self) -> Request:
        """Return how the pull request is now."""
        found = checked(PullRequest, self._client.read(f"{self._path}/pulls/{self._number}"))
        author = found.user.login if found.user else ""
        return Request(number=found.number, head=found.head.sha, author=author, is_open=found.state == "open")

    def standing(self) -> Standing:
        """Return what stands there, page by page."""
        posted: list[Posted] = []
        said: list[Said] = []
        ends: dict[str, str | None] = {"comments": None, "threads": None}
        for _ in range(_MOST_PAGES):
            look = self._look(ends)
            page = look.repository.request
            seen = read_look(look)
            posted += seen.posted
            said += seen.said
            ends = {
                "comments": page.comments.page.end or ends["comments"],
                "threads": page.threads.page.end or ends["threads"],
            }
            if not (page.comments.page.has_more or page.threads.page.has_more):
                return Standing(posted=tuple(posted), said=tuple(said))
        raise ForgeRefused(
            f"Nothing was posted: pull request {self._number} has more than {_MOST_PAGES * 100:,} comments, "
            "so that nobody can tell what stands there already."
        )

    def _look(self, ends: Mapping[str, str | None]) -> Look:
        variables = {"owner": self._owner, "name": self._repository, "number": self._number, **ends}
        return checked(Look, self._client.query(LOOK, variables))

    def may_write(self, login: str) -> bool:
        """Tell whether they may push; GitHub knows no permission of whoever is no collaborator."""
        path = f"{self._path}/collaborators/{quote(login, safe='')}/permission"
        try:
            found = checked(Permission, self._client.read(path))
        except NotThere:
            return False
        return found.permission in ("admin", "write")

    def post_summary(self, body: str) -> None:
        """Write a comment into the conversation."""
        self._client.write("POST", f"{self._path}/issues/{self._number}/comments", {"body": body})

    def post_inline(self, comments: Sequence[Wanted], head: str) -> tuple[Wanted, ...]:
        """Write those at lines as one review, and those about files one by one."""
        at_lines = [each for each in comments if not each.place.is_whole_file]
        about_files = [each for each in comments if each.place.is_whole_file]
        refused = list(self._reviewed(at_lines, head))
        return (*refused, *(each for each in about_files if not self._is_taken(each, head)))

    def _reviewed(self, comments: Sequence[Wanted], head: str) -> Iterator[Wanted]:
        """Write a review; GitHub takes all of it or none, so halves are tried until the bad one is alone."""
        if not comments:
            return
        body = f"chargehand: {count(len(comments), 'finding')} beside the code."
        review = {
            "commit_id": head,
            "event": "COMMENT",  # REQUEST_CHANGES would block the merge until somebody dismisses it
            "body": body,
            "comments": [_at_line(each) for each in comments],
        }
        try:
            self._client.write("POST", f"{self._path}/pulls/{self._number}/reviews", review)
        except Invalid:
            if len(comments) == 1:
                yield comments[0]
                return
            middle = len(comments) // 2
            yield from self._reviewed(comments[:middle], head)
            yield from self._reviewed(comments[middle:], head)

    def _is_taken(self, comment: Wanted, head: str) -> bool:
        about = {"commit_id": head, "path": comment.place.path, "subject_type": "file", "body": comment.body}
        try:
            self._client.write("POST", f"{self._path}/pulls/{self._number}/comments", about)
        except Invalid:
            return False
        return True

    def edit(self, posted: Posted, body: str) -> None:
        """Give our comment another text."""
        self._mutate(posted, body, {})

    def fold(self, posted: Posted, body: str) -> None:
        """Minimise it; its thread is resolved only if the token has `contents: write`, which it needs not."""
        self._mutate(posted, body, _FOLDING)

    def unfold(self, posted: Posted, body: str) -> None:
        """Show it again."""
        self._mutate(posted, body, _UNFOLDING)

    def _mutate(self, posted: Posted, body: str, more: Mapping[str, str]) -> None:
        known = _Id.of(posted)
        also = (text for text in more.values() if known.thread or "$thread" not in text)
        fields = [*also, _EDITING[known.kind]]  # the text last: its marker says that all is done
        text = " ".join(fields)
        parameters = "$node: ID!, $body: String!" + (", $thread: ID!" if "$thread" in text else "")
        variables = {
            "node": known.node,
            "body": body,
            **({"thread": known.thread} if "$thread" in text else {}),
        }
        self._client.mutate(f"mutation({parameters}) {{ {text} }}", variables, optional=frozenset(more))

    def delete(self, posted: Posted) -> None:
        """Delete our comment."""
        known = _Id.of(posted)
        try:
            self._client.mutate(
                f"mutation($node: ID!) {{ {_DELETING[known.kind]} }}",
                {"node": known.node},
                optional=frozenset(),
            )
        except NotThere:
            return

    def conclude(self, conclusion: Conclusion, head: str) -> None:
        """Set the check; where the token may set none, a status, whose colours tell less."""
        try:
            self._set_check(conclusion, head)
        except (NotAllowed, NotThere):
            self._set_status(conclusion, head)

    def _set_check(self, conclusion: Conclusion, head: str) -> None:
        says = {
            "status": "completed",
            "conclusion": CHECK_CONCLUSIONS[conclusion.status],
            "output": {"title": conclusion.title, "summary": "The comment in the conversation says more."},
        }
        found = checked(
            CheckRuns, self._client.read(f"{self._path}/commits/{head}/check-runs", check_name=CHECK)
        )
        ours = [each for each in found.check_runs if each.external_id == _OURS]
        if ours:
            self._client.write("PATCH", f"{self._path}/check-runs/{ours[0].id}", says)
        else:
            new = {"name": CHECK, "head_sha": head, "external_id": _OURS, **says}
            self._client.write("POST", f"{self._path}/check-runs", new)

    def _set_status(self, conclusion: Conclusion, head: str) -> None:
        says = {
            "state": STATUS_STATES[conclusion.status],
            "context": CHECK,
            "description": conclusion.title[:_STATUS_LENGTH],
        }
        try:
            self._client.write("POST", f"{self._path}/statuses/{head}", says)
        except (NotAllowed, NotThere) as error:
            raise ForgeRefused(
                f"The check {CHECK} was not set on GitHub: the token needs `checks: write`, or "
                "`statuses: write`."
            ) from error


_EDITING = {
    "summary": "edit: updateIssueComment(input: {id: $node, body: $body}) { clientMutationId }",
    "finding": "edit: updatePullRequestReviewComment(input: {pullRequestReviewCommentId: $node, "
    "body: $body}) { clientMutationId }",
}
_DELETING = {
    "summary": "deleteIssueComment(input: {id: $node}) { clientMutationId }",
    "finding": "deletePullRequestReviewComment(input: {id: $node}) { clientMutationId }",
}
_FOLDING = {
    "hide": "hide: minimizeComment(input: {subjectId: $node, classifier: OUTDATED}) { clientMutationId }",
    "resolve": "resolve: resolveReviewThread(input: {threadId: $thread}) { clientMutationId }",
}
_UNFOLDING = {
    "show": "show: unminimizeComment(input: {subjectId: $node}) { clientMutationId }",
    "reopen": "reopen: unresolveReviewThread(input: {threadId: $thread}) { clientMutationId }",
}


def _at_line(comment: Wanted) -> dict[str, Json]:
    """Return a comment as a review wants it; `start_line` only if it is another one than `line`."""
    place = comment.place
    first, last = (
        (place.old_start_line, place.old_end_line) if place.is_removed else (place.start_line, place.end_line)
    )
    side = "LEFT" if place.is_removed else "RIGHT"
    about: dict[str, Json] = {"path": place.path, "line": last, "side": side, "body": comment.body}
    return about if first == last else {**about, "start_line": first, "start_side": side}


def read_look(look: Look) -> Standing:
    """Return what one page shows of ours, and what others say to us."""
    page, viewer = look.repository.request, look.viewer.login
    posted = _posted(page.comments.nodes, page.threads.nodes, viewer)
    return Standing(posted=tuple(posted), said=tuple(_said(page.comments.nodes, viewer)))


def _posted(comments: Sequence[Comment], threads: Sequence[Thread], viewer: str) -> Iterator[Posted]:
    for each in comments:
        marker = marker_in(each.body) if _is_by(each.author, viewer) else None
        if marker and marker.kind == "summary":
            yield Posted(
                id=_Id("summary", each.id, "").written(),
                order=each.order,
                marker=marker,
                body=each.body,
                is_hidden=each.is_hidden,
            )
    for thread in threads:
        first = next(iter(thread.comments.nodes), None)
        marker = marker_in(first.body) if first and _is_by(first.author, viewer) else None
        if first and marker and marker.kind == "finding":
            yield Posted(
                id=_Id("finding", first.id, thread.id).written(),
                order=first.order,
                marker=marker,
                body=first.body,
                is_answered=_is_answered(thread, viewer),
                is_resolved=thread.is_resolved,
                is_hidden=first.is_hidden,
            )


def _is_answered(thread: Thread, viewer: str) -> bool:
    """Tell whether somebody else wrote into the thread; who writes more than a look shows is not alone."""
    shown = thread.comments.nodes
    return thread.comments.total > len(shown) or any(not _is_by(each.author, viewer) for each in shown)


def _said(comments: Sequence[Comment], viewer: str) -> Iterator[Said]:
    """Yield the commands of people; an app's comment may have been written by whatever the change runs."""
    for each in comments:
        author = each.author
        is_untouched = each.editor is None or each.editor == author
        is_a_person = author is not None and author.kind == "User" and not _is_by(author, viewer)
        if author and is_a_person and is_untouched and each.body.lstrip().startswith(_COMMAND):
            yield Said(author=author.login, text=each.body.lstrip()[:_LONGEST_COMMAND], order=each.order)


def _is_by(author: Author | None, viewer: str) -> bool:
    """Tell whether the token's own user wrote it."""
    if author is None:
        return False
    is_app = viewer.endswith("[bot]")
    return author.login == viewer.removesuffix("[bot]") and (author.kind == "Bot") is is_app


def opened(environ: Mapping[str, str], connection: Connection, number: int | None) -> Forge | None:
    """Return the pull request of a job of GitHub Actions, or the one of `number` in its repository."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not repository or environ.get("GITEA_ACTIONS") or environ.get("FORGEJO_ACTIONS"):
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise InputError("Nothing was posted: GITHUB_REPOSITORY is no name such as owner/repository.")
    meant = number or _number_of_the_event(environ)
    if meant is None:
        return None
    return GitHub(Client(environ.get("GITHUB_API_URL") or API, connection), repository, meant)


def _number_of_the_event(environ: Mapping[str, str]) -> int | None:
    job = read_job(environ)
    found = re.fullmatch(r"pull request (\d{1,9})", job.request) if job else None
    return int(found[1]) if found else None


GITHUB = ForgeKind(name="GitHub", token_variables=("GITHUB_TOKEN", "GH_TOKEN"), opened=opened)
