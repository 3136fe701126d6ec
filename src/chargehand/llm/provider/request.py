"""How a prompt looks as a request to the Messages API: the one place that knows its fields."""

from typing import Any

from chargehand.core.models import Capabilities, capabilities
from chargehand.core.prompt import Prompt
from chargehand.core.schema import schema_of, schema_text

_ASK_FOR_JSON = "\n\nAnswer with one JSON object and nothing around it. Its JSON schema:\n"


def request_of(prompt: Prompt) -> dict[str, Any]:  # Any: keyword arguments of the SDK's `create`
    """Return the arguments of `messages.create` for `prompt`, with only what its model accepts.

    Instructions travel as system text; the material, which the change's author wrote, as part of the
    user's message, where a model expects data. The breakpoint of the cache stands after the material.
    """
    able = capabilities(prompt.model)
    request: dict[str, Any] = {  # Any: as above
        "model": prompt.model,
        "max_tokens": min(prompt.max_tokens, able.max_output_tokens),
        "system": _instructions(prompt, able),
        "messages": [{"role": "user", "content": _content(prompt, able)}],
        "output_config": _output_config(prompt, able),
    }
    if able.thinking is not None:
        request["thinking"] = {"type": able.thinking}
    return request


def _instructions(prompt: Prompt, able: Capabilities) -> str:
    asked = "" if able.obeys_schema else _ASK_FOR_JSON + schema_text(prompt.answer)
    return _sendable(prompt.instructions + asked)


def _content(prompt: Prompt, able: Capabilities) -> list[dict[str, Any]]:  # Any: a block of a message
    question = {"type": "text", "text": _sendable(prompt.question)}
    if not prompt.material:
        return [question]
    material: dict[str, Any] = {"type": "text", "text": _sendable(prompt.material)}  # Any: as above
    if prompt.cache_prefix and able.min_cache_tokens is not None:
        material["cache_control"] = {"type": "ephemeral"}
    return [material, question]


def _output_config(prompt: Prompt, able: Capabilities) -> dict[str, Any]:  # Any: as above
    answer_format = {"type": "json_schema", "schema": schema_of(prompt.answer)}
    effort = able.effort(prompt.role, prompt.effort)
    return {"format": answer_format} if effort is None else {"effort": effort, "format": answer_format}


def _sendable(text: str) -> str:
    """Return `text` with what UTF-8 cannot carry (undecodable bytes, lone surrogates) as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
