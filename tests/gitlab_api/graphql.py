"""The part of GitLab's GraphQL API that is about the labels of a merge request, executed for real."""

from graphql import build_schema, graphql_sync

from tests.gitlab_api.project import Json, Project

# https://docs.gitlab.com/api/graphql/reference/, cut down to what is here.
_SCHEMA = build_schema(
    """
    scalar Time
    type Label { title: String! description: String updatedAt: Time! }
    type LabelConnection { nodes: [Label] }
    type MergeRequest { labels(first: Int): LabelConnection }
    type Project { mergeRequest(iid: String!): MergeRequest }
    type ProjectConnection { nodes: [Project] }
    type Query { projects(ids: [ID!]): ProjectConnection }
    """
)


def execute(project: Project, body: Json) -> Json:
    """Return what the document's answer is."""
    root = {
        "projects": lambda _info, ids: {"nodes": [_project(project) for each in ids if _is(project, each)]}
    }
    done = graphql_sync(_SCHEMA, body["query"], root, variable_values=body.get("variables"))
    errors = {"errors": [{"message": each.message} for each in done.errors]} if done.errors else {}
    return {"data": done.data, **errors}


def _is(project: Project, name: str) -> bool:
    return name == f"gid://gitlab/Project/{project.id}"


def _project(project: Project) -> Json:
    labels = [
        {"title": each.name, "description": each.description, "updatedAt": each.changed_at()}
        for each in project.labels
    ]
    found = {"labels": lambda _info, **_: {"nodes": labels}}
    return {"mergeRequest": lambda _info, iid: found if iid == str(project.iid) else None}
