"""Decides what the Models API tells about each model."""

from tests.messages_api.models import ALIASES, ALL_EFFORTS, MODELS, ModelSpec
from tests.messages_api.wire import ApiError, Json

_THINKING = ("adaptive", "between_tools", "disabled", "enabled")


def model_info(model_id: str) -> Json:
    """Return one model, retired ones too; raise the 404 for an unknown one."""
    spec = MODELS.get(ALIASES.get(model_id, model_id))
    if spec is None:
        raise ApiError(404, f"model: {model_id}")
    return _info(spec)


def model_list() -> Json:
    """Return all models that take requests, on one page."""
    data = [_info(spec) for spec in MODELS.values() if spec.lifecycle != "retired"]
    return {"data": data, "has_more": False, "first_id": data[0]["id"], "last_id": data[-1]["id"]}


def _info(spec: ModelSpec) -> Json:
    is_old = spec.lifecycle != "active"
    return {
        "type": "model",
        "id": spec.id,
        "display_name": spec.id.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": spec.lifecycle,
        "deprecated_at": "2026-06-01T00:00:00Z" if is_old else None,
        "retires_at": "2026-11-30T00:00:00Z" if is_old else None,
        "line": spec.id.split("-")[1] if spec.lifecycle != "retired" else None,
        "max_input_tokens": spec.context,
        "max_tokens": spec.max_output,
        "capabilities": _capabilities(spec),
    }


def _capabilities(spec: ModelSpec) -> Json:
    plain = ("batch", "citations", "code_execution", "image_input", "pdf_input", "structured_outputs")
    return {
        **{name: _supported(is_so=True) for name in plain},
        "context_management": _supported(is_so=False),
        "server_tools": {
            **_supported(is_so=False),
            "code_execution": _supported(is_so=False),
            "web_search": _supported(is_so=False),
        },
        "effort": {
            **_supported(is_so=bool(spec.manners.efforts)),
            **{name: _supported(is_so=name in spec.manners.efforts) for name in ALL_EFFORTS},
        },
        "thinking": {
            **_supported(is_so=True),
            "types": {name: _supported(is_so=name in spec.manners.thinking) for name in _THINKING},
        },
    }


def _supported(*, is_so: bool) -> Json:
    return {"supported": is_so}
