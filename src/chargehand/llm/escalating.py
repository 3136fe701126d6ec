"""When a stronger model gets a worker's question: once, after the worker's own attempts are spent."""

from chargehand.errors import NoAnswer
from chargehand.llm.model import Model, Prompt, Reply
from chargehand.llm.models import capabilities
from chargehand.spend import Role


class Escalating:
    """A model that asks `to_model` what the worker did not answer, through the same `model` below."""

    def __init__(self, model: Model, to_model: str) -> None:
        self._model = model
        self._to_model = to_model

    def ask(self, prompt: Prompt) -> Reply:
        """Return the worker's reply or the stronger model's; raise what the stronger model raised."""
        try:
            return self._model.ask(prompt)
        except NoAnswer as error:
            if prompt.role is not Role.WORKER or prompt.model == self._to_model:
                raise
            first = error
        try:
            return self._model.ask(_escalated(prompt, self._to_model))
        except NoAnswer as second:
            raise second from first


def _escalated(prompt: Prompt, to_model: str) -> Prompt:
    """Return `prompt` for `to_model`: it thinks within `max_tokens`, and it is alone, so no cached prefix."""
    starts_to_think = capabilities(to_model).always_thinks and not capabilities(prompt.model).always_thinks
    return prompt.model_copy(
        update={
            "model": to_model,
            "role": Role.ESCALATION,
            "max_tokens": prompt.max_tokens * (2 if starts_to_think else 1),
            "cache_prefix": False,
        }
    )
