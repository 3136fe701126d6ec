"""Which prompts travel in a batch together, and under which names."""

import json
import re
from collections.abc import Iterator, Mapping

from chargehand.core.errors import Failure
from chargehand.core.prompt import Prompt
from chargehand.core.prompt_hash import prompt_hash
from chargehand.core.value import Value
from chargehand.llm.attempts.retrying import Remedy, RetryPolicy
from chargehand.llm.provider.request import request_of

# Prompts by custom id.
Requests = Mapping[str, Prompt]


class Limits(Value):
    """How much one batch holds (the API takes 100,000 requests and 256 MB), and how long to wait for it.

    Its progress is polled after `first_wait_s`, then after half as long again each time, up to
    `longest_wait_s`; a `retry-after` is obeyed up to `longest_asked_s`. So many `failures` in a row end the
    wait. A run that has stopped notices it after `slice_s`.
    """

    requests: int = 100_000
    request_bytes: int = 200_000_000
    first_wait_s: float = 2.0
    wait_factor: float = 1.5
    longest_wait_s: float = 60.0
    longest_asked_s: float = 300.0
    failures: int = 10
    slice_s: float = 1.0

    @property
    def creation(self) -> RetryPolicy:
        """How often a batch is created again: not if it may have been created already."""
        return RetryPolicy(
            attempts=self.failures,
            paid=1,
            first_wait_s=self.first_wait_s,
            factor=self.wait_factor,
            longest_backoff_s=self.longest_wait_s,
            longest_wait_s=self.longest_asked_s,
        )

    @property
    def polling(self) -> RetryPolicy:
        """How often a look at a batch is repeated, whatever went wrong: it costs nothing."""
        remedies = dict.fromkeys(Failure, Remedy.WAIT)
        return self.creation.evolve(paid=self.failures, remedies=remedies)

    def poll_waits(self) -> Iterator[float]:
        """Yield the seconds between one look at the progress and the next."""
        wait_s = self.first_wait_s
        while True:
            yield wait_s
            wait_s = min(wait_s * self.wait_factor, self.longest_wait_s)


def custom_id(prompt: Prompt) -> str:
    """Return the name of `prompt` in a batch: its task, to be read, and the hash of what is asked.

    With the hash in it, no result of another batch can pass for an answer to this prompt.
    """
    task = re.sub(r"[^a-zA-Z0-9_-]", "_", prompt.task)
    return f"{task[-31:]}-{prompt_hash(prompt)[:32]}"


def groups(requests: Requests, limits: Limits) -> Iterator[dict[str, Prompt]]:
    """Yield the requests in as many groups as there must be batches."""
    group: dict[str, Prompt] = {}
    group_bytes = 0
    for name, prompt in requests.items():
        size = len(json.dumps(request_of(prompt)))
        if group and (len(group) == limits.requests or group_bytes + size > limits.request_bytes):
            yield group
            group, group_bytes = {}, 0
        group[name] = prompt
        group_bytes += size
    if group:
        yield group
