"""What GitLab keeps: who there is, the merge request with its versions, discussions, and commit statuses."""

import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.local_forge.labels import Label

GUEST, REPORTER, DEVELOPER, MAINTAINER = 10, 20, 30, 40

Json = Any  # what json reads


@dataclass(frozen=True)
class User:
    """Somebody with a name and a role in the project; no role is 0. A token of the project is a bot."""

    id: int
    username: str
    role: int = 0
    is_bot: bool = False

    def shown(self) -> Json:
        return {"id": self.id, "username": self.username, "name": self.username, "state": "active"}


@dataclass(frozen=True)
class Token:
    """What a request shows. `scope` is `api`, `read_api`, or `job` for a CI job's own token.

    `expires_at` is its last day, empty for one that the instance lets live for ever.
    """

    secret: str
    user: User
    scope: str = "api"
    expires_at: str = ""


@dataclass(frozen=True)
class Version:
    """What a push made of the merge request."""

    base: str
    head: str
    diff: str
    start: str = ""

    def refs(self) -> Json:
        return {"base_sha": self.base, "start_sha": self.start or self.base, "head_sha": self.head}


@dataclass
class Note:
    """A comment. `position` is None if it stands on no line."""

    id: int
    author: User
    body: str
    position: Json = None
    is_system: bool = False
    is_resolvable: bool = False
    resolved_by: User | None = None
    is_edited: bool = False

    def shown(self) -> Json:
        kind = "DiffNote" if self.position else "DiscussionNote" if self.is_resolvable else None
        shown: Json = {
            "id": self.id,
            "type": kind,
            "body": self.body,
            "author": self.author.shown(),
            "created_at": "2026-11-30T08:00:00.000Z",
            "updated_at": f"2026-11-30T08:0{int(self.is_edited)}:00.000Z",
            "system": self.is_system,
            "noteable_type": "MergeRequest",
            "resolvable": self.is_resolvable,
        }
        if self.is_resolvable:
            shown["resolved"] = self.resolved_by is not None
            shown["resolved_by"] = self.resolved_by and self.resolved_by.shown()
        return shown | ({"position": self.position} if self.position else {})


@dataclass
class Discussion:
    """Notes that answer each other; a single comment is a discussion of its own, which nobody can resolve.

    One that `is_hidden` is about something that nobody here may see. It is shown as None, which has its place
    on a page all the same.
    """

    id: str
    is_individual: bool
    notes: list[Note]
    is_hidden: bool = False

    def shown(self) -> Json:
        if self.is_hidden:
            return None
        return {
            "id": self.id,
            "individual_note": self.is_individual,
            "notes": [note.shown() for note in self.notes],
        }


@dataclass
class Project:
    """A project with one merge request, by `author`. `members` are those with a role.

    `merges` are commits of the target's branch merged with the request's, as merged results pipelines have.
    `pipelines` are the commits of the pipelines, by their numbers.
    """

    author: User
    tokens: list[Token]
    versions: list[Version]
    id: int = 42
    iid: int = 7
    path: str = "someone/consumer"
    target: str = "main"
    members: list[User] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    pipelines: dict[int, str] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1001))

    def request(self) -> Json:
        """Return the merge request as the API shows it."""
        newest = self.versions[-1]
        return {
            "id": 1,
            "iid": self.iid,
            "project_id": self.id,
            "source_project_id": self.id,
            "target_project_id": self.id,
            "title": "A change",
            "state": "opened",
            "author": self.author.shown(),
            "sha": newest.head,
            "diff_refs": newest.refs(),
            "source_branch": "feature",
            "target_branch": self.target,
            "labels": [each.name for each in self.labels],
        }

    def open(
        self, author: User, body: str, position: Json = None, *, is_individual: bool = False
    ) -> Discussion:
        """Add a discussion that begins with a note."""
        note = Note(next(self.numbers), author, body, position, is_resolvable=not is_individual)
        name = hashlib.sha1(str(note.id).encode()).hexdigest()  # noqa: S324 - no more than a name
        self.discussions.append(Discussion(name, is_individual, [note]))
        return self.discussions[-1]

    def push(self, version: Version) -> None:
        """Add a version; GitLab writes down in a note of its own that there are new commits."""
        self.versions.append(version)
        note = self.open(self.author, "added 1 commit", is_individual=True).notes[0]
        note.is_system = True

    def run(self, commit: str) -> int:
        """Begin a pipeline for a commit, and return its number."""
        number = 91 + len(self.pipelines)
        self.pipelines[number] = commit
        return number

    def reply(self, discussion: Discussion, author: User, body: str) -> Note:
        """Add a note to a discussion."""
        note = Note(next(self.numbers), author, body, is_resolvable=not discussion.is_individual)
        discussion.notes.append(note)
        return note

    def delete(self, note: Note) -> None:
        """Take a note away, and its discussion with the last one."""
        for discussion in self.discussions:
            discussion.notes = [each for each in discussion.notes if each is not note]
        self.discussions = [each for each in self.discussions if each.notes]

    @property
    def notes(self) -> list[Note]:
        """All notes, oldest first."""
        notes = (note for discussion in self.discussions for note in discussion.notes)
        return sorted(notes, key=lambda note: note.id)
