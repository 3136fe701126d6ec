"""What stands in a pull request, by one look: which comments are ours, and what people say to us."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.forges.comment import Posted, Said, Standing, command_in, marker_in
from chargehand.forges.github.answers import Author, Comment, Look, Thread


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
    answers = (each for thread in page.threads.nodes for each in thread.comments.nodes[1:])
    return Standing(posted=tuple(posted), said=tuple(_said((*page.comments.nodes, *answers), viewer)))


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
    answers = (each for each in shown if not _is_by(each.author, viewer) and not _is_command(each, viewer))
    return thread.comments.total > len(shown) or any(answers)


def _said(comments: Sequence[Comment], viewer: str) -> Iterator[Said]:
    for each in comments:
        if each.author and _is_command(each, viewer):
            is_edited = each.editor not in (None, each.author)
            text = command_in(each.body)
            yield Said(author=each.author.login, text=text, order=each.order, is_edited=is_edited)


def _is_command(comment: Comment, viewer: str) -> bool:
    """Tell whether a person speaks to us; what an app says may come from whatever the change runs."""
    author = comment.author
    is_a_person = author is not None and author.kind == "User" and not _is_by(author, viewer)
    return is_a_person and bool(command_in(comment.body))


def _is_by(author: Author | None, viewer: str) -> bool:
    """Tell whether the token's own user wrote it."""
    if author is None:
        return False
    is_app = viewer.endswith("[bot]")
    return author.login == viewer.removesuffix("[bot]") and (author.kind == "Bot") is is_app
