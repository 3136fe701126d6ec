"""Tries workers on planted defects, as often as is set, and says what came of it."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random

from chargehand.app.run import Run
from chargehand.change import Repository, read_file_at
from chargehand.change.diff.scopes import tree_of
from chargehand.core.money import usd
from chargehand.core.probe import Probe
from chargehand.llm.chain import Chain
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.probes import Probing, probe

_NO_GRAMMARS = (
    "probe_rate is set, and no defect was planted: the grammars are not installed. To have them: pip install "
    "'chargehand[context]'"
)


def probed(run: Run, brief: Brief, asked: Asked, chain: Chain) -> Asked:
    """Return what the models gave, with what became of planted defects; of that, a sentence and no more."""
    if not tree_of("a.py", b"")[1]:
        return asked.evolve(notices=(*asked.notices, _NO_GRAMMARS))
    probing = Probing(run.settings.probe_rate, _text_of(run), Random())  # noqa: S311 - it keeps no secret
    probes = probe(brief, asked.outcomes, chain, probing)
    if not probes:
        return asked
    notices = (*asked.notices, _said(probes))
    return asked.evolve(probes=probes, calls=chain.ledger.calls, notices=notices)


def _text_of(run: Run) -> Callable[[str], str | None]:
    checkout, head = run.checkout, run.change.head
    if not isinstance(checkout, Repository) or head is None:
        return lambda _path: None
    return lambda path: read_file_at(checkout, head, path)


def _said(probes: tuple[Probe, ...]) -> str:
    answered = [each for each in probes if each.noticed is not None]
    noticed = sum(bool(each.noticed) for each in answered)
    lenses = Counter(each.lens for each in answered)
    seen = Counter(each.lens for each in answered if each.noticed)
    by_lens = ", ".join(f"{lens} {seen[lens]} of {number}" for lens, number in sorted(lenses.items()))
    costs = [each.cost_usd for each in probes]
    price = "an unknown price" if None in costs else usd(sum(filter(None, costs), Decimal(0)))
    unanswered = f"; {len(probes) - len(answered)} without an answer" if len(answered) < len(probes) else ""
    return (
        f"Vigilance: workers noticed {noticed} of {len(answered)} planted defects"
        f"{f' ({by_lens})' if by_lens else ''}{unanswered}, for {price}. None is in this change."
    )
