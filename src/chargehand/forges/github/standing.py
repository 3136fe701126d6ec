"""What stands in a pull request, by one look: which comments are ours, and what people say to us."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.forges.comment import Posted, Said, Standing, marker_in
from chargehand.forges.github.answers import Author, Comment, Look, Thread

_COMMAND, _LONGEST_COMMAND = "/chargehand", 1_000


class CommentId(NamedTuple):
    """How a comment of ours is found again: what it is, its node, and that of its thread if it has one."""

    kind: str
    node: str
    thread: str

    @classmethod
    def of(cls, posted: Posted) -> "CommentId":
        """Return what `written` wrote."""
        kind, node, thread = posted.id.split(" ")
        return cls(kind, node, thread)

    def written(self) -> str:
        """Return it in the form of `Posted.id`."""
        return " ".join(self)


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
                id=CommentId("summary", each.id, "").written(),
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
                id=CommentId("finding", first.id, thread.id).written(),
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
