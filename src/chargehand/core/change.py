"""A change: what is reviewed, as bytes, and where it came from."""

from typing import Literal

from chargehand.core.value import Value

Source = Literal[
    "file",
    "stdin",
    "staged",
    "range",
    "branch",
    "push",
    "pull_request",
    "merge_request",
    "merge_group",
    "demo",
]


class Change(Value):
    """What is reviewed.

    `base` and `head` are full commit ids where git gave the change; `base` is then the merge base.
    `repository` is its name, such as `owner/name`, where the CI job or git's remote `origin` tells it.
    `diff` is git's output, or the user's input, byte for byte.
    `notices` say what the reader must know of how it was found, or why it is empty.
    """

    source: Source
    base: str | None = None
    head: str | None = None
    repository: str | None = None
    diff: bytes
    notices: tuple[str, ...] = ()
