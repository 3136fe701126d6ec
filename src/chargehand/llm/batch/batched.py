"""A model whose first attempts were made in a batch; all others are sent one by one."""

import re
from collections.abc import Collection, Mapping
from threading import Lock

from chargehand.core.errors import NoAnswer, OverBudget
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.prompt_hash import prompt_hash


class Batched:
    """Gives what a batch made of a prompt, once; what `unsent` names is not sent now either.

    An unusable answer of the batch is raised, as if it had just come; a request that the batch did not
    answer is asked of `model`.
    """

    def __init__(
        self, model: Model, ends: Mapping[str, Reply | NoAnswer], unsent: Collection[str] = ()
    ) -> None:
        self._model = model
        self._ends = dict(ends)
        self._unsent = frozenset(unsent)
        self._lock = Lock()

    def ask(self, prompt: Prompt) -> Reply:
        """Return the batch's reply or the model's; raise what either raises."""
        name = custom_id(prompt)
        if name in self._unsent:
            raise OverBudget(f"{prompt.task} was not sent: with it the batch could have passed the cap.")
        with self._lock:
            end = self._ends.pop(name, None)
        if end is None:
            return self._model.ask(prompt)
        if isinstance(end, NoAnswer):
            raise end
        return end


def custom_id(prompt: Prompt) -> str:
    """Return the name of `prompt` in a batch: its task, to be read, and the hash of what is asked.

    With the hash in it, no result of another batch can pass for an answer to this prompt.
    """
    task = re.sub(r"[^a-zA-Z0-9_-]", "_", prompt.task)
    return f"{task[-31:]}-{prompt_hash(prompt)[:32]}"
