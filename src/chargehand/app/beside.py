"""What models are shown beside a change: read, searched for secrets like the change itself, and masked."""

from functools import partial

from chargehand.app.run import Run
from chargehand.change.context.read import read_context
from chargehand.change.context.sizes import sized
from chargehand.checks.paths import is_test
from chargehand.checks.secrets import search
from chargehand.core.context import Context, Passage
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.masking import Mask
from chargehand.core.time_limit import IsOver
from chargehand.core.tokens import estimate_for_any, largest_beside
from chargehand.pipeline.crew import Crew

_OFF = "Nothing was looked up: the configuration switches it off."
_NO_TIME = "Nothing was looked up: there was no time."


def read_beside(run: Run, diff: Diff, mask: Mask, is_over: IsOver) -> tuple[Context, Mask]:
    """Return what may be shown beside `diff`, and the mask of the secrets in both.

    What the search for secrets did not reach in time is not shown.
    """
    rules = run.settings.context_rules()
    if rules is None or is_over():
        return Context(unlooked=_NO_TIME if rules else _OFF), mask
    context = read_context(run.change, run.checkout, diff, rules, is_test)
    shown = Diff(files=tuple(map(_as_file, context.passages)))
    searched = search(shown, is_over)
    whole = mask.joined(searched.mask)
    read = zip(context.passages[: searched.reach], whole.diff(shown).files, strict=False)
    models = _workers(run)
    most = largest_beside(models, rules.max_tokens)
    passages = sized(
        (_masked(each, file) for each, file in read), most, partial(estimate_for_any, models=models)
    )
    links = {
        whole.name(path): tuple(link for link in own if link.passage < searched.reach)
        for path, own in context.links.items()
    }
    unlooked = context.unlooked if searched.reach == len(shown.files) else _NO_TIME
    return Context(passages=tuple(passages), links=links, max_tokens=most, unlooked=unlooked), whole


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


def _masked(passage: Passage, file: FileDiff) -> Passage:
    (hunk,) = file.hunks
    text = "\n".join(line.text for line in hunk.lines())
    return passage._replace(path=file.path, text=text, within=hunk.section)
