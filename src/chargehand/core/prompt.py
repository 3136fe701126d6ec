"""The seam to the models: one prompt in, one reply out."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from pydantic import BaseModel, Field

from chargehand.core.masking import Mask
from chargehand.core.models import Effort
from chargehand.core.usage import Role, Usage
from chargehand.core.value import Value

AnswerT = TypeVar("AnswerT", bound=BaseModel)
# Called with the model that answers, if the reply names it.
OnBegin = Callable[[str | None], object]


class Prompt(Value):
    """What to ask.

    The text travels in this order: `instructions`, `material`, `question`. Prompts that share the
    first two byte for byte (and model and answer) share one cached prefix when `cache_prefix` is set.
    `answer` is the pydantic model that the reply must validate against; its JSON schema is sent.
    `max_tokens` bounds the reply, thinking included; where money is short it may shrink to `least_tokens`,
    None: it may not. `effort` is how hard to think about it; None: as hard as the role does. `on_begin`, no
    part of what is asked, is called when the reply begins, with the model that it names, None if it names
    none: from then on the provider has the prefix in its cache. Nor is `before_sent`, which is called once
    there is money for it; it may take a while, and raise what asking raises.
    """

    model_config = Value.model_config | {"arbitrary_types_allowed": True}

    role: Role
    task: str
    lens: str | None = None
    model: str
    instructions: str
    material: str = ""
    question: str
    answer: type[BaseModel]
    max_tokens: int
    least_tokens: int | None = None
    cache_prefix: bool = False
    effort: Effort | None = None
    on_begin: OnBegin | None = Field(default=None, exclude=True, repr=False)
    before_sent: Callable[[], object] | None = Field(default=None, exclude=True, repr=False)


class Reply(Value):
    """What came back: HTTP 200 with this text, whatever its worth.

    `stop_reason` is the provider's word, unchecked. `is_charged` is False if the provider reports
    tokens that it does not bill: a refusal before any output. `answer` is what the text says, once it was
    verified that it answers the prompt; it is not written down, since the text holds all of it.
    """

    text: str
    stop_reason: str | None
    refusal: str | None = None
    model: str
    usage: Usage | None
    is_charged: bool = True
    request_id: str | None
    seconds: float
    answer: BaseModel | None = Field(default=None, exclude=True, repr=False)

    def masked(self, mask: Mask) -> "Reply":
        """Return the reply without what `mask` hides, in whatever the provider or the model said."""
        names = ("stop_reason", "refusal", "model", "request_id")
        shown = {name: mask.said(words) for name in names if (words := getattr(self, name))}
        return self.evolve(text=mask.words(self.text), **shown)

    def answer_as(self, shape: type[AnswerT]) -> AnswerT:
        """Return the verified answer, which is of the shape that the prompt asked for.

        Raises TypeError if nobody verified this reply, or as an answer of another shape.
        """
        if not isinstance(self.answer, shape):
            raise TypeError(f"the reply was not verified as {shape.__name__}")
        return self.answer


class Model(Protocol):
    """Something that answers prompts; every wrapper is one around another."""

    def ask(self, prompt: Prompt) -> Reply:
        """Return the reply, or raise `NoAnswer`, `OverBudget` or `ProviderStopped`."""
        ...
