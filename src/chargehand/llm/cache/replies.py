"""A model whose answers are remembered between runs: the same question is asked once."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import ValidationError

from chargehand.core.errors import NoAnswer
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.prompt_hash import prompt_hash
from chargehand.core.value import Value
from chargehand.cost.ledger import Ledger
from chargehand.llm.cache.store import CacheStore, key_of
from chargehand.llm.verification import verify


class _KeptReply(Value):
    """What stays of a reply; the keys are those of `Recalled`."""

    model: str
    text: str
    beside: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class Recalled(NamedTuple):
    """A reply of an earlier run, which used nothing now.

    `beside` are the keys of replies that must be there too, `about` those of what else it speaks of.
    """

    reply: Reply
    beside: tuple[str, ...]
    about: tuple[str, ...]


class CachedReplies:
    """Answers from `store` what was answered before, and asks `model` the rest; both stand in `ledger`.

    Kept is what `may_keep` allows.
    """

    def __init__(
        self,
        model: Model,
        store: CacheStore,
        ledger: Ledger,
        may_keep: Callable[[Prompt, Reply], bool] = lambda _prompt, _reply: True,
    ) -> None:
        self._model = model
        self._store = store
        self._ledger = ledger
        self._may_keep = may_keep

    def ask(self, prompt: Prompt) -> Reply:
        """Return the kept reply, or what the model returns; raise what it raises."""
        key = reply_key(prompt)
        if recalled := recall(self._store, key, prompt):
            self._ledger.record_reuse(prompt.role, prompt.task, prompt.lens, prompt.model)
            return recalled.reply
        reply = self._model.ask(prompt)
        if self._may_keep(prompt, reply):
            keep(self._store, key, reply)
        return reply


def reply_key(prompt: Prompt, *others: str) -> str:
    """Return the key of the reply to `prompt`, if `others` decide about it as well."""
    return key_of("reply", prompt_hash(prompt), *others)


def recall(store: CacheStore, key: str, prompt: Prompt) -> Recalled | None:
    """Return the reply that is kept under `key`, if it answers `prompt`."""
    value = store.get(key)
    try:
        kept = _KeptReply.model_validate_json(value or "")
        reply = Reply(
            text=kept.text, stop_reason="end_turn", model=kept.model, usage=None, request_id=None, seconds=0
        )
        return Recalled(verify(prompt, reply), kept.beside, kept.about)
    except (ValidationError, NoAnswer):
        return None


def keep(
    store: CacheStore, key: str, reply: Reply, beside: Iterable[str] = (), about: Iterable[str] = ()
) -> None:
    """Keep a reply that was verified, with the keys by which it will be known whether it still holds."""
    kept = _KeptReply(model=reply.model, text=reply.text, beside=tuple(beside), about=tuple(about))
    store.put(key, kept.model_dump_json())
