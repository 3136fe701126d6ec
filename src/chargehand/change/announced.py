"""Which rules a change brings itself: its attributes, and the file that runs the review."""

import re
from collections.abc import Iterator

from chargehand.change.ci.event import CiJob
from chargehand.core.change import Change
from chargehand.core.escaping import one_line

ATTRIBUTES = ".gitattributes"
_MAX_NAMED = 5
# No line of a hunk begins like this, so these are headers.
_GIT_HEADER = re.compile(rb"^diff --git (?:\S*/)?(.+?) b/(.+?)\r?$", re.MULTILINE)
_PLAIN_HEADER = re.compile(rb"^\+\+\+ (?:b/)?([^\t\r\n]+)", re.MULTILINE)


def announced(change: Change, job: CiJob | None) -> tuple[str, ...]:
    """Return a sentence for each such file, none for a change without one."""
    names = tuple(dict.fromkeys(names_in(change.diff)))
    is_own = change.rules.origin == "work-tree"
    attributes = [name for name in names if name.rpartition("/")[2] == ATTRIBUTES]
    pipelines = [
        name for name in names if any(_is_below(name, each) for each in (job.pipelines if job else ()))
    ]
    return (
        *(when_it_counts(name, is_own=is_own) for name in attributes[:_MAX_NAMED]),
        *(_pipeline(name) for name in pipelines[:_MAX_NAMED]),
    )


def when_it_counts(name: str, *, is_own: bool) -> str:
    """Return what it means that a change brings rules of its own."""
    if is_own:
        return (
            f"{one_line(name)} is changed here, and it counts already: the rules are those of your work tree."
        )
    return f"{one_line(name)} is changed here: it counts from the merge on."


def names_in(diff: bytes) -> Iterator[str]:
    """Yield the new names in the headers of a diff; a name that git quotes is none of ours."""
    for header in _GIT_HEADER.finditer(diff):
        yield header[2].decode("utf-8", "surrogateescape")
    if not diff.startswith(b"diff --git "):
        for header in _PLAIN_HEADER.finditer(diff):
            yield header[1].decode("utf-8", "surrogateescape")


def _is_below(name: str, pipeline: str) -> bool:
    return name.startswith(pipeline) if pipeline.endswith("/") else name == pipeline


def _pipeline(name: str) -> str:
    return (
        f"{one_line(name)}, which may run this review, is changed here. Only a workflow or pipeline that "
        "the forge itself "
        "requires is out of the author's reach."
    )
