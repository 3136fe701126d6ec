"""What the API refuses with."""

from dataclasses import dataclass


@dataclass
class ApiError(Exception):
    """A status, and a sentence under one of the two keys that GitLab uses."""

    status: int
    text: str
    key: str = "message"


NOT_FOUND = "404 Not found"
FORBIDDEN = "403 Forbidden"
UNAUTHORIZED = "401 Unauthorized"
