"""What each model accepts: the one table of capabilities."""

import re
from typing import Literal

from chargehand.core.plain_value import PlainValue
from chargehand.core.usage import Role

Effort = Literal["low", "medium", "high", "xhigh", "max"]
Tokenizer = Literal["old", "new"]

# How hard a model works for each role; sent only if the model takes an effort.
EFFORTS: dict[Role, Effort] = {
    Role.PLAN: "low",
    Role.WORKER: "low",
    Role.ESCALATION: "medium",
    Role.TRIAGE: "medium",
    Role.JUDGE: "medium",
    Role.PROBE: "low",  # as the workers, whose vigilance it measures
}

_ALL: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")
_4_6: tuple[Effort, ...] = ("low", "medium", "high", "max")
_4_5: tuple[Effort, ...] = ("low", "medium", "high")


class Capabilities(PlainValue):
    """What a model accepts.

    `efforts` is empty if the parameter itself is refused. `thinking` is the type to send for the
    cheapest call, None if the parameter is left out; `always_thinks` says that it thinks even so.
    `min_cache_tokens` None: prompt caching is not asked for. Above `price_step_tokens` of prompt the
    whole request costs more. `obeys_schema` False: the answer's schema may be ignored by the server.
    `focus_lines` is how many changed lines one task of it answers for: fewer find more, but each further task
    reads its chunk again, which only the cheapest models do for next to nothing.
    """

    efforts: tuple[Effort, ...] = _ALL
    thinking: Literal["disabled", "between_tools"] | None = None
    always_thinks: bool = False
    context_tokens: int = 1_000_000
    max_output_tokens: int = 128_000
    min_cache_tokens: int | None = 512
    price_step_tokens: int | None = None
    tokenizer: Tokenizer = "new"
    obeys_schema: bool = True
    focus_lines: int = 600

    def effort(self, role: Role, wished: Effort | None = None) -> Effort | None:
        """Return the effort to ask for, the role's if none is wished for; None if the model takes none."""
        wanted = wished or EFFORTS[role]
        return wanted if wanted in self.efforts else None


_200K, _64K = 200_000, 64_000
_ALWAYS_THINKS = Capabilities(always_thinks=True)

# Which thinking types and efforts a model takes: platform.claude.com/docs/en/build-with-claude/effort and
# .../adaptive-thinking; smallest cached prefix: .../prompt-caching.
_TABLE = {
    "claude-fable-5-2": _ALWAYS_THINKS,
    "claude-fable-5-1": _ALWAYS_THINKS,
    "claude-fable-5": _ALWAYS_THINKS,
    "claude-mythos-5-2": _ALWAYS_THINKS,
    "claude-mythos-5-1": _ALWAYS_THINKS,
    "claude-mythos-5": _ALWAYS_THINKS,
    "claude-opus-5-5": _ALWAYS_THINKS,
    "claude-opus-5": Capabilities(thinking="disabled"),
    "claude-opus-4-8": Capabilities(min_cache_tokens=1024),
    "claude-opus-4-7": Capabilities(min_cache_tokens=2048),
    "claude-opus-4-6": Capabilities(efforts=_4_6, min_cache_tokens=4096, tokenizer="old"),
    "claude-opus-4-5": Capabilities(
        efforts=_4_5,
        min_cache_tokens=4096,
        tokenizer="old",
        context_tokens=_200K,
        max_output_tokens=_64K,
    ),
    "claude-sonnet-5-5": Capabilities(thinking="between_tools", always_thinks=True),
    "claude-sonnet-5": Capabilities(thinking="disabled", min_cache_tokens=1024),
    "claude-sonnet-4-6": Capabilities(efforts=_4_6, min_cache_tokens=1024, tokenizer="old"),
    "claude-sonnet-4-5": Capabilities(
        efforts=(),
        min_cache_tokens=1024,
        tokenizer="old",
        context_tokens=_200K,
        max_output_tokens=_64K,
    ),
    "claude-haiku-5-5": Capabilities(thinking="disabled", price_step_tokens=100_000, focus_lines=150),
    "claude-haiku-4-5": Capabilities(
        efforts=(),
        min_cache_tokens=4096,
        tokenizer="old",
        context_tokens=_200K,
        max_output_tokens=_64K,
    ),
}

KNOWN_MODELS = tuple(_TABLE)

# A local model, a gateway's name or a model from the future: nothing that it might refuse is sent.
_UNKNOWN = Capabilities(
    efforts=(),
    context_tokens=32_768,
    max_output_tokens=16_384,
    min_cache_tokens=None,
    obeys_schema=False,
    focus_lines=150,
)


def capabilities(model_id: str) -> Capabilities:
    """Return what `model_id` accepts.

    A dated id is its undated model, whichever cloud writes it; an unknown one gets cautious defaults.
    """
    return _TABLE.get(plain_id(model_id), _UNKNOWN)


def plain_id(model_id: str) -> str:
    """Return the id without what a cloud puts round it, and without the date of a snapshot.

    `eu.anthropic.claude-haiku-4-5-20251001-v1:0` and `claude-haiku-4-5@20251001` are `claude-haiku-4-5`.
    """
    bare = re.sub(r"\A([a-z-]+\.)?anthropic\.(?=claude-)", "", model_id)
    return re.sub(r"([-@][0-9]{8})?(-v[0-9]+(:[0-9]+)?)?\Z", "", bare, count=1)
