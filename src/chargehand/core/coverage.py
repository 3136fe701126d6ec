"""Coverage: for each reviewable file and lens, whether a model looked."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

from chargehand.core.diff import Diff
from chargehand.core.patterns import matcher
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Failed, Lens, Outcome, Refused, Reviewed, Skipped

Looked = Literal["reviewed", "failed", "refused", "skipped"]

# If a file was read in several parts, it has the worst outcome of them.
_WORST_FIRST: tuple[Looked, ...] = ("failed", "refused", "skipped", "reviewed")


class Coverage(PlainValue):
    """How one file fared under one lens; the worst outcome if the file was read in several parts.

    `is_reused`: an earlier run read all of it. `is_outage`: no model looked because the provider was not
    reached.
    """

    path: str
    lens: str
    outcome: Looked
    model: str | None = None
    reason: str = ""
    is_reused: bool = False
    is_outage: bool = False

    @property
    def is_gap(self) -> bool:
        """Tell whether no model looked."""
        return self.outcome != "reviewed"


def applies(lens: Lens, path: str) -> bool:
    """Tell whether `lens` looks at `path`."""
    return not lens.paths or matcher(lens.paths)(path)


def lenses_without_files(diff: Diff, lenses: Sequence[Lens]) -> tuple[str, ...]:
    """Return a sentence for each lens whose `paths` match no reviewable file of the change."""
    files = [file.path for file in diff.reviewable]
    idle = [lens.name for lens in lenses if files and not any(applies(lens, path) for path in files)]
    return tuple(
        f"The paths of the lens {name} match no file of this change, so it read none." for name in idle
    )


def cover(
    diff: Diff, lenses: Sequence[Lens], outcomes: Sequence[Outcome], unplanned: str = ""
) -> tuple[Coverage, ...]:
    """Return one cell for each reviewable file and each lens that looks at it, in their order.

    A cell that no outcome speaks of is `skipped`, never absent; `unplanned` is why no task was made.
    """
    parts: dict[tuple[str, str], list[Coverage]] = {}
    for cell in _cells(outcomes):
        parts.setdefault((cell.path, cell.lens), []).append(cell)
    return tuple(
        _worst(parts.get((path, lens.name), ())) or _unread(path, lens.name, unplanned)
        for path in dict.fromkeys(file.path for file in diff.reviewable)
        for lens in lenses
        if applies(lens, path)
    )


def _cells(outcomes: Sequence[Outcome]) -> Iterator[Coverage]:
    for outcome in outcomes:
        for path, lens in product(outcome.task.paths, outcome.task.reader.lenses):
            match outcome:
                case Reviewed(model=model, is_reused=reused):
                    yield Coverage(path=path, lens=lens, outcome="reviewed", model=model, is_reused=reused)
                case Failed(model=model, reason=reason, is_outage=is_outage):
                    yield Coverage(
                        path=path,
                        lens=lens,
                        outcome="failed",
                        model=model,
                        reason=reason,
                        is_outage=is_outage,
                    )
                case Refused(model=model, reason=reason):
                    yield Coverage(path=path, lens=lens, outcome="refused", model=model, reason=reason)
                case Skipped(reason=reason):
                    yield Coverage(path=path, lens=lens, outcome="skipped", reason=reason)


def _worst(cells: Sequence[Coverage]) -> Coverage | None:
    def order(cell: Coverage) -> tuple[int, bool, bool]:
        return _WORST_FIRST.index(cell.outcome), cell.is_outage, cell.is_reused

    return min(cells, key=order, default=None)


def _unread(path: str, lens: str, why: str) -> Coverage:
    # Built without validation: a change may hold a hundred thousand files, of which nobody read any.
    return Coverage.made_of(path=path, lens=lens, outcome="skipped", reason=why or "no task held it")
