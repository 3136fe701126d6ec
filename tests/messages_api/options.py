"""Decides which options a model accepts: thinking, effort, forced tools, place and speed."""

from tests.messages_api.models import ALL_EFFORTS, ModelSpec
from tests.messages_api.wire import BadRequest, Json


def check_options(body: Json, spec: ModelSpec) -> None:
    _check_effort(body, spec)
    _check_thinking(body, spec)
    _check_tool_choice(body, spec)
    geo = body.get("inference_geo")
    if geo is not None and (geo not in ("us", "global") or not spec.geo):
        raise BadRequest(f"inference_geo: {geo!r} is not supported for {spec.id}")
    if body.get("service_tier", "auto") not in ("auto", "standard_only"):
        raise BadRequest("service_tier: Input should be 'auto' or 'standard_only'")
    if body.get("speed") == "fast" and spec.fast_factor is None:
        raise BadRequest(f"speed: fast mode is not supported for {spec.id}")


def _check_effort(body: Json, spec: ModelSpec) -> None:
    config = body.get("output_config") or {}
    for name in config:
        if name not in ("effort", "format"):
            raise BadRequest(f"output_config.{name}: Extra inputs are not permitted")
    effort = config.get("effort")
    if effort is None:
        return
    if effort not in ALL_EFFORTS:
        raise BadRequest(f"output_config.effort: Input should be one of {', '.join(ALL_EFFORTS)}")
    if not spec.manners.efforts:
        raise BadRequest("output_config.effort: This model does not support the effort parameter.")
    if effort not in spec.manners.efforts:
        raise BadRequest(f"output_config.effort: {effort!r} is not supported for {spec.id}")


def _check_thinking(body: Json, spec: ModelSpec) -> None:
    thinking = body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    if kind not in spec.manners.thinking:
        raise BadRequest(f"thinking.type: {kind!r} is not supported for {spec.id}")
    allowed = {"enabled": {"type", "budget_tokens", "display"}, "adaptive": {"type", "display"}}
    if set(thinking) - allowed.get(kind, {"type"}):
        raise BadRequest(f"thinking.{kind}: Extra inputs are not permitted")
    if kind == "enabled":
        _check_budget(thinking.get("budget_tokens"), body["max_tokens"])
    quiet = kind in ("disabled", "between_tools")
    if quiet and spec.manners.quiet_up_to_high and effort_of(body, spec) in ("xhigh", "max"):
        raise BadRequest(f"thinking.type: {kind!r} is only supported at effort 'high' or lower")


def _check_budget(budget: object, max_tokens: int) -> None:
    if not isinstance(budget, int) or budget < 1024:
        raise BadRequest("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if 0 < max_tokens <= budget:
        raise BadRequest("max_tokens must be greater than thinking.budget_tokens")


def _check_tool_choice(body: Json, spec: ModelSpec) -> None:
    kind = (body.get("tool_choice") or {}).get("type", "auto")
    if kind not in ("auto", "none", "any", "tool"):
        raise BadRequest("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
    if kind in ("auto", "none"):
        return
    if not spec.forced_tools:
        raise BadRequest(f"tool_choice.type: {kind!r} is not supported for {spec.id}")
    if thinking_mode(body, spec) in ("adaptive", "enabled"):
        raise BadRequest("Thinking may not be enabled when tool_choice forces tool use.")


def schema_of(body: Json) -> Json | None:
    """Return the schema that the answer is to follow."""
    found: Json | None = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    return found


def thinking_mode(body: Json, spec: ModelSpec) -> str:
    """Return how the model thinks in this request: adaptive, enabled, between_tools or off."""
    asked = (body.get("thinking") or {}).get("type")
    if asked is None:
        return "adaptive" if spec.manners.thinks else "off"
    return "off" if asked == "disabled" else str(asked)


def effort_of(body: Json, spec: ModelSpec) -> str | None:
    """Return the effort in force; saying the default is the same as saying nothing."""
    asked: str | None = (body.get("output_config") or {}).get("effort")
    return asked or spec.default_effort
