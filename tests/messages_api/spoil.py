"""Decides how a good draft is spoiled by a fault that concerns the reply."""

from collections.abc import Callable
from dataclasses import replace

from tests.messages_api.faults import FaultKind
from tests.messages_api.replies import Draft
from tests.messages_api.request import Request
from tests.messages_api.schemas import complete
from tests.messages_api.wire import Json, compact

NOWHERE = 9_999
_UNKNOWN_BLOCK: Json = {"type": "hologram", "data": "a block of a kind that no client knows"}


def spoil(draft: Draft, kind: FaultKind, request: Request) -> Draft:
    """Return the draft as it looks with this fault; the same draft where the fault is not about the reply."""
    return _SPOILERS.get(kind, _keep)(draft, request)


def _keep(draft: Draft, _: Request) -> Draft:
    return draft


def _truncated(draft: Draft, request: Request) -> Draft:
    whole = draft.text or "{}"
    usage = {**draft.usage, "output_tokens": request.max_tokens}
    return replace(draft, text=whole[: (len(whole) + 1) // 2], stop_reason="max_tokens", usage=usage)


def _refused(draft: Draft, _: Request) -> Draft:
    return replace(draft, text=None, stop_reason="refusal", category="cyber", before=(), after=())


def _refused_with_text(draft: Draft, _: Request) -> Draft:
    return replace(draft, text="I cannot look into this.", stop_reason="refusal", category="cyber")


def _garbage(draft: Draft, _: Request) -> Draft:
    return replace(draft, text='Here is what I found: {"claims": [oops')


def _wrong_shape(draft: Draft, _: Request) -> Draft:
    return replace(draft, text=compact({"verdict": "fine", "score": 7}))


def _nonsense(draft: Draft, request: Request) -> Draft:
    return replace(draft, text=_about(NOWHERE, "nowhere/nothing", request))


def _wrong_place(draft: Draft, request: Request) -> Draft:
    return replace(draft, text=_about(1, "", request))


def _empty(draft: Draft, _: Request) -> Draft:
    return replace(draft, text=None, before=(), after=())


def _unknown_stop(draft: Draft, _: Request) -> Draft:
    return replace(draft, stop_reason="called_to_lunch")


def _unknown_block(draft: Draft, _: Request) -> Draft:
    return replace(draft, before=(*draft.before, _UNKNOWN_BLOCK))


def _usage_missing(draft: Draft, _: Request) -> Draft:
    return replace(draft, has_usage=False)


def _usage_zero(draft: Draft, _: Request) -> Draft:
    return replace(draft, shows_zero=True)


def _about(file: int, rule: str, request: Request) -> str:
    """Return an answer that follows the schema and means nothing."""
    claim = {
        "file": file,
        "rule": rule,
        "line": NOWHERE,
        "end_line": NOWHERE,
        "quote": "no line reads like this",
    }
    by_role: dict[str, Json] = {
        "plan": {"groups": [{"files": [file, NOWHERE], "lenses": ["astrology"], "focus": "the stars"}]},
        "worker": {"claims": [{**claim, "title": "Nothing here", "message": "This is about nothing."}]},
        "judge": {
            "summary": "All is well.",
            "rulings": [{"claim": file, "action": "merge", "into": NOWHERE, "reason": "No such claim."}],
        },
    }
    answer = by_role.get(request.role, {})
    return compact(complete(request.schema, answer) if request.schema else answer)


_SPOILERS: dict[FaultKind, Callable[[Draft, Request], Draft]] = {
    FaultKind.TRUNCATED: _truncated,
    FaultKind.REFUSED: _refused,
    FaultKind.REFUSED_WITH_TEXT: _refused_with_text,
    FaultKind.GARBAGE: _garbage,
    FaultKind.WRONG_SHAPE: _wrong_shape,
    FaultKind.NONSENSE: _nonsense,
    FaultKind.WRONG_PLACE: _wrong_place,
    FaultKind.EMPTY: _empty,
    FaultKind.UNKNOWN_STOP: _unknown_stop,
    FaultKind.UNKNOWN_BLOCK: _unknown_block,
    FaultKind.USAGE_MISSING: _usage_missing,
    FaultKind.USAGE_ZERO: _usage_zero,
}
