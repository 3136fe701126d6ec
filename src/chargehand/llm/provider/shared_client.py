"""One client of the SDK for all threads: made on first use, closed for good, its errors translated once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from threading import Lock
from typing import Any

from chargehand.core.clouds import Cloud
from chargehand.core.errors import EnvironmentFault, NoAnswer, NoCredentials, ProviderStopped, RunEnding
from chargehand.core.masking import Mask
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.repeating import KEY_CHARS
from chargehand.llm.provider.bounds import bound_body
from chargehand.llm.provider.clouds import ACCESSES
from chargehand.llm.provider.clouds.access import Wanted
from chargehand.llm.provider.connection import Hooks
from chargehand.llm.provider.credentials import Credentials
from chargehand.llm.provider.error_text import quotable
from chargehand.llm.provider.errors import ProviderError, error_of, lost
from chargehand.llm.provider.headers import check_custom_headers
from chargehand.llm.provider.proxies import proxy_for
from chargehand.llm.provider.response import broken_off
from chargehand.llm.provider.sdk import http, sdk, timeouts
from chargehand.llm.provider.tracing import Trace

# By these the SDK finds a login of its own.
_LOGINS = ("ANTHROPIC_PROFILE", "ANTHROPIC_CONFIG_DIR", "ANTHROPIC_FEDERATION_RULE_ID")
KEY_MARKER = "MASKED_API_KEY"


class SharedClient:
    """A client and its pool of connections, until it is closed; safe to share between threads.

    What comes back is masked: nobody gets a secret that `mask` knows, nor the key, which a server may echo.
    """

    def __init__(
        self,
        cloud: Cloud,
        environ: Mapping[str, str],
        timeout_s: float,
        *,
        api_key: str | None,
        base_url: str | None,
        mask: Mask,
    ) -> None:
        self._cloud = cloud
        self._access = ACCESSES[cloud.name]
        self._credentials = Credentials(environ)
        hooks: Hooks = {"request": [self._note], "response": [bound_body]}
        self._wanted = Wanted(environ, timeout_s, hooks, api_key, base_url)
        self._mask = mask
        self._lock = Lock()
        self._made: Any = None  # Any: the SDK's client, of whichever cloud
        self._is_closed = False
        self._trace = Trace()

    def close(self) -> None:
        """Close the connections, for good: a call that is no longer waited for asks nobody any more."""
        with self._lock:
            self._is_closed = True
            if self._made is not None:
                self._made.close()
                self._made = None
                self._trace.end()

    def check_credentials(self) -> None:
        """Raise NoCredentials if there is nothing to sign in with; what there is may still be refused.

        Raises EnvironmentFault if a variable names a login that cannot be used.
        """
        try:
            self._access.check(self._client())
        except sdk().AnthropicError as error:
            if named := [name for name in _LOGINS if self._wanted.environ.get(name)]:
                raise EnvironmentFault(
                    f"No model was asked: the login that {' and '.join(named)} name cannot be used "
                    f"({type(error).__name__}). Correct it, or set {self._cloud.keys[0]}."
                ) from error
            raise NoCredentials(f"{self._access.no_key} The reason: {type(error).__name__}.") from error

    @contextmanager
    def calling(self, prompt: Prompt) -> Iterator[Any]:  # Any: as above
        """Give the client; what it raises becomes NoAnswer, ProviderStopped or RunEnding."""
        with self._errors_translated(prompt):
            client = self._client()
            with self._trace.around():
                yield client

    def masked(self, reply: Reply) -> Reply:
        """Return the reply without secrets of the change and without the key."""
        return reply.masked(self._whole_mask())

    def request_id(self, headers: Mapping[str, str]) -> str | None:
        """Return what the provider calls the request, None if it does not say."""
        found = headers.get("request-id") or headers.get("x-amzn-requestid")
        return found and self._whole_mask().said(found)

    def shown(self, words: str, prompt: Prompt) -> str:
        """Return what of a provider's words may be shown."""
        return self._mask.said(quotable(self._mask.text(words), prompt, self._secrets()))

    def provider_error(
        self, error: Any, prompt: Prompt
    ) -> ProviderError:  # Any: an APIStatusError of the SDK
        """Return what the provider says of a request that it did not answer."""
        words = str(error.api_message or "")
        return ProviderError(
            status=error.status_code,
            code=error.error_code,
            words=words,
            shown=self.shown(words, prompt),
            request_id=self.request_id(error.response.headers),
            model=prompt.model,
            keys=" or ".join(self._cloud.keys),
            address_variable=self._cloud.address_variable,
        )

    def _whole_mask(self) -> Mask:
        # A local server takes any key, such as `x`; a long one occurs nowhere by chance.
        long = (each for each in self._secrets() if len(each) >= KEY_CHARS)
        return self._mask.with_texts(dict.fromkeys(long, KEY_MARKER))

    def _secrets(self) -> tuple[str, ...]:
        own = self._access.secrets(self._client(), self._wanted.environ)
        return tuple(dict.fromkeys(each for each in (*own, *self._credentials.known()) if each))

    def _note(self, request: Any) -> None:  # Any: the HTTP client's
        self._credentials.note(request.headers)

    def _client(self) -> Any:  # Any: as above
        with self._lock:
            if self._is_closed:
                raise RunEnding
            if self._made is None:
                check_custom_headers(self._wanted.environ)
                self._made = self._access.connect(self._wanted)
                if self._made.open_telemetry["traces"]["enabled"]:
                    self._trace.begin()
            return self._made

    @contextmanager
    def _errors_translated(self, prompt: Prompt) -> Iterator[None]:
        try:
            yield
        except sdk().APIStatusError as error:
            if error.status_code == HTTPStatus.OK:  # the reply had begun
                raise broken_off(error.type, self.request_id(error.response.headers)) from error
            raise error_of(self.provider_error(error, prompt), error.response.headers) from error
        except (sdk().APIConnectionError, http().RequestError) as error:
            # A bound of ours, which the SDK takes for a broken line.
            if isinstance(error.__cause__, NoAnswer):
                raise error.__cause__ from None
            is_timeout = isinstance(error, timeouts())
            raise lost(
                error, self._wanted.timeout_s, is_timeout=is_timeout, by_way_of=self._proxy()
            ) from error
        except (
            sdk().AnthropicError,
            *self._access.failures(),
        ) as error:  # a login or a token exchange failed
            raise ProviderStopped(f"{self._access.no_key} The reason: {type(error).__name__}.") from error
        except TypeError as error:
            if "authentication method" not in str(error):
                raise
            raise ProviderStopped(self._access.no_key) from error

    def _proxy(self) -> str:
        """Return the variable that names the proxy on the way, empty if there is none."""
        proxy = proxy_for(str(self._client().base_url), self._wanted.environ)
        return proxy.named_by if proxy else ""
