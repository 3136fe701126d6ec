"""Decides which parts of GitLab's answers are read, and what they must look like."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

REPORTER, DEVELOPER = 20, 30


class Answer(BaseModel):
    """Part of an answer; what is not needed is passed over, for every release adds something."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class User(Answer):
    """`bot` is shown of a single user alone: https://docs.gitlab.com/api/users/#retrieve-a-user"""

    id: int
    username: str = ""
    bot: bool = False


class Member(Answer):
    id: int
    username: str
    access_level: int
    state: str = "active"


class OwnToken(Answer):
    """https://docs.gitlab.com/api/personal_access_tokens/#self-inform"""

    scopes: tuple[str, ...] = ()
    expires_at: str | None = None


class MergeRequest(Answer):
    """https://docs.gitlab.com/api/merge_requests/#retrieve-a-merge-request"""

    iid: int
    state: str
    author: User
    target_branch: str
    sha: str | None = None
    labels: tuple[str, ...] = ()


class Note(Answer):
    """https://docs.gitlab.com/api/discussions/"""

    id: int
    author: User
    body: str = ""
    system: bool = False
    created_at: str = ""
    updated_at: str = ""
    resolved: bool = False
    resolved_by: User | None = None
    position: dict[str, Any] | None = None  # Any: nobody looks into it

    @property
    def is_edited(self) -> bool:
        """Tell whether somebody changed it: GitLab does not say who, and a maintainer may change any."""
        return self.created_at != self.updated_at


class Discussion(Answer):
    id: Annotated[str, Field(pattern=r"^[0-9a-f]+$")]
    individual_note: bool = False
    notes: tuple[Note, ...] = ()


class Version(Answer):
    """https://docs.gitlab.com/api/merge_requests/#retrieve-merge-request-diff-versions"""

    id: int
    head_commit_sha: str
    base_commit_sha: str
    start_commit_sha: str


class FileOfVersion(Answer):
    old_path: str
    new_path: str
    diff: str = ""


class WholeVersion(Answer):
    diffs: tuple[FileOfVersion, ...] = ()
