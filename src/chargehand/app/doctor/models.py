"""The models: whether each is known, and has a price where a cap has to be kept."""

from collections.abc import Iterator
from difflib import get_close_matches

from chargehand.app.doctor.configuration import texts_here
from chargehand.app.doctor.place import Place
from chargehand.app.doctor.toml_lines import mend
from chargehand.app.doctor.trouble import Run, Trouble, Write
from chargehand.config import VARIABLES, Settings
from chargehand.config.file import OWN
from chargehand.config.variables import Key
from chargehand.core.clouds import ANTHROPIC, Cloud
from chargehand.core.errors import ConfigError
from chargehand.core.fleets import FLEETS
from chargehand.core.models import KNOWN_MODELS, capabilities, plain_id
from chargehand.cost.prices import Prices


def models(place: Place) -> Iterator[Trouble]:
    """Yield what is in doubt about each model that the settings name."""
    settings, environ = place.settings, place.environ
    try:
        cloud = settings.cloud(environ)
    except ConfigError:  # told by the check of the credentials
        return
    prices = Prices(settings.prices, cloud, cloud.factor(environ))
    is_own = cloud is ANTHROPIC and not environ.get(ANTHROPIC.address_variable)
    for key, model in _named(settings).items():
        if prices.rates(model) is not None:
            continue
        if is_own and not capabilities(model).obeys_schema:
            yield _unknown(place, key, model)
        else:
            yield _unpriced(place, model, cloud)


def _named(settings: Settings) -> dict[Key, str]:
    """Return each model once, by the key that sets it."""
    fleet = settings.chosen_fleet()
    roles: dict[Key, str] = {
        ("models", role): getattr(fleet, role) for role in ("orchestrator", "worker", "escalation")
    }
    own: dict[Key, str] = {
        ("lenses", name, "model"): lens.model for name, lens in settings.lenses.items() if lens.model
    }
    found: dict[str, Key] = {}
    for key, model in {**roles, **own}.items():
        found.setdefault(model, key)
    return {key: model for model, key in found.items()}


def _unknown(place: Place, key: Key, model: str) -> Trouble:
    near = get_close_matches(plain_id(model), KNOWN_MODELS, n=1)
    meant = near[0] if near else FLEETS["5"].worker
    said = f"No model {model} of the Messages API is known here, nor its price; did you mean {meant}?"
    variable = next((name for name, sets in VARIABLES.items() if sets == key and place.environ.get(name)), "")
    if variable:
        return Trouble(said=said, mend=Run(line=f"export {variable}={meant}"))
    for name, text in texts_here(place).items():
        above = ("tool", "chargehand") if name != OWN else ()
        if found := mend(name, text, (*above, *key), said, lambda other: f'"{meant}"' in other):
            return Trouble(said=said, mend=found)
    return Trouble(said=said, mend=Run(line=f"export CHARGEHAND_{'_'.join(key).upper()}={meant}"))


def _unpriced(place: Place, model: str, cloud: Cloud) -> Trouble:
    settings = place.settings
    caps = [name for name in ("max_spend", "pr_budget") if getattr(settings, name) is not None]
    then = f"so under {caps[0]} it is not asked" if caps else "so the bill leaves its calls out"
    said = (
        f"No price of {model} at {cloud.title} is known, {then}. The line has those of a dear model: put in "
        "yours."
    )
    name = next(iter(texts_here(place)), OWN)
    rates = Prices().rates(FLEETS["5"].orchestrator)
    into, out = (rates.input, rates.output) if rates else (5, 25)
    line = f'prices."{model}" = {{ input = {into:f}, output = {out:f} }}'
    where = _top_of(place, name)
    return Trouble(
        said=said, mend=Write(path=name, first=where, last=where - 1, line=line), is_failing=bool(caps)
    )


def _top_of(place: Place, name: str) -> int:
    """Return the line below the header of our table, the first one of a file that is ours alone."""
    lines = texts_here(place).get(name, "").split("\n")
    header = [number for number, line in enumerate(lines, 1) if line.strip() == "[tool.chargehand]"]
    return header[0] + 1 if header else 1
