"""Puts what fleets said before readers: people, on a page, and a judge model, within a cap."""

from decimal import Decimal
from pathlib import Path

from chargehand.change import find_repository
from chargehand.core.errors import InputError
from chargehand.parity.configured import configured
from chargehand.parity.readers.change import masked
from chargehand.parity.readers.item import Item, items
from chargehand.parity.readers.judging import Asked, judge
from chargehand.parity.readers.page import page
from chargehand.parity.score.spoken import read_spoken
from chargehand.parity.trial.folder import Folder
from chargehand.parity.trial.running import Place


def people_page(folder: Folder, outputs: int, config: Path | None, place: Place) -> tuple[int, str]:
    """Return how many findings there are to rate, and the page."""
    checkout = find_repository(place.cwd, place.environ)
    settings = configured(checkout, config, place.environ, {})
    shown = _items(folder, outputs)
    named = {item.case for item in shown}
    changes = {case.id: masked(case, settings, checkout) for case in folder.cases() if case.id in named}
    return len(shown), page(shown, changes)


def ask_judge(
    folder: Folder, model: str | None, cap_usd: Decimal, outputs: int, config: Path | None, place: Place
) -> str:
    """Have a model rate the findings; return why it stopped, nothing if it did not."""
    checkout = find_repository(place.cwd, place.environ)
    settings = configured(checkout, config, place.environ, {})
    name = model or folder.trial().fleets[0].models["orchestrator"]
    return judge(folder, folder.cases(), Asked(name, _items(folder, outputs), cap_usd), settings, place)


def _items(folder: Folder, outputs: int) -> tuple[Item, ...]:
    cases = folder.cases()
    spoken, _ = read_spoken(folder, cases)
    found = items(folder.trial(), cases, spoken, outputs)
    if not found:
        raise InputError(
            f"Nothing can be rated: no change in {folder.path} was reviewed by every fleet and got a "
            "finding. Go on with `chargehand parity run`."
        )
    return found
