"""Decides what a request is about: its model, role, lens, and what the caches key on."""

import hashlib
from dataclasses import dataclass

from tests.messages_api.cache import Position, positions
from tests.messages_api.models import ModelSpec
from tests.messages_api.options import effort_of, schema_of, thinking_mode
from tests.messages_api.prompt import blocks_of, lens_of, material
from tests.messages_api.tokens import prefix_tokens
from tests.messages_api.wire import Json, compact

# What an answer must hold tells what was asked.
_ROLE_BY_PROPERTY = {"groups": "plan", "claims": "worker", "rulings": "judge"}
OTHER_ROLE = "other"


@dataclass(frozen=True)
class Request:
    """A valid request for a message; `text` is what it says besides its instructions."""

    body: Json
    spec: ModelSpec
    role: str
    lens: str | None
    text: str
    schema: Json | None
    thinking: str
    effort: str | None
    positions: tuple[Position, ...]
    digest: str

    @property
    def max_tokens(self) -> int:
        """The bound on the answer, thinking included."""
        return int(self.body["max_tokens"])

    @property
    def is_stream(self) -> bool:
        """Tell whether the answer goes out as events."""
        return bool(self.body.get("stream"))


def read_request(body: Json, spec: ModelSpec, workspace: str) -> Request:
    """Return the request in a body that passed validation."""
    schema = schema_of(body)
    thinking, effort = thinking_mode(body, spec), effort_of(body, spec)
    blocks = blocks_of(body)
    root = [workspace, spec.id, compact(schema), thinking, str(effort), compact(body.get("thinking"))]
    root += [str(body.get("speed")), compact(body.get("tool_choice"))]
    return Request(
        body=body,
        spec=spec,
        role=role_of(schema),
        lens=lens_of(body),
        text=material(body),
        schema=schema,
        thinking=thinking,
        effort=effort,
        positions=positions(root, blocks, prefix_tokens(spec, blocks, schema)),
        digest=hashlib.sha256(compact(body).encode()).hexdigest(),
    )


def role_of(schema: Json | None) -> str:
    """Return plan, worker, judge, or other."""
    properties = (schema or {}).get("properties", {})
    return next((role for name, role in _ROLE_BY_PROPERTY.items() if name in properties), OTHER_ROLE)
