"""Claude through the official SDK: one question, a count of tokens, and batches of questions."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from chargehand.core.cancellation import Cancellation
from chargehand.core.clouds import ANTHROPIC, Cloud
from chargehand.core.errors import Failure, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.masking import NO_MASK, Mask
from chargehand.core.prompt import OnBegin, Prompt, Reply
from chargehand.llm.provider.batch_response import BatchProgress, progress_of, results_of
from chargehand.llm.provider.bounds import in_time
from chargehand.llm.provider.request import request_of
from chargehand.llm.provider.response import count_of, gather, reply_of
from chargehand.llm.provider.sdk import sdk
from chargehand.llm.provider.shared_client import SharedClient

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on

# How a server says that it does not count tokens: some local ones do not.
_NO_SUCH_ROUTE = frozenset({404, 405, 501})


class Claude:
    """Claude at one cloud, until it is closed; safe to share between threads.

    Every attempt is sent once: retries are the business of `Retrying`. `timeout_s` bounds the wait for
    the connection, for sending and for the reply, each. Key and address are those of the environment if they
    are not given. Once the run is cancelled nothing is asked. What comes back is masked at once, since models
    guess and servers may say anything: nobody gets, keeps or records a secret that `mask` knows.
    """

    def __init__(
        self,
        timeout_s: float,
        cloud: Cloud = ANTHROPIC,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        environ: Mapping[str, str] = os.environ,
        cancellation: Cancellation | None = None,
        mask: Mask = NO_MASK,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cloud = cloud
        self._timeout_s = timeout_s
        self._cancellation = cancellation or Cancellation()
        self._clock = clock
        self._shared = SharedClient(cloud, environ, timeout_s, api_key=api_key, base_url=base_url, mask=mask)

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, for good: a call that is no longer waited for asks nobody any more."""
        self._shared.close()

    def check_credentials(self) -> None:
        """Raise NoCredentials if there is nothing to sign in with; what there is may still be refused."""
        self._shared.check_credentials()

    def ask(self, prompt: Prompt) -> Reply:
        """Return what came back with status 200; raise NoAnswer, ProviderStopped or RunEnding."""
        sdk()  # its import is no part of the time that a reply may take
        return in_time(partial(self._ask, prompt), self._timeout_s)

    def _ask(self, prompt: Prompt) -> Reply:
        with self._shared.calling(prompt) as client:
            # Cancelled while the SDK was imported, which takes more than a second.
            if self._cancellation.reason:
                raise RunEnding
            started = self._clock()
            if prompt.on_begin:
                body, request_id = self._stream(client, prompt, prompt.on_begin)
            else:
                body, request_id = self._send(client, prompt)
        seconds = self._clock() - started
        reply = reply_of(body, asked=prompt.model, request_id=request_id, seconds=seconds)
        return self._shared.masked(
            reply.evolve(refusal=reply.refusal and self._shared.shown(reply.refusal, prompt))
        )

    def _send(self, client: Any, prompt: Prompt) -> tuple[bytes, str | None]:  # Any: the SDK's client
        raw = client.messages.with_raw_response.create(**self._request(prompt), timeout=self._timeout_s)
        return raw.read(), self._shared.request_id(raw.headers)

    def _stream(self, client: Any, prompt: Prompt, on_begin: OnBegin) -> tuple[bytes, str | None]:
        streaming = client.messages.with_streaming_response
        request = {**self._request(prompt), "stream": True}
        with streaming.create(**request, timeout=self._timeout_s) as response:
            request_id = self._shared.request_id(response.headers)
            if response.headers.get("content-type", "").startswith("application/json"):
                return response.read(), request_id  # a gateway that does not stream
            events = (_document_of(event) for event in response.parse())
            return gather(events, on_begin, request_id), request_id

    def count_tokens(self, prompt: Prompt) -> int:
        """Return the tokens of `prompt` as the provider counts them, free of charge; raises as `ask` does.

        A server that does not count raises NoAnswer(REJECTED).
        """
        if not self.cloud.counts_tokens:
            raise NoAnswer(Failure.REJECTED, f"{self.cloud.title} does not count tokens")
        counted = {name: value for name, value in self._request(prompt).items() if name != "max_tokens"}
        with self._shared.calling(prompt) as client:
            counts = client.messages.with_raw_response
            try:
                raw = counts.count_tokens(**counted, timeout=self._timeout_s)
            except sdk().APIStatusError as error:
                if error.status_code not in _NO_SUCH_ROUTE:
                    raise
                said = ": ".join(
                    filter(
                        None,
                        (f"status {error.status_code}", self._shared.provider_error(error, prompt).shown),
                    )
                )
                detail = f"the server does not count tokens for {prompt.model} ({said})"
                raise NoAnswer(Failure.REJECTED, detail) from error
        return count_of(raw.read())

    def create_batch(self, requests: Mapping[str, Prompt]) -> BatchProgress:
        """Send the prompts, by custom id, as one batch; raises as `ask` does.

        A server that runs no batches raises ProviderStopped.
        """
        items = [{"custom_id": name, "params": self._request(prompt)} for name, prompt in requests.items()]
        missing = "The workers did not run: the server runs no message batches. Run without --batch"
        with self._shared.calling(_all_in_one(requests)) as client, self._no_route(missing):
            batches = client.messages.batches.with_raw_response
            raw = batches.create(requests=items, timeout=self._timeout_s)
        return progress_of(raw.read())

    def batch_progress(self, batch_id: str, requests: Mapping[str, Prompt]) -> BatchProgress:
        """Return how far a batch is; raises as `ask` does, ProviderStopped if nobody knows it."""
        with self._shared.calling(_all_in_one(requests)) as client, self._no_route(_unknown_batch(batch_id)):
            batches = client.messages.batches.with_raw_response
            raw = batches.retrieve(batch_id, timeout=self._timeout_s)
        return progress_of(raw.read())

    def batch_results(self, batch_id: str, requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        """Return how the `requests` of a batch that has ended went, by custom id; raises as `ask` does."""
        with self._shared.calling(_all_in_one(requests)) as client, self._no_route(_unknown_batch(batch_id)):
            # Not `batches.results`: it follows an address that the server names, with the key.
            address = f"/v1/messages/batches/{batch_id}/results"
            body = client.get(address, cast_to=bytes, options={"timeout": self._timeout_s})
        results = results_of(body, requests, batch_id, self._shared.shown)
        return {
            name: self._shared.masked(result) if isinstance(result, Reply) else result
            for name, result in results.items()
        }

    @contextmanager
    def _no_route(self, sentence: str) -> Iterator[None]:
        try:
            yield
        except sdk().APIStatusError as error:
            if error.status_code not in _NO_SUCH_ROUTE:
                raise
            raise ProviderStopped(f"{sentence} (status {error.status_code}).") from error

    def _request(self, prompt: Prompt) -> dict[str, Any]:  # Any: arguments of the SDK's `create`
        return {**request_of(prompt), "model": self.cloud.model_id(prompt.model)}


def _document_of(event: Any) -> dict[str, Any]:  # Any: JSON, and what the SDK makes of it
    """Return an event of a stream as it was sent; the SDK passes on whatever stood in an event's place."""
    if not isinstance(event, sdk().BaseModel):
        raise TypeError("no event")
    document: dict[str, Any] = event.to_dict(mode="json", warnings=False)  # Any: as above
    return document


def _all_in_one(requests: Mapping[str, Prompt]) -> Prompt:
    """Return a prompt that holds what all of them hold, to find it in a provider's words."""
    prompts = list(requests.values())
    return prompts[0].evolve(
        material="\n".join(dict.fromkeys(prompt.material for prompt in prompts)),
        question="\n".join(prompt.question for prompt in prompts),
    )


def _unknown_batch(batch_id: str) -> str:
    return f"The provider does not know the batch {batch_id} (any more), or not with this key"
