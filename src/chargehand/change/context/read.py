"""What may be shown beside a change, from the repository at the reviewed commit; nothing is masked yet."""

import time
from collections.abc import Iterable

from chargehand.change.context.gather import Wish, by_use
from chargehand.change.context.guidance import guidance_for
from chargehand.change.context.nearest import IsTest
from chargehand.change.context.rules import ContextRules
from chargehand.change.context.said import Said, said_of
from chargehand.change.context.search import Searcher
from chargehand.change.diff.unsent import is_unsent
from chargehand.change.git.files import INDEX
from chargehand.change.git.repository import Checkout, Repository
from chargehand.core.change import Change
from chargehand.core.context import Context, Link, Passage
from chargehand.core.diff import Diff
from chargehand.core.patterns import matcher

_LONGEST_S = 20.0
# Of the time for a whole review, a tenth.
_OF_DEADLINE = 10

_NO_CHECKOUT = (
    "Nothing was looked up in the code: no repository here has the files as they are after the change."
)
_CUT = (
    "Not everything was looked up in the code: the change uses too many names, or the repository is too "
    "large for the time."
)


def read_context(
    change: Change, checkout: Checkout, diff: Diff, rules: ContextRules, is_test: IsTest
) -> Context:
    """Return what may be shown beside `diff`; what is not at hand is said, and no reason to fail."""
    paths = tuple(dict.fromkeys(file.path for file in diff.reviewable))
    if not paths:
        return Context()
    said = (*said_of(change, checkout), *guidance_for(paths, rules.guidance, checkout, change.rules))
    wishes = [*_wishes(said, frozenset(paths))]
    end = INDEX if change.source in ("staged", "files") else change.head
    unlooked = _NO_CHECKOUT
    if isinstance(checkout, Repository) and end is not None:
        left_s = rules.deadline_s / _OF_DEADLINE if rules.deadline_s else _LONGEST_S
        searcher = Searcher(checkout, end, time.monotonic() + min(_LONGEST_S, left_s))
        found = by_use(diff, searcher, is_test)
        wishes += found.wishes
        unlooked = _CUT if found.is_cut else ""
    is_kept = matcher(tuple(rules.never_send))
    kept = {file.path for file in diff.files if is_unsent(file, rules.never_send)}  # moved here, perhaps
    wishes = [each for each in wishes if not (each.passage.path in kept or is_kept(each.passage.path))]
    return _context(wishes, rules.max_tokens, unlooked)


def _wishes(said: Iterable[Said], paths: frozenset[str]) -> Iterable[Wish]:
    for rank, (passage, about) in enumerate(said):
        for path in about or ("",):
            if not path or path in paths:
                yield Wish(path, 0, passage, rank)


def _context(wishes: Iterable[Wish], max_tokens: int, unlooked: str) -> Context:
    """Return the wishes with each passage once."""
    passages: dict[Passage, int] = {}
    links: dict[str, dict[Link, None]] = {}
    for path, line, passage, rank in wishes:
        index = passages.setdefault(passage, len(passages))
        links.setdefault(path, {})[Link(line, index, rank)] = None
    return Context(
        passages=tuple(passages),
        links={path: tuple(own) for path, own in links.items()},
        max_tokens=max_tokens,
        unlooked=unlooked,
    )
