"""Decides what an answer holds and uses: its blocks, its stop reason and its tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.messages_api.billing import Usage, cost_usd
from tests.messages_api.cache import Share
from tests.messages_api.replies import Draft
from tests.messages_api.request import Request
from tests.messages_api.tokens import count, thinking_tokens
from tests.messages_api.wire import Json, compact


@dataclass(frozen=True)
class Answer:
    """A message as it goes out, what it used, and what it costs."""

    message: Json
    usage: Usage
    cost_usd: Decimal


@dataclass(frozen=True)
class Terms:
    """What holds for the whole server, or for the batch: thinking by effort, place and tier."""

    thinking: Mapping[str, int]
    geo: str = "global"
    tier: str = "standard"


def write_answer(request: Request, draft: Draft, share: Share, terms: Terms, message_id: str) -> Answer:
    """Return the answer; it ends early where `max_tokens` or the context does not hold all of it."""
    if request.max_tokens == 0:
        draft = Draft(None, "max_tokens")
    thinking = _thinking(request, terms)
    spoken = _tokens_of(draft, request)
    room, cut_reason = _room(request)
    if thinking + spoken > room:
        draft = _cut(draft, request, max(room - thinking, 0), cut_reason)
        thinking, spoken = min(thinking, room), room - min(thinking, room)
    usage = replace(_usage(request, share, terms, thinking, thinking + spoken), **draft.usage)  # type: ignore[arg-type]  # rule_of lets figures through only
    blocks = _blocks(draft, request, thinking)
    is_free = draft.stop_reason == "refusal" and not blocks
    message = _message(request, draft, blocks, usage, message_id)
    return Answer(message, usage, Decimal(0) if is_free else cost_usd(request.spec, usage))


def _thinking(request: Request, terms: Terms) -> int:
    if request.max_tokens == 0:
        return 0
    budget = (request.body.get("thinking") or {}).get("budget_tokens")
    return thinking_tokens(request.thinking, request.effort, budget, terms.thinking)


def _tokens_of(draft: Draft, request: Request) -> int:
    if request.max_tokens == 0:
        return 0
    texts = [draft.text or "", *(compact(block) for block in (*draft.before, *draft.after))]
    return max(1, count(request.spec, sum(map(len, texts))))


def _room(request: Request) -> tuple[int, str]:
    left = request.spec.context - request.positions[-1].tokens
    if left < request.max_tokens:
        return left, "model_context_window_exceeded"
    return request.max_tokens, "max_tokens"


def _cut(draft: Draft, request: Request, tokens: int, reason: str) -> Draft:
    characters = tokens * request.spec.chars_per_10_tokens // 10
    text = (draft.text or "")[:characters] or None
    return replace(draft, text=text, stop_reason=reason, before=(), after=())


def _usage(request: Request, share: Share, terms: Terms, thinking: int, output: int) -> Usage:
    cached = share.read_tokens + share.write_5m_tokens + share.write_1h_tokens
    geo = request.body.get("inference_geo") or terms.geo
    return Usage(
        input_tokens=request.positions[-1].tokens - cached,
        write_5m_tokens=share.write_5m_tokens,
        write_1h_tokens=share.write_1h_tokens,
        read_tokens=share.read_tokens,
        output_tokens=output,
        thinking_tokens=thinking,
        service_tier=terms.tier,
        inference_geo=geo if request.spec.geo else "not_available",
        speed=request.body.get("speed"),
    )


def _blocks(draft: Draft, request: Request, thinking: int) -> list[Json]:
    if draft.text is None and not draft.before and not draft.after:
        return []
    shows = thinking > 0 and request.thinking in ("adaptive", "enabled")
    return [
        *([_thinking_block(request)] if shows else []),
        *draft.before,
        *([{"type": "text", "text": draft.text}] if draft.text is not None else []),
        *draft.after,
    ]


def _thinking_block(request: Request) -> Json:
    display = (request.body.get("thinking") or {}).get("display", "omitted")
    thought = "A scripted thought." if display == "summarized" else ""
    return {"type": "thinking", "thinking": thought, "signature": f"signed-{request.digest[:16]}"}


def _message(request: Request, draft: Draft, blocks: list[Json], usage: Usage, message_id: str) -> Json:
    details = {"type": "refusal", "category": draft.category, "explanation": None}
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": request.spec.id,
        "content": blocks,
        "stop_reason": draft.stop_reason,
        "stop_sequence": None,
        "stop_details": details if draft.stop_reason == "refusal" else None,
        **({"usage": (Usage() if draft.shows_zero else usage).as_json()} if draft.has_usage else {}),
    }
