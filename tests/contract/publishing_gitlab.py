"""A merge request at GitLab, for the stories: what its jobs are told, and what people see in it."""

from pathlib import Path

import pytest

from tests.contract.publishing import Topic
from tests.gitlab_api import DEVELOPER, Discussion, Project, Token, User, Version

AUTHOR, BOT = User(2, "author", DEVELOPER), User(1, "project_42_bot", DEVELOPER)


class MergeRequest(Topic):
    """A repository whose branch `topic` is a merge request."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.project = Project(AUTHOR, [Token("secret-bot", BOT)], [], members=[AUTHOR, BOT])
        super().__init__(folder, patch, capsys)

    def pushed(self, head: str, diff: str) -> None:
        self.project.push(Version(self.git("merge-base", "main", "HEAD"), head, diff))
        self.project.run(head)

    def job(self) -> dict[str, str]:
        newest = self.project.versions[-1]
        return {
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_PIPELINE_ID": str(max(self.project.pipelines)),
            "CI_PROJECT_ID": str(self.project.id),
            "CI_PROJECT_PATH": self.project.path,
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_SHA": newest.head,
            "CI_MERGE_REQUEST_IID": str(self.project.iid),
            "CI_MERGE_REQUEST_PROJECT_ID": str(self.project.id),
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": newest.base,
        }

    def threads(self) -> list[Discussion]:
        """Return our threads by item: a few are opened at once, so that their order is nobody's."""
        found = {
            each.notes[0].body.partition("Item ")[2].partition(" ")[0] + f" {each.notes[0].id}": each
            for each in self.project.discussions
            if "Item " in each.notes[0].body and not each.is_individual
        }
        return [found[name] for name in sorted(found)]

    def titles(self) -> list[str]:
        """Return the items of the findings that stand beside the code, resolved ones in brackets."""
        found = []
        for thread in self.threads():
            name = thread.notes[0].body.partition("Item ")[2].partition(" ")[0]
            found.append(f"({name})" if thread.notes[0].resolved_by else name)
        return found

    def summaries(self) -> list[str]:
        """Return the bodies of our notes in the conversation."""
        return [
            each.notes[0].body
            for each in self.project.discussions
            if each.is_individual and each.notes[0].author == BOT
        ]
