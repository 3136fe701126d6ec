"""A GitLab that behaves as its REST API is documented, on a local port, with one merge request in it."""

from tests.gitlab_api.project import (
    DEVELOPER,
    GUEST,
    MAINTAINER,
    REPORTER,
    Discussion,
    Project,
    Token,
    User,
    Version,
)
from tests.gitlab_api.server import GitLabApi
from tests.local_forge import Fault

__all__ = [
    "DEVELOPER",
    "GUEST",
    "MAINTAINER",
    "REPORTER",
    "Discussion",
    "Fault",
    "GitLabApi",
    "Project",
    "Token",
    "User",
    "Version",
]
