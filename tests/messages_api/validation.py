"""Decides which requests are refused, and with which error."""

from collections.abc import Mapping

from tests.messages_api import schemas
from tests.messages_api.models import ModelSpec, find
from tests.messages_api.options import check_options, schema_of
from tests.messages_api.prompt import as_blocks, blocks_of
from tests.messages_api.tokens import prefix_tokens
from tests.messages_api.wire import ApiError, BadRequest, Json

MAX_BREAKPOINTS = 4
_SAMPLING = ("temperature", "top_p", "top_k")
_COUNTED = frozenset(
    {
        "model",
        "messages",
        "system",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "cache_control",
        "speed",
    }
)
_CREATED = _COUNTED | {
    *("max_tokens", "stream", "stop_sequences", "metadata", "service_tier"),
    *("inference_geo", "container", "diagnostics"),
}
_BLOCKS: Mapping[str, frozenset[str]] = {
    "user": frozenset({"text", "image", "document", "tool_result", "search_result"}),
    "assistant": frozenset({"text", "thinking", "redacted_thinking", "tool_use"}),
    "system": frozenset({"text"}),
}


def check_create(body: Json, *, batched: bool = False) -> ModelSpec:
    """Return the model of a request for a message, or raise the error that it earns."""
    _check_fields(body, _CREATED)
    spec = _model(body)
    _check_max_tokens(body, spec)
    _check_prompt(body, spec)
    check_options(body, spec)
    if batched:
        _check_batched(body)
    if body["max_tokens"] == 0:
        _check_prewarming(body)
    return spec


def check_count(body: Json) -> ModelSpec:
    """Return the model of a request for a token count, or raise the error that it earns."""
    _check_fields(body, _COUNTED)
    spec = _model(body)
    _check_prompt(body, spec)
    check_options({"max_tokens": spec.max_output, **body}, spec)
    return spec


def _check_fields(body: Json, allowed: frozenset[str]) -> None:
    for name in _SAMPLING:
        if name in body:
            raise BadRequest(f"{name}: sampling parameters are not supported by this API version")
    for name in body:
        if name not in allowed:
            raise BadRequest(f"{name}: Extra inputs are not permitted")
    for name in ("model", "messages"):
        if name not in body:
            raise BadRequest(f"{name}: Field required")
    for name in ("output_config", "thinking", "tool_choice", "cache_control"):
        if not isinstance(body.get(name) or {}, dict):
            raise BadRequest(f"{name}: Input should be an object")
    tools = body.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise BadRequest("tools: Input should be a list of objects")


def _model(body: Json) -> ModelSpec:
    spec = find(body["model"])
    if spec is None:
        raise ApiError(404, f"model: {body['model']}")
    return spec


def _check_max_tokens(body: Json, spec: ModelSpec) -> None:
    asked = body.get("max_tokens")
    if asked is None:
        raise BadRequest("max_tokens: Field required")
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 0:
        raise BadRequest("max_tokens: Input should be a valid integer, 0 or more")
    if asked > spec.max_output:
        raise BadRequest(
            f"max_tokens: {asked} > {spec.max_output}, the maximum number of output tokens for {spec.id}"
        )


def _check_prompt(body: Json, spec: ModelSpec) -> None:
    _check_system(body.get("system"))
    _check_turns(body["messages"])
    _check_breakpoints(body)
    _check_schemas(body)
    if body["messages"][-1]["role"] == "assistant" and (not spec.prefill or schema_of(body)):
        raise BadRequest(
            "This request does not support prefill: the conversation must end with a user message"
        )
    total = prefix_tokens(spec, blocks_of(body), schema_of(body))[-1]
    if total > spec.context:
        raise BadRequest(f"prompt is too long: {total} tokens > {spec.context} maximum")


def _check_system(system: object) -> None:
    if system is not None and not isinstance(system, (str, list)):
        raise BadRequest("system: Input should be a string or a list of text blocks")
    for block in as_blocks(system):
        _check_block(block, "system", "system")


def _check_turns(messages: object) -> None:
    if not isinstance(messages, list) or not messages:
        raise BadRequest("messages: at least one message is required")
    for index, message in enumerate(messages):
        where = f"messages.{index}"
        role = str(message.get("role")) if isinstance(message, dict) else ""
        if role not in _BLOCKS:
            raise BadRequest(f"{where}.role: Input should be 'user' or 'assistant'")
        blocks = as_blocks(message.get("content"))
        if not blocks:
            raise BadRequest(f"{where}: all messages must have non-empty content")
        for block in blocks:
            _check_block(block, role, where)
    if messages[0]["role"] != "user":
        raise BadRequest('messages: first message must use the "user" role')


def _check_block(block: object, role: str, where: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(block, dict) or kind not in _BLOCKS[role]:
        raise BadRequest(f"{where}.content: a block of type {kind!r} is not permitted for the role {role!r}")
    if not isinstance(block.get("cache_control") or {}, dict):
        raise BadRequest(f"{where}.cache_control: Input should be an object")
    if kind != "text":
        return
    text = block.get("text")
    if not isinstance(text, str) or not text:
        raise BadRequest(f"{where}: text content blocks must be non-empty")
    if not text.strip():
        raise BadRequest(f"{where}: text content blocks must contain non-whitespace text")
    if set(block) - {"type", "text", "cache_control"}:
        raise BadRequest(f"{where}.text: Extra inputs are not permitted")


def _check_breakpoints(body: Json) -> None:
    carriers = [
        *(body.get("tools") or ()),
        *as_blocks(body.get("system")),
        *(block for message in body["messages"] for block in as_blocks(message["content"])),
        body,
    ]
    controls = [each["cache_control"] for each in carriers if each.get("cache_control")]
    for control in controls:
        if control.get("type") != "ephemeral" or control.get("ttl", "5m") not in ("5m", "1h"):
            raise BadRequest("cache_control: type must be 'ephemeral' and ttl '5m' or '1h'")
    if len(controls) > MAX_BREAKPOINTS:
        raise BadRequest(
            f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided, not {len(controls)}."
        )
    lifetimes = [control.get("ttl", "5m") for control in controls]
    if lifetimes != sorted(lifetimes):
        raise BadRequest("cache_control: a ttl='1h' block must not come after a ttl='5m' block")


def _check_schemas(body: Json) -> None:
    wanted = (body.get("output_config") or {}).get("format")
    if wanted is not None and not _is_json_schema(wanted):
        raise BadRequest("output_config.format: type must be 'json_schema' with a schema")
    strict = [tool.get("input_schema") for tool in body.get("tools") or () if tool.get("strict")]
    if len(strict) > schemas.MAX_STRICT_TOOLS:
        raise BadRequest(f"tools: at most {schemas.MAX_STRICT_TOOLS} strict tools are supported")
    schemas.refuse_unsupported([*strict, *([wanted["schema"]] if wanted else [])])


def _is_json_schema(wanted: object) -> bool:
    return (
        isinstance(wanted, dict)
        and wanted.get("type") == "json_schema"
        and isinstance(wanted.get("schema"), dict)
    )


def _check_batched(body: Json) -> None:
    if body.get("stream") or body.get("speed") or body["max_tokens"] == 0:
        raise BadRequest("stream, speed and max_tokens of 0 are not supported in a batch")


def _check_prewarming(body: Json) -> None:
    """A request for no output only fills the cache, and the cache key knows no grammar then."""
    forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    enabled = (body.get("thinking") or {}).get("type") == "enabled"
    if body.get("stream") or schema_of(body) or forced or enabled:
        raise BadRequest(
            "max_tokens of 0 does not go with stream, output_config.format, thinking or forced tools"
        )
