"""Which rules a change brings itself: its attributes, and the file that runs the review."""

from collections.abc import Iterator, Sequence

from chargehand.change.ci.event import CiJob
from chargehand.change.touched import touched_paths
from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.escaping import one_line

ATTRIBUTES = ".gitattributes"
_MAX_NAMED = 5


def announced(change: Change, job: CiJob | None) -> tuple[str, ...]:
    """Return a sentence for each such file, none for a change without one."""
    if change.source == "files":  # which are looked at whole: none of them is said to change
        return ()
    names = touched_paths(change.diff)
    is_own = change.rules.origin == "work-tree"
    attributes = [name for name in names if name.rpartition("/")[2] == ATTRIBUTES]
    pipelines = [
        name for name in names if any(_is_below(name, each) for each in (job.pipelines if job else ()))
    ]
    return (
        *(when_it_counts(name, is_own=is_own) for name in attributes[:_MAX_NAMED]),
        *_more(attributes[_MAX_NAMED:], is_own=is_own),
        *(_pipeline(name) for name in pipelines[:_MAX_NAMED]),
    )


def when_it_counts(name: str, *, is_own: bool) -> str:
    """Return what it means that a change brings rules of its own."""
    if is_own:
        return (
            f"{one_line(name)} is changed here, and it takes effect at once: the "
            "rules are those of your work tree."
        )
    return f"{one_line(name)} is changed here: it takes effect once merged."


def _more(names: Sequence[str], *, is_own: bool) -> Iterator[str]:
    if names:
        they = "they take effect at once" if is_own else "they take effect once merged"
        yield f"{count(len(names), 'more file')} of that name are changed here: {they}."


def _is_below(name: str, pipeline: str) -> bool:
    return name.startswith(pipeline) if pipeline.endswith("/") else name == pipeline


def _pipeline(name: str) -> str:
    return (
        f"{one_line(name)}, which may run this review, is changed here. Only a workflow or pipeline that "
        "the forge itself requires is out of the author's reach."
    )
