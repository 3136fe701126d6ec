"""What models are shown beside a change: read, searched for secrets like the change itself, and masked."""

from functools import partial
from typing import NamedTuple

from chargehand.app.run import Run
from chargehand.app.sealing import marker_key
from chargehand.change.context.read import read_context
from chargehand.change.context.shown import text_of
from chargehand.change.context.sizes import sized
from chargehand.checks.paths import is_test
from chargehand.checks.secrets import search
from chargehand.core.context import Context, Kind, Passage
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.masking import Mask
from chargehand.core.time_limit import IsOver
from chargehand.core.tokens import estimate_for_any, largest_beside
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.suspicion import speaks

_OFF = "Nothing was looked up: the configuration switches it off."
_NO_TIME = "Nothing was looked up: there was no time."
_NOT_SEARCHED = "Not everything that was looked up was shown: there was no time to search it for secrets."
_SILENCED = (
    "The description of the request, or a commit message, tells a reviewer what to do. No model was shown it."
)
_SAID = (Kind.REQUEST, Kind.COMMIT)


class Read(NamedTuple):
    """What may be shown beside a change, the mask of the secrets in both, and what is to be said of it."""

    context: Context
    mask: Mask
    notices: tuple[str, ...] = ()


def read_beside(run: Run, diff: Diff, mask: Mask, is_over: IsOver) -> Read:
    """Return what may be shown beside `diff`.

    What the search for secrets did not reach in time is not shown, nor is what the author says of the change
    if it tells a reviewer what to do.
    """
    rules = run.settings.context_rules()
    if rules is None or is_over():
        return Read(Context(unlooked=_NO_TIME if rules else _OFF), mask)
    context = read_context(run.change, run.checkout, diff, rules, is_test)
    shown = Diff(files=tuple(map(_as_file, context.passages)))
    searched = search(shown, is_over, marker_key(run))
    whole = mask.joined(searched.mask)
    read = zip(context.passages[: searched.reach], whole.diff(shown).files, strict=False)
    masked = tuple(_masked(each, file, whole) for each, file in read)
    silenced = [index for index, each in enumerate(masked) if each.kind in _SAID and speaks(text_of([each]))]
    links = {
        whole.name(path): tuple(
            link for link in own if link.passage < searched.reach and link.passage not in silenced
        )
        for path, own in context.links.items()
    }
    models = _workers(run)
    most = largest_beside(models, rules.max_tokens)
    context = Context(
        passages=tuple(sized(masked, most, partial(estimate_for_any, models=models))),
        links=links,
        max_tokens=most,
        unlooked=context.unlooked if searched.reach == len(shown.files) else _NOT_SEARCHED,
    )
    return Read(context, whole, (_SILENCED,) if silenced else ())


def _workers(run: Run) -> tuple[str, ...]:
    settings = run.settings
    return Crew(fleet=settings.chosen_fleet(), lenses=settings.active_lenses(), threads=1).workers


def _as_file(passage: Passage) -> FileDiff:
    """Return a passage as unchanged lines of a file, as which it is searched and masked."""
    lines = passage.text.split("\n")
    hunk = Hunk(
        old_start=passage.line,
        old_count=len(lines),
        new_start=passage.line,
        new_count=len(lines),
        section=passage.within,
        body="\n".join(f" {line}" for line in lines),
    )
    return FileDiff(path=passage.path, status="modified", hunks=(hunk,))


def _masked(passage: Passage, file: FileDiff, mask: Mask) -> Passage:
    (hunk,) = file.hunks
    text = "\n".join(line.text for line in hunk.lines())
    if passage.kind in _SAID:
        text = mask.prose(text)
    return passage._replace(path=file.path, text=text, within=hunk.section)
