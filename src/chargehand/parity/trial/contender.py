"""Which fleets are compared: from the words of the command line to the settings of their reviews."""

from chargehand.config import Settings
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS
from chargehand.core.value import Value

TIERED, ORCHESTRATOR = "tiered", "orchestrator"
_ROLES = ("orchestrator", "worker", "escalation")


class Contender(Value):
    """One fleet of a comparison: how the user calls it, and the settings under which it reviews."""

    name: str
    settings: Settings

    @property
    def models(self) -> dict[str, str]:
        """Return its model by role, and by lens where a lens has its own."""
        fleet = self.settings.chosen_fleet()
        own = {f"lenses.{each.name}": each.model for each in self.settings.active_lenses() if each.model}
        return {role: getattr(fleet, role) for role in _ROLES} | own


def contender(words: str, settings: Settings) -> Contender:
    """Return the fleet that `words` mean, such as `tiered`, `orchestrator`, `4` or `worker=MODEL`.

    `tiered` is what is configured, `orchestrator` has its strongest model do everything, and a number is a
    fleet that is built in. After it, or in its place, come models for roles, divided by commas. Raises
    InputError.
    """
    first, *rest = words.split(",")
    changes = [*rest] if "=" not in first else [first, *rest]
    chosen = _base(TIERED if "=" in first else first, words, settings)
    models: dict[str, str] = {}
    for change in changes:
        role, _, model = change.partition("=")
        if role not in _ROLES or not model:
            raise InputError(_unknown(words))
        models[role] = model
    try:
        chosen = chosen.evolve(models=chosen.models.evolve(**models))
    except ValueError as error:
        raise InputError(_unknown(words)) from error
    return Contender(name=words, settings=chosen)


def _base(name: str, words: str, settings: Settings) -> Settings:
    if name == TIERED:
        return settings
    plain = settings.evolve(lenses={each: lens.evolve(model=None) for each, lens in settings.lenses.items()})
    if name == ORCHESTRATOR:
        strongest = settings.chosen_fleet().orchestrator
        return plain.evolve(models=settings.models.evolve(**dict.fromkeys(_ROLES, strongest)))
    if name in FLEETS:
        return plain.evolve(fleet=name, models=settings.models.evolve(**dict.fromkeys(_ROLES)))
    raise InputError(_unknown(words))


def _unknown(words: str) -> str:
    return (
        f"Nothing was compared: {words!r} is no fleet. Say {TIERED}, {ORCHESTRATOR}, {' or '.join(FLEETS)}, "
        "and models by role behind it: tiered,worker=claude-sonnet-5-5."
    )
