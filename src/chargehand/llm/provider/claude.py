"""Claude through the official SDK, and whatever else speaks the Messages API at ANTHROPIC_BASE_URL."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from http import HTTPStatus
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import Failure, NoAnswer, NoCredentials, ProviderStopped, RunEnding
from chargehand.core.masking import NO_MASK, Mask
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.provider.batch_response import BatchProgress, progress_of, results_of
from chargehand.llm.provider.bounds import (
    ENCODING,
    MOST_BATCH_BYTES,
    MOST_BYTES,
    in_time,
    unpacked,
)
from chargehand.llm.provider.credentials import Credentials
from chargehand.llm.provider.error_text import KEY_CHARS, quotable
from chargehand.llm.provider.errors import ProviderError, check_address, error_of, lost
from chargehand.llm.provider.request import request_of
from chargehand.llm.provider.response import broken_off, count_of, gather, reply_of
from chargehand.llm.provider.tracing import Trace

if TYPE_CHECKING:
    import anthropic
    from typing_extensions import Self  # typing has it from Python 3.11 on

_NO_KEY = (
    "No model was asked: no usable credentials for the Messages API. Set ANTHROPIC_API_KEY, or run with "
    "--offline (free checks only) or --replay."
)
KEY_MARKER = "MASKED_API_KEY"
_SIGNING_HEADERS = frozenset({"authorization", "x-api-key"})
# How a server says that it does not count tokens: some local ones do not.
_NO_SUCH_ROUTE = frozenset({404, 405, 501})


class Claude:
    """One client and one pool of connections, until it is closed; safe to share between threads.

    Every attempt is sent once: retries are the business of `Retrying`. `timeout_s` bounds the wait for
    the connection, for sending and for the reply, each. Key and address are the SDK's to find if they
    are not given. Once the run is cancelled nothing is asked. What comes back is masked at once, since models
    guess and servers may say anything: nobody gets, keeps or records a secret that `mask` knows.
    """

    def __init__(
        self,
        timeout_s: float,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        environ: Mapping[str, str] = os.environ,
        cancellation: Cancellation | None = None,
        mask: Mask = NO_MASK,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout_s = timeout_s
        self._cancellation = cancellation or Cancellation()
        self._api_key = api_key
        self._base_url = base_url or environ.get("ANTHROPIC_BASE_URL") or None
        self._mask = mask
        self._credentials = Credentials(environ)
        self._clock = clock
        self._lock = Lock()
        self._made: anthropic.Anthropic | None = None
        self._is_closed = False
        self._trace = Trace()

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, for good: a call that is no longer waited for asks nobody any more."""
        with self._lock:
            self._is_closed = True
            if self._made is not None:
                self._made.close()
                self._made = None
                self._trace.end()

    def ask(self, prompt: Prompt) -> Reply:
        """Return what came back with status 200; raise NoAnswer, ProviderStopped or RunEnding."""
        sdk()  # its import is no part of the time that a reply may take
        return in_time(partial(self._ask, prompt), self._timeout_s)

    def _ask(self, prompt: Prompt) -> Reply:
        with self._calling(prompt) as client:
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
        return self._masked(reply.evolve(refusal=reply.refusal and self._shown(reply.refusal, prompt)))

    def _send(self, client: "anthropic.Anthropic", prompt: Prompt) -> tuple[bytes, str | None]:
        raw = client.messages.with_raw_response.create(**request_of(prompt), timeout=self._timeout_s)
        return raw.read(), self._request_id(raw.headers)

    def _stream(
        self, client: "anthropic.Anthropic", prompt: Prompt, on_begin: Callable[[], object]
    ) -> tuple[bytes, str | None]:
        streaming = client.messages.with_streaming_response
        request = {**request_of(prompt), "stream": True}
        with streaming.create(**request, timeout=self._timeout_s) as response:
            request_id = self._request_id(response.headers)
            events = (_document_of(event) for event in response.parse())
            return gather(events, on_begin, request_id), request_id

    def count_tokens(self, prompt: Prompt) -> int:
        """Return the tokens of `prompt` as the provider counts them, free of charge; raises as `ask` does.

        A server that does not count raises NoAnswer(REJECTED).
        """
        counted = {name: value for name, value in request_of(prompt).items() if name != "max_tokens"}
        with self._calling(prompt) as client:
            counts = client.messages.with_raw_response
            try:
                raw = counts.count_tokens(**counted, timeout=self._timeout_s)
            except sdk().APIStatusError as error:
                if error.status_code not in _NO_SUCH_ROUTE:
                    raise
                said = ": ".join(
                    filter(None, (f"status {error.status_code}", self._provider_error(error, prompt).shown))
                )
                detail = f"the server does not count tokens for {prompt.model} ({said})"
                raise NoAnswer(Failure.REJECTED, detail) from error
        return count_of(raw.read())

    def create_batch(self, requests: Mapping[str, Prompt]) -> BatchProgress:
        """Send the prompts, by custom id, as one batch; raises as `ask` does.

        A server that runs no batches raises ProviderStopped.
        """
        items = [{"custom_id": name, "params": request_of(prompt)} for name, prompt in requests.items()]
        missing = "The workers did not run: the server runs no message batches. Run without --batch"
        with self._calling(_all_in_one(requests)) as client, self._no_route(missing):
            batches = client.messages.batches.with_raw_response
            raw = batches.create(requests=items, timeout=self._timeout_s)  # type: ignore[arg-type]  # request_of builds it
        return progress_of(raw.read())

    def batch_progress(self, batch_id: str, requests: Mapping[str, Prompt]) -> BatchProgress:
        """Return how far a batch is; raises as `ask` does, ProviderStopped if nobody knows it."""
        with self._calling(_all_in_one(requests)) as client, self._no_route(_unknown_batch(batch_id)):
            batches = client.messages.batches.with_raw_response
            raw = batches.retrieve(batch_id, timeout=self._timeout_s)
        return progress_of(raw.read())

    def batch_results(self, batch_id: str, requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        """Return how the `requests` of a batch that has ended went, by custom id; raises as `ask` does."""
        with self._calling(_all_in_one(requests)) as client, self._no_route(_unknown_batch(batch_id)):
            # Not `batches.results`: it follows an address that the server names, with the key.
            address = f"/v1/messages/batches/{batch_id}/results"
            body = client.get(address, cast_to=bytes, options={"timeout": self._timeout_s})
        results = results_of(body, requests, batch_id, self._shown)
        return {
            name: self._masked(result) if isinstance(result, Reply) else result
            for name, result in results.items()
        }

    def _masked(self, reply: Reply) -> Reply:
        """Return the reply without secrets of the change, and without the key, which a server may echo."""
        mask = self._whole_mask()
        names = ("stop_reason", "refusal", "model", "request_id")
        shown = {name: said and mask.text(said) for name in names if (said := getattr(reply, name))}
        return reply.evolve(text=mask.words(reply.text), **shown)

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        found = headers.get("request-id")
        return found and self._whole_mask().text(found)

    def _whole_mask(self) -> Mask:
        return self._mask.with_texts(dict.fromkeys(self._long_secrets(), KEY_MARKER))

    def _long_secrets(self) -> tuple[str, ...]:
        """Return the secrets that occur nowhere by chance; a local server takes any key, such as `x`."""
        return tuple(each for each in self._secrets() if len(each) >= KEY_CHARS)

    @contextmanager
    def _no_route(self, sentence: str) -> Iterator[None]:
        try:
            yield
        except sdk().APIStatusError as error:
            if error.status_code not in _NO_SUCH_ROUTE:
                raise
            raise ProviderStopped(f"{sentence} (status {error.status_code}).") from error

    @contextmanager
    def _calling(self, prompt: Prompt) -> "Iterator[anthropic.Anthropic]":
        with self._errors_translated(prompt):
            client = self._client()
            with self._trace.around():
                yield client

    def check_credentials(self) -> None:
        """Raise NoCredentials if there is nothing to sign in with; what there is may still be refused."""
        client = self._client()
        headers = {name.lower() for name in client.default_headers}
        if not (client.auth_headers or client.credentials or headers & _SIGNING_HEADERS):
            raise NoCredentials(_NO_KEY)

    @contextmanager
    def _errors_translated(self, prompt: Prompt) -> Iterator[None]:
        try:
            yield
        except sdk().APIStatusError as error:
            if error.status_code == HTTPStatus.OK:  # the reply had begun
                raise broken_off(error.type, self._request_id(error.response.headers)) from error
            raise error_of(self._provider_error(error, prompt), error.response.headers) from error
        except (sdk().APIConnectionError, http().RequestError) as error:
            # A bound of ours, which the SDK takes for a broken line.
            if isinstance(error.__cause__, NoAnswer):
                raise error.__cause__ from None
            raise lost(error, self._timeout_s, is_timeout=isinstance(error, _timeouts())) from error
        except sdk().AnthropicError as error:  # what is left: a login or a token exchange that failed
            raise ProviderStopped(f"{_NO_KEY} The SDK says: {type(error).__name__}.") from error
        except TypeError as error:
            if "authentication method" not in str(error):
                raise
            raise ProviderStopped(_NO_KEY) from error

    def _client(self) -> "anthropic.Anthropic":
        with self._lock:
            if self._is_closed:
                raise RunEnding
            if self._made is None:
                check_address(self._base_url)
                self._made = sdk().Anthropic(
                    api_key=self._api_key,
                    base_url=self._base_url,
                    timeout=self._timeout_s,
                    max_retries=0,
                    # A redirect would take the change, and headers of the user's, to whom it names.
                    http_client=sdk().DefaultHttpxClient(
                        follow_redirects=False,
                        headers={"accept-encoding": ENCODING},
                        event_hooks={"request": [self._note], "response": [_bound]},
                    ),
                )
                if self._made.open_telemetry["traces"]["enabled"]:
                    self._trace.begin()
            return self._made

    def _shown(self, words: str, prompt: Prompt) -> str:
        return quotable(self._mask.text(words), prompt, self._secrets())

    def _secrets(self) -> tuple[str, ...]:
        client = self._client()
        own = (client.api_key, client.auth_token, *self._credentials.known())
        return tuple(dict.fromkeys(each for each in own if each))

    def _note(self, request: Any) -> None:  # Any: the HTTP client's
        self._credentials.note(request.headers)

    def _provider_error(self, error: "anthropic.APIStatusError", prompt: Prompt) -> ProviderError:
        words = str(error.api_message or "")
        return ProviderError(
            status=error.status_code,
            code=error.error_code,
            words=words,
            shown=self._shown(words, prompt),
            request_id=self._request_id(error.response.headers),
            model=prompt.model,
        )


def _bound(response: Any) -> None:  # Any: the HTTP client's
    """Have the body of `response` unpacked here, and end in an error if it is too long; it is read later."""
    is_batch = response.request.url.path.endswith("/results")
    encoding = response.headers.pop("content-encoding", "").strip().lower()
    most_bytes = MOST_BATCH_BYTES if is_batch else MOST_BYTES
    response.stream = _bounded_stream()(response.stream, encoding, most_bytes)


@cache
def _bounded_stream() -> Any:  # Any: a class that needs the HTTP client, which is imported late
    class BoundedStream(http().SyncByteStream):  # type: ignore[misc]  # the base is Any, as above
        def __init__(self, stream: Any, encoding: str, most_bytes: int) -> None:  # Any: as above
            self._stream = stream
            self._encoding = encoding
            self._most_bytes = most_bytes

        def __iter__(self) -> Iterator[bytes]:
            return unpacked(self._stream, self._encoding, self._most_bytes)

        def close(self) -> None:
            self._stream.close()

    return BoundedStream


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


@cache
def sdk() -> Any:  # Any: a module; mypy cannot name its type
    """Return the SDK, imported on first use: more than a second, a fifth of it garbage collection."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        import anthropic  # noqa: PLC0415  # start-up time: 1.5 s
    finally:
        if was_on:
            gc.enable()
    return anthropic


def http() -> Any:  # Any: as above
    """Return the SDK's HTTP client, whose errors come through while a stream is read."""
    import httpx2  # noqa: PLC0415  # start-up time; the SDK has loaded it

    return httpx2


def _timeouts() -> tuple[Any, ...]:  # Any: as above
    return sdk().APITimeoutError, http().TimeoutException


def warm_up() -> None:
    """Start importing the SDK in the background, while the change is read."""
    Thread(target=sdk, name="import-sdk", daemon=True).start()
