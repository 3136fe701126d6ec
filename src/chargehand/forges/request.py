"""Which pull or merge request is meant, and how it is now."""

from chargehand.core.value import Value


class Request(Value):
    """A pull or merge request as the forge knows it now.

    `head` is the full id of its newest commit, `author` the login of whoever opened it, and
    `target` the branch that it shall be merged into. `is_open`: it is neither merged nor closed.
    `labels` are the names of its labels.
    """

    number: int
    head: str
    author: str
    target: str = ""
    is_open: bool = True
    labels: tuple[str, ...] = ()
