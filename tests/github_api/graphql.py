"""What a GraphQL document does: the part of the public schema that is about comments, executed for real."""

from collections.abc import Iterator, Sequence

from graphql import GraphQLError, build_schema, graphql_sync

from tests.github_api.pull_request import Comment, Json, PullRequest, Thread, Token
from tests.local_forge.labels import Label

# https://docs.github.com/graphql/overview/public-schema, cut down to what is here.
_SCHEMA = build_schema(
    """
    scalar DateTime
    enum ReportedContentClassifiers { ABUSE DUPLICATE OFF_TOPIC OUTDATED RESOLVED SPAM }
    interface Actor { login: String! }
    type Bot implements Actor { login: String! }
    type User implements Actor { login: String! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Comment {
      id: ID! body: String! createdAt: DateTime! isMinimized: Boolean! author: Actor editor: Actor
    }
    type CommentConnection { pageInfo: PageInfo! nodes: [Comment] totalCount: Int! }
    type Thread { id: ID! isResolved: Boolean! comments(first: Int, after: String): CommentConnection! }
    type ThreadConnection { pageInfo: PageInfo! nodes: [Thread] totalCount: Int! }
    type Label { name: String! description: String updatedAt: DateTime }
    type LabelConnection { nodes: [Label] }
    type LabeledEvent { createdAt: DateTime! actor: Actor label: Label! }
    union PullRequestTimelineItems = LabeledEvent
    type PullRequestTimelineItemsConnection { nodes: [PullRequestTimelineItems] }
    enum PullRequestTimelineItemsItemType { LABELED_EVENT }
    type PullRequest {
      labels(first: Int): LabelConnection
      timelineItems(
        last: Int, itemTypes: [PullRequestTimelineItemsItemType!]
      ): PullRequestTimelineItemsConnection!
      comments(first: Int, after: String): CommentConnection!
      reviewThreads(first: Int, after: String): ThreadConnection!
    }
    type Repository { pullRequest(number: Int!): PullRequest }
    type Query { viewer: User! repository(owner: String!, name: String!): Repository }
    input UpdateIssueCommentInput { clientMutationId: String id: ID! body: String! }
    input UpdatePullRequestReviewCommentInput {
      clientMutationId: String pullRequestReviewCommentId: ID! body: String!
    }
    input MinimizeCommentInput {
      clientMutationId: String subjectId: ID! classifier: ReportedContentClassifiers!
    }
    input UnminimizeCommentInput { clientMutationId: String subjectId: ID! }
    input ResolveReviewThreadInput { clientMutationId: String threadId: ID! }
    input UnresolveReviewThreadInput { clientMutationId: String threadId: ID! }
    input DeleteIssueCommentInput { clientMutationId: String id: ID! }
    input DeletePullRequestReviewCommentInput { clientMutationId: String id: ID! }
    type Payload { clientMutationId: String }
    type Mutation {
      updateIssueComment(input: UpdateIssueCommentInput!): Payload
      updatePullRequestReviewComment(input: UpdatePullRequestReviewCommentInput!): Payload
      minimizeComment(input: MinimizeCommentInput!): Payload
      unminimizeComment(input: UnminimizeCommentInput!): Payload
      resolveReviewThread(input: ResolveReviewThreadInput!): Payload
      unresolveReviewThread(input: UnresolveReviewThreadInput!): Payload
      deleteIssueComment(input: DeleteIssueCommentInput!): Payload
      deletePullRequestReviewComment(input: DeletePullRequestReviewCommentInput!): Payload
    }
    """
)
_MOST = 100
LONGEST_BODY = 65_536


def execute(pull: PullRequest, token: Token, body: Json) -> Json:
    """Return what the document's answer is, with errors of GitHub's types in it."""
    done = graphql_sync(_SCHEMA, body["query"], _Root(pull, token), variable_values=body.get("variables"))
    answer: Json = {"data": done.data}
    if done.errors:
        answer["errors"] = [
            {"message": each.message, "path": each.path, **(each.extensions or {})} for each in done.errors
        ]
    return answer


class _Refused(GraphQLError):
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message, extensions={"type": kind})


class _Root:
    """The fields of the query and of the mutation."""

    def __init__(self, pull: PullRequest, token: Token) -> None:
        self.pull = pull
        self.token = token
        self.viewer = {"login": token.login}

    def repository(self, _info: object, owner: str, name: str) -> Json:
        if f"{owner}/{name}" != self.pull.repository:
            raise _Refused("NOT_FOUND", "Could not resolve to a Repository with that name.")
        return {"pullRequest": self._request}

    def _request(self, _info: object, number: int) -> Json:
        if number != self.pull.number:
            raise _Refused("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")

        def conversation(_info: object, first: int | None = None, after: str | None = None) -> Json:
            return _page([_shown(each) for each in self.pull.conversation], first, after)

        def threads(_info: object, first: int | None = None, after: str | None = None) -> Json:
            return _page([_thread(each) for each in self.pull.threads], first, after)

        return {
            "comments": conversation,
            "reviewThreads": threads,
            "labels": lambda _info, **_: {"nodes": [_label(each) for each in self.pull.labels]},
            "timelineItems": lambda _info, **_: {"nodes": [_labelled(each) for each in self.pull.labels]},
        }

    def updateIssueComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802 # GitHub's names
        self._comment(input["id"], self.pull.conversation).body = _checked(input["body"])
        return {}

    def updatePullRequestReviewComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self._comment(input["pullRequestReviewCommentId"], self._inline()).body = _checked(input["body"])
        return {}

    def minimizeComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self._any(input["subjectId"]).is_minimized = True
        return {}

    def unminimizeComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self._any(input["subjectId"]).is_minimized = False
        return {}

    def resolveReviewThread(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self._thread_of(input["threadId"]).is_resolved = True
        return {}

    def unresolveReviewThread(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self._thread_of(input["threadId"]).is_resolved = False
        return {}

    def deleteIssueComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        self.pull.conversation.remove(self._comment(input["id"], self.pull.conversation))
        return {}

    def deletePullRequestReviewComment(self, _info: object, input: Json) -> Json:  # noqa: A002, N802
        found = self._comment(input["id"], self._inline())
        for thread in self.pull.threads:
            thread.comments = [each for each in thread.comments if each is not found]
        self.pull.threads[:] = [thread for thread in self.pull.threads if thread.comments]
        return {}

    def _inline(self) -> Sequence[Comment]:
        return [each for thread in self.pull.threads for each in thread.comments]

    def _any(self, node: str) -> Comment:
        return self._comment(node, [*self.pull.conversation, *self._inline()])

    def _comment(self, node: str, among: Sequence[Comment]) -> Comment:
        self._need("pull-requests")
        if self.pull.is_closed_to(self.token.login):
            raise _Refused("FORBIDDEN", "Unable to change the comment because the issue is locked.")
        for each in among:
            if each.id == node:
                return each
        raise _Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")

    def _thread_of(self, node: str) -> Thread:
        self._need("contents")  # and not `pull-requests`: https://github.com/github/gh-aw/issues/35726
        for each in self.pull.threads:
            if each.id == node:
                return each
        raise _Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")

    def _need(self, permission: Json) -> None:
        if permission not in self.token.may_write:
            raise _Refused("FORBIDDEN", "Resource not accessible by integration")


def _checked(body: str) -> str:
    if not body.strip():
        raise _Refused("UNPROCESSABLE", "Body can't be blank")
    if len(body) > LONGEST_BODY:
        raise _Refused("UNPROCESSABLE", f"Body is too long (maximum is {LONGEST_BODY} characters)")
    return body


def _shown(comment: Comment) -> Json:
    if comment.is_withheld:
        return None
    return {
        "id": comment.id,
        "body": comment.body,
        "createdAt": comment.created_at(),
        "isMinimized": comment.is_minimized,
        "author": {"__typename": "Bot" if comment.is_bot else "User", "login": comment.author},
        "editor": {"__typename": "User", "login": comment.editor} if comment.editor else None,
    }


def _label(label: Label) -> Json:
    return {"name": label.name, "description": label.description, "updatedAt": label.changed_at()}


def _labelled(label: Label) -> Json:
    kind = "Bot" if label.set_by.endswith("[bot]") else "User"
    actor = {"__typename": kind, "login": label.set_by.removesuffix("[bot]")} if label.set_by else None
    at = label.set_at()
    return {"__typename": "LabeledEvent", "createdAt": at, "actor": actor, "label": _label(label)}


def _thread(thread: Thread) -> Json:
    def comments(_info: object, first: int | None = None, after: str | None = None) -> Json:
        return _page([_shown(each) for each in thread.comments], first, after)

    return {"id": thread.id, "isResolved": thread.is_resolved, "comments": comments}


def _page(rows: Sequence[Json], first: int | None, after: str | None) -> Json:
    if first is None or not 1 <= first <= _MOST:
        raise _Refused("EXCESSIVE_PAGINATION", "You must provide a `first` value of at most 100.")
    start = int(after.removeprefix("cursor:")) if after else 0
    page = rows[start : start + first]
    end = f"cursor:{start + len(page)}" if page else None
    info = {"hasNextPage": start + len(page) < len(rows), "endCursor": end}
    return {"pageInfo": info, "nodes": list(page), "totalCount": len(rows)}


def fields_of(document: str) -> Iterator[str]:
    """Yield the names of the mutations that a document has, for the log."""
    return (
        (name for name in _SCHEMA.mutation_type.fields if name in document)
        if _SCHEMA.mutation_type
        else iter(())
    )
