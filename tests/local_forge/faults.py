"""Decides which requests fail, and whether what they asked for was done all the same."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """From the `first` request (from 1) of a method and a path that `path` is found in, `times` get `status`.

    `is_done`: the server did what was asked before it failed, as a proxy's time limit has it. Status 0 cuts
    the connection. `retry_after_s` becomes the header, `text` the body, and
    `location` where a redirect leads. With `is_dripping` a byte comes now and then, which is no silence,
    until nobody listens any more.
    """

    method: str
    path: str
    status: int
    first: int = 1
    times: int = 1
    is_done: bool = False
    retry_after_s: float | None = None
    text: str = "<html>failed</html>"
    location: str = ""
    is_dripping: bool = False


@dataclass
class Faults:
    """The faults that are still to come, and how many requests each has seen."""

    planned: list[Fault] = field(default_factory=list)
    seen: dict[Fault, int] = field(default_factory=dict)

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets."""
        struck = None
        for fault in self.planned:
            if method != fault.method or not re.search(fault.path, path):
                continue
            number = self.seen[fault] = self.seen.get(fault, 0) + 1
            if fault.first <= number < fault.first + fault.times:
                struck = struck or fault
        return struck
