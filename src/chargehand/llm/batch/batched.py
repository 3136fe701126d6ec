"""A model whose first attempts were made in a batch; all others are sent one by one."""

from collections.abc import Collection
from threading import Lock

from chargehand.core.errors import NoAnswer, OverBudget
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.llm.batch.billing import Results
from chargehand.llm.batch.requests import custom_id


class Batched:
    """Gives what a batch made of a prompt, once; what `unsent` names is not sent now either.

    An unusable answer of the batch is raised, as if it had just come; a request that the batch did not
    answer is asked of `model`.
    """

    def __init__(self, model: Model, results: Results, unsent: Collection[str] = ()) -> None:
        self._model = model
        self._results = dict(results)
        self._unsent = frozenset(unsent)
        self._lock = Lock()

    def has(self, prompt: Prompt) -> bool:
        """Tell whether the batch settles what becomes of the prompt now, so that no model is asked."""
        name = custom_id(prompt)
        with self._lock:
            return name in self._results or name in self._unsent

    def ask(self, prompt: Prompt) -> Reply:
        """Return the batch's reply or the model's; raise what either raises."""
        name = custom_id(prompt)
        if name in self._unsent:
            raise OverBudget(
                f"{prompt.task} was not sent: with it, the batch could have cost more than the cap."
            )
        with self._lock:
            result = self._results.pop(name, None)
        if result is None:
            return self._model.ask(prompt)
        if isinstance(result, NoAnswer):
            raise result
        return result
