"""Which labels a pull request has, and who set each: by one GraphQL query.

https://docs.github.com/graphql/reference/objects#labeledevent
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chargehand.forges.github.answers import Answer, Author, LabelName, Nodes
from chargehand.forges.labels import SetLabel


class _Label(Answer):
    name: str
    description: str | None = None
    changed: Annotated[datetime | None, Field(alias="updatedAt")] = None


class _Event(Answer):
    at: Annotated[datetime, Field(alias="createdAt")]
    actor: Author | None
    label: LabelName


class _Labels(Answer):
    nodes: Nodes[_Label]


class _Events(Answer):
    nodes: Nodes[_Event]


class _PullRequest(Answer):
    labels: _Labels
    events: Annotated[_Events, Field(alias="timelineItems")]


class _Repository(Answer):
    request: Annotated[_PullRequest, Field(alias="pullRequest")]


class LabelsLook(Answer):
    """The query `LABELS`."""

    repository: _Repository


LABELS = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      labels(first: 100) { nodes { name description updatedAt } }
      timelineItems(last: 100, itemTypes: [LABELED_EVENT]) {
        nodes { ... on LabeledEvent { createdAt actor { login __typename } label { name } } }
      }
    }
  }
}
"""


def set_labels(look: LabelsLook) -> tuple[SetLabel, ...]:
    """Return the labels that the request has now, each with the last time that somebody set it."""
    found = look.repository.request
    events = {each.label.name: each for each in found.events.nodes}  # the oldest comes first
    return tuple(_set(each, events.get(each.name)) for each in found.labels.nodes)


def _set(label: _Label, event: _Event | None) -> SetLabel:
    is_person = event is not None and event.actor is not None and event.actor.kind == "User"
    return SetLabel(
        name=label.name,
        reason=label.description or "",
        changed=label.changed,
        by=event.actor.login if event and event.actor and is_person else "",
        set_at=event.at if event else None,
    )
