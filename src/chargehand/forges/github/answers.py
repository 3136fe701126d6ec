"""What GitHub answers, as far as it is used; what it adds is passed over, what it lacks is an error."""

from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chargehand.core.errors import ForgeUnsure
from chargehand.forges.github.client import AGAIN, Json


def _without_null(nodes: Json) -> Json:
    """Return a list without what GitHub does not show: its schema lets every node of a list be null."""
    return [each for each in nodes if each is not None] if isinstance(nodes, list) else nodes


T = TypeVar("T")
Nodes = Annotated[tuple[T, ...], BeforeValidator(_without_null)]


class Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class User(Answer):
    login: str


class Head(Answer):
    sha: str


class Base(Answer):
    ref: str


class LabelName(Answer):
    name: str


class PullRequest(Answer):
    """`GET /repos/{owner}/{repo}/pulls/{number}`; the user is missing if the account was deleted."""

    number: int
    state: str
    head: Head
    base: Base
    user: User | None
    labels: tuple[LabelName, ...] = ()


class Permission(Answer):
    """`GET /repos/{owner}/{repo}/collaborators/{login}/permission`; `maintain` is shown as `write`."""

    permission: str


class CheckRun(Answer):
    id: int
    external_id: str | None = None


class CheckRuns(Answer):
    check_runs: tuple[CheckRun, ...]


class Author(Answer):
    """Who wrote a comment; GraphQL leaves out the `[bot]` behind the name of an app."""

    login: str
    kind: str = Field(alias="__typename")


class Comment(Answer):
    """A comment of the conversation, or of a thread at a line."""

    id: str
    body: str
    author: Author | None
    editor: Author | None = None
    created_at: datetime = Field(alias="createdAt")
    is_hidden: bool = Field(alias="isMinimized")

    @property
    def order(self) -> int:
        """The second in which it was written."""
        return int(self.created_at.timestamp())


class PageInfo(Answer):
    has_more: bool = Field(alias="hasNextPage")
    end: str | None = Field(alias="endCursor")


class Comments(Answer):
    page: PageInfo = Field(alias="pageInfo")
    nodes: Nodes[Comment]


class ThreadComments(Answer):
    total: int = Field(alias="totalCount")
    nodes: Nodes[Comment]


class Thread(Answer):
    id: str
    is_resolved: bool = Field(alias="isResolved")
    comments: ThreadComments


class Threads(Answer):
    page: PageInfo = Field(alias="pageInfo")
    nodes: Nodes[Thread]


class Conversation(Answer):
    comments: Comments
    threads: Threads = Field(alias="reviewThreads")


class _Repository(Answer):
    request: Conversation = Field(alias="pullRequest")


class Look(Answer):
    """The query `LOOK`."""

    viewer: User
    repository: _Repository


Shape = TypeVar("Shape", bound=BaseModel)


def checked(shape: type[Shape], answer: Json) -> Shape:
    """Return the answer in its shape; raise ForgeUnsure if it has another."""
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ForgeUnsure(
            f"GitHub answered something else than it documents ({shape.__name__}.{place}: {first['msg']}), "
            f"so not all was posted. {AGAIN}"
        ) from None


LOOK = """
query($owner: String!, $name: String!, $number: Int!, $comments: String, $threads: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $comments) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id body createdAt isMinimized
          author { login __typename }
          editor { login __typename }
        }
      }
      reviewThreads(first: 100, after: $threads) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved
          comments(first: 20) {
            totalCount
            nodes {
              id body createdAt isMinimized
              author { login __typename }
              editor { login __typename }
            }
          }
        }
      }
    }
  }
}
"""
