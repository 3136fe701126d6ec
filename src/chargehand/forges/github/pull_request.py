"""One pull request on GitHub: one look by GraphQL shows what stands there, one review has what is inline.

https://docs.github.com/rest/pulls/reviews
"""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from chargehand.core.change import CodePages
from chargehand.core.counting import count
from chargehand.core.errors import ForgeRefused
from chargehand.forges.comment import Conclusion, Posted, Said, Standing, Wanted
from chargehand.forges.forge import Lack
from chargehand.forges.github.answers import LOOK, Look, Permission, PullRequest, checked
from chargehand.forges.github.check import set_conclusion
from chargehand.forges.github.client import Client, Invalid, Json, NotThere
from chargehand.forges.github.labels import LABELS, LabelsLook, set_labels
from chargehand.forges.github.mutations import Mutation, deleting, editing, folding, unfolding
from chargehand.forges.github.permissions import lacking
from chargehand.forges.github.standing import CommentId, read_look
from chargehand.forges.labels import said_by
from chargehand.forges.request import Request

_MOST_PAGES = 50


class GitHub:
    """One pull request; its check leads to `page`, if there is one, and people read the code on `pages`."""

    name = "GitHub"

    def __init__(
        self, client: Client, repository: str, number: int, page: str = "", pages: CodePages | None = None
    ) -> None:
        self._client = client
        self._owner, _, self._repository = repository.partition("/")
        self._path = f"/repos/{quote(self._owner, safe='')}/{quote(self._repository, safe='')}"
        self._number = number
        self._page = page
        self.pages = pages
        self._named = {"owner": self._owner, "name": self._repository, "number": number}

    def suggestion_word(self, lines: int) -> str:
        """Return the word of a block that replaces all of the comment's lines."""
        return "suggestion" if lines else ""

    def request(self) -> Request:
        """Return how the pull request is now."""
        found = checked(PullRequest, self._client.read(f"{self._path}/pulls/{self._number}"))
        author = found.user.login if found.user else ""
        return Request(
            number=found.number,
            head=found.head.sha,
            author=author,
            target=found.base.ref,
            is_open=found.state == "open",
            labels=tuple(each.name for each in found.labels),
        )

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

    def labelled(self) -> tuple[Said, ...]:
        """Return what the labels say, each by who set it."""
        return said_by(set_labels(checked(LabelsLook, self._client.query(LABELS, self._named))))

    def _look(self, ends: Mapping[str, str | None]) -> Look:
        return checked(Look, self._client.query(LOOK, {**self._named, **ends}))

    def may_write(self, login: str) -> bool:
        """Tell whether they may push; GitHub knows no permission of whoever is no collaborator."""
        path = f"{self._path}/collaborators/{quote(login, safe='')}/permission"
        try:
            found = checked(Permission, self._client.read(path))
        except NotThere:
            return False
        return found.permission in ("admin", "write")

    def lacking(self, request: Request) -> Iterator[Lack]:
        """Yield what the token lacks."""
        return lacking(self._client, self._path, request)

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
        self._mutate(editing(CommentId.of(posted), body))

    def fold(self, posted: Posted, body: str) -> None:
        """Minimise it, too; its thread is resolved only if the token may, which it need not."""
        self._mutate(folding(CommentId.of(posted), body))

    def unfold(self, posted: Posted, body: str) -> None:
        """Show it again."""
        self._mutate(unfolding(CommentId.of(posted), body))

    def delete(self, posted: Posted) -> None:
        """Delete our comment."""
        try:
            self._mutate(deleting(CommentId.of(posted)))
        except NotThere:
            return

    def _mutate(self, mutation: Mutation) -> None:
        self._client.mutate(mutation.text, mutation.variables, optional=mutation.optional)

    def conclude(self, conclusion: Conclusion, head: str) -> None:
        """Set the check; where the token may set none, a status, whose colours tell less."""
        set_conclusion(self._client, self._path, conclusion, head, self._page)


def _at_line(comment: Wanted) -> dict[str, Json]:
    """Return a comment as a review wants it; `start_line` only if it is another one than `line`."""
    place = comment.place
    first, last = (
        (place.old_start_line, place.old_end_line) if place.is_removed else (place.start_line, place.end_line)
    )
    side = "LEFT" if place.is_removed else "RIGHT"
    about: dict[str, Json] = {"path": place.path, "line": last, "side": side, "body": comment.body}
    return about if first == last else {**about, "start_line": first, "start_side": side}
