"""What a stronger model is asked of what a worker did not answer."""

from chargehand.core.models import capabilities
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role


def escalated(prompt: Prompt, to_model: str) -> Prompt:
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
