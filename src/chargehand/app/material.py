"""Reads a change once for all who look at it: free checks see every byte, everyone else masked text."""

from typing import NamedTuple

from chargehand.app.run import Run
from chargehand.app.sealing import marker_key
from chargehand.change.diff.long_hunks import split_hunks
from chargehand.change.diff.reindented import paired
from chargehand.change.diff.unsent import without_unsent
from chargehand.change.read import read_diff
from chargehand.checks.check import Searched
from chargehand.checks.paths import is_test
from chargehand.checks.secrets import search
from chargehand.checks.secrets.texts import mask_with
from chargehand.core.change import Change
from chargehand.core.context import NO_CONTEXT, Context
from chargehand.core.diff import Diff
from chargehand.core.masking import Mask
from chargehand.core.time_limit import IsOver, TimeIsUp, never, steps_until
from chargehand.pipeline.planning import Planning


class Material(NamedTuple):
    """What there is to look at.

    `whole` is every line of the change as it is, and `wider` what encloses it too, for the free checks alone.
    `masked` has no secret in it, and neither has the rest: models, files, reports and the terminal get
    nothing that was not made of it. `enclosed` is the masked text with what encloses it, and with the context
    that models are shown beside it. Files that the search for secrets did not reach in time have no text.
    `doubts` are sentences about files that git counts otherwise. No model gets text of what `never_send`
    names.
    """

    whole: Diff
    wider: Diff
    searched: Searched
    change: Change
    masked: Diff
    enclosed: Diff
    doubts: tuple[str, ...]
    never_send: tuple[str, ...]

    def for_models(self, planning: Planning) -> Diff:
        """Return what models are shown, in hunks that each fit into one request and one task."""
        sendable = without_unsent(self.enclosed, self.never_send)
        return split_hunks(paired(sendable), planning.measure, planning.chunk_tokens, planning.focus_lines)


def read_material(run: Run, *, is_for_models: bool = True, is_over: IsOver = never) -> Material:
    """Read the change and search it for secrets, once, as far as there is time; raises DiffError."""
    rules = run.settings.reading_rules()
    reading = read_diff(
        run.change, run.checkout, rules, is_for_models=is_for_models, is_test=is_test, is_over=is_over
    )
    searched = search(reading.enclosed, is_over, marker_key(run))
    context, mask = NO_CONTEXT, searched.mask
    said: tuple[str, ...] = ()
    if is_for_models:
        # Start-up time: only models are shown what stands beside a change.
        from chargehand.app.beside import read_beside  # noqa: PLC0415 - as above

        context, mask, said = read_beside(run, reading.enclosed, searched.mask, is_over)
    step = steps_until(is_over, TimeIsUp())
    wider, reach = mask.diff_in_time(_as_far_as(searched.reach, reading.enclosed), step)
    reach = min(reach, searched.reach)
    masked = wider
    if reading.enclosed is not reading.whole:
        masked, of_whole = mask.diff_in_time(_as_far_as(reach, reading.whole), step)
        reach = min(reach, of_whole)
    whole = _as_far_as(reach, reading.whole)
    return Material(
        whole=whole,
        wider=whole if reading.enclosed is reading.whole else _as_far_as(reach, reading.enclosed),
        searched=searched._replace(mask=mask, reach=reach),
        change=_masked(run.change, mask),
        masked=masked,
        enclosed=_beside(_as_far_as(reach, wider), context, said),
        doubts=tuple(map(mask.text, reading.doubts)),
        never_send=rules.never_send,
    )


def _beside(diff: Diff, context: Context, said: tuple[str, ...]) -> Diff:
    return diff.evolve(context=context, notices=(*diff.notices, *said))


def _as_far_as(reach: int, diff: Diff) -> Diff:
    """Return the diff without the text of files that come after the first so many: it may hold secrets."""
    if reach == len(diff.files):
        return diff
    beyond = (file.evolve(hunks=()) for file in diff.files[reach:])
    return diff.evolve(files=(*diff.files[:reach], *beyond))


def _masked(change: Change, mask: Mask) -> Change:
    """Return the change with what is said of it masked, and without its bytes, which nobody reads now."""
    said = (change.branch, *change.rules.announced, *change.notices)
    text = mask_with(said, mask, "branch").prose
    rules = change.rules.evolve(announced=tuple(map(text, change.rules.announced)))
    notices = tuple(map(text, change.notices))
    return change.evolve(diff=b"", branch=text(change.branch), notices=notices, rules=rules)
