"""What only asking tells: whether the key is accepted, and each model known there. It is free."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.core.errors import ConfigError, EnvironmentFault, Failure, ModelError, NoAnswer
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role

if TYPE_CHECKING:
    from chargehand.llm.provider.claude import Claude

_TIMEOUT_S = 30.0


class _Nothing(BaseModel):
    """The shape of an answer that nobody gives: tokens are counted, and no model is asked."""


def online(place: Place) -> Iterator[Trouble]:
    """Yield what the provider says of a count of tokens for each model."""
    from chargehand.llm.provider.claude import Claude  # noqa: PLC0415 - start-up time

    try:
        cloud = place.settings.cloud(place.environ)
    except ConfigError:  # told by the check of the credentials
        return
    fleet = place.settings.chosen_fleet()
    with Claude(_TIMEOUT_S, cloud, environ=place.environ) as claude:
        for model in dict.fromkeys((fleet.worker, fleet.orchestrator, fleet.escalation)):
            if error := _answer(claude, model):
                yield Trouble(said=str(error), mend=Run(line=_line(error, model, cloud.keys[0])))
                return


def _answer(claude: "Claude", model: str) -> ModelError | EnvironmentFault | None:
    """Return why a model could not be asked; None if it could, as far as the cloud tells it for nothing."""
    try:
        claude.check_credentials()
        if claude.cloud.counts_tokens:
            claude.count_tokens(_prompt(model))
    except (ModelError, EnvironmentFault) as error:
        return None if _is_no_count(error) else error
    return None


def _prompt(model: str) -> Prompt:
    return Prompt(
        role=Role.WORKER,
        task="doctor",
        model=model,
        instructions="Say nothing.",
        question="Nothing.",
        answer=_Nothing,
        max_tokens=16,
    )


def _is_no_count(error: Exception) -> bool:
    """Tell whether a server only says that it does not count; some local ones do not."""
    return isinstance(error, NoAnswer) and error.failure is Failure.REJECTED


def _line(error: Exception, model: str, key: str) -> str:
    if isinstance(error, NoAnswer):
        return "chargehand doctor --online"  # the provider is down, or busy: ask again
    return "export CHARGEHAND_FLEET=5" if model in str(error) else f"export {key}=…"
