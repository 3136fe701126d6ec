"""The GraphQL mutations that change our comments: one document for all that is done to one of them.

https://docs.github.com/graphql/reference/mutations
"""

from collections.abc import Mapping
from typing import NamedTuple

from chargehand.forges.github.standing import CommentId


class Mutation(NamedTuple):
    """A document, its variables, and the fields of it that the token may be refused without harm."""

    text: str
    variables: Mapping[str, str]
    optional: frozenset[str] = frozenset()


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


def editing(comment: CommentId, body: str) -> Mutation:
    """Return what gives a comment another text."""
    return _changing(comment, body, {})


def folding(comment: CommentId, body: str) -> Mutation:
    """Return what also minimises it, and resolves its thread, which takes `contents: write`."""
    return _changing(comment, body, _FOLDING)


def unfolding(comment: CommentId, body: str) -> Mutation:
    """Return the opposite of `folding`."""
    return _changing(comment, body, _UNFOLDING)


def deleting(comment: CommentId) -> Mutation:
    """Return what deletes a comment."""
    return Mutation(f"mutation($node: ID!) {{ {_DELETING[comment.kind]} }}", {"node": comment.node})


def _changing(comment: CommentId, body: str, more: Mapping[str, str]) -> Mutation:
    """Return a mutation that ends with the text: its marker says that all before is done."""
    fields = [text for text in more.values() if comment.thread or "$thread" not in text]
    text = " ".join((*fields, _EDITING[comment.kind]))
    needs_thread = "$thread" in text
    parameters = "$node: ID!, $body: String!" + (", $thread: ID!" if needs_thread else "")
    variables = {"node": comment.node, "body": body} | ({"thread": comment.thread} if needs_thread else {})
    return Mutation(f"mutation({parameters}) {{ {text} }}", variables, frozenset(more))
