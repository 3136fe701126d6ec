"""Which labels a merge request has, and who set each: REST knows who, and GraphQL when a label was changed.

https://docs.gitlab.com/api/resource_label_events/ and https://docs.gitlab.com/api/graphql/reference/#label
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field

from chargehand.forges.gitlab.answers import Answer, User
from chargehand.forges.labels import SetLabel


class _Name(Answer):
    name: str


class LabelEvent(Answer):
    """A label was set or taken off; the label is None if it was deleted since."""

    user: User | None = None
    created_at: datetime
    action: str
    label: _Name | None = None


class _Label(Answer):
    title: str
    description: str | None = None
    changed: Annotated[datetime | None, Field(alias="updatedAt")] = None


class _Labels(Answer):
    nodes: tuple[_Label, ...]


class _MergeRequest(Answer):
    labels: _Labels


class _Project(Answer):
    request: Annotated[_MergeRequest, Field(alias="mergeRequest")]


class _Projects(Answer):
    nodes: Annotated[tuple[_Project, ...], Field(min_length=1, max_length=1)]


class _Data(Answer):
    projects: _Projects


class LabelsLook(Answer):
    """The query `LABELS`."""

    data: _Data

    @property
    def labels(self) -> tuple[_Label, ...]:
        """The labels that the request has now."""
        return self.data.projects.nodes[0].request.labels.nodes


LABELS = """
query($project: ID!, $number: String!) {
  projects(ids: [$project]) {
    nodes { mergeRequest(iid: $number) { labels(first: 100) { nodes { title description updatedAt } } } }
  }
}
"""


def set_labels(look: LabelsLook, events: Iterable[LabelEvent]) -> tuple[SetLabel, ...]:
    """Return the labels that the request has now, each with the last time that somebody set it."""
    last = {each.label.name: each for each in events if each.label and each.action == "add"}
    return tuple(_set(each, last.get(each.title)) for each in look.labels)


def _set(label: _Label, event: LabelEvent | None) -> SetLabel:
    return SetLabel(
        name=label.title,
        reason=label.description or "",
        changed=label.changed,
        by=event.user.username if event and event.user else "",
        set_at=event.created_at if event else None,
    )
