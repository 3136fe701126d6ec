"""What can go wrong, and what each kind of it means for the run.

    ChargehandError
    ├── InputError            nothing was reviewed; exit 2
    │   ├── ConfigError       a setting is wrong or unknown
    │   ├── ChangeError       the change cannot be found or fetched (git, CI environment, file)
    │   ├── DiffError         the input is not a diff that can be read
    │   ├── EnvironmentFault  a variable of the client is wrong, so that no model can be asked
    │   └── ReplayError       a recording cannot be read, or is of another change
    ├── ForgeError            a pull or merge request was to be read or written
    │   ├── ForgeRefused      the forge says no: asking again would not help
    │   └── ForgeUnsure       nobody knows whether it was done: look before it is sent again
    └── ModelError            a model was asked, or was about to be
        ├── NoAnswer          one attempt ended without a usable answer; `failure` says how
        │   └── NotAsked      it was not made: so many before it had ended so
        ├── OverBudget        the attempt was not sent: its worst case does not fit under the cap
        ├── ProviderStopped   no further call can succeed (key, permission, model, spend limit)
        └── RunEnding         the attempt was not sent: the run is being stopped

A message says what did not happen, why, and what to do.
"""

from enum import Enum


class Failure(str, Enum):
    """How one attempt at a call ended without a usable answer."""

    REFUSED = "refused"
    TRUNCATED = "truncated"
    INVALID = "invalid"
    EMPTY = "empty"
    UNKNOWN_STOP = "unknown_stop"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    REJECTED = "rejected"


# What says that the provider is not there, or does not keep up, and nothing of what was asked: an outage.
UNREACHED = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.OVERLOADED,
        Failure.SERVER_ERROR,
        Failure.TIMEOUT,
        Failure.CONNECTION,
    }
)


class ChargehandError(Exception):
    """Root of every error that is raised on purpose."""


class InputError(ChargehandError):
    """Nothing was reviewed, because what was given cannot be used."""


class CapTooSmall(InputError):
    """The cap does not carry the smallest review of any use, as the message says."""


class ConfigError(InputError):
    """A setting is wrong or unknown; the message names its source."""


class ChangeError(InputError):
    """The change cannot be found or fetched."""


class DiffError(InputError):
    """The input is no diff that can be read."""


class EnvironmentFault(InputError):
    """A variable by which the client reaches its provider is wrong; the message names it."""


class ReplayError(InputError):
    """A recording cannot be read, or was made of another change, configuration or version."""


class ForgeError(ChargehandError):
    """A pull or merge request was to be read or written."""


class ForgeRefused(ForgeError):
    """The forge says no, and would say so again; nothing was done."""


class ForgeUnsure(ForgeError):
    """Nobody knows whether it was done: the connection broke, or the forge failed."""


class ModelError(ChargehandError):
    """A model was asked, or was about to be. `said` is what it said before its answer was cut off."""

    said: str = ""


class NoAnswer(ModelError):
    """One attempt ended without a usable answer.

    `may_be_charged`: the provider may bill it, since its end is unknown or the model declined half-way.
    `request_id` is what the provider calls the attempt, if it said so. `allowed_tokens` is how long the
    answer could be that was cut off, None if that is not known.
    """

    allowed_tokens: int | None = None

    def __init__(
        self,
        failure: Failure,
        detail: str,
        *,
        retry_after_s: float | None = None,
        may_be_charged: bool = False,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.may_be_charged = may_be_charged
        self.request_id = request_id


class NotAsked(NoAnswer):
    """The attempt was not made: this model's other attempts say that there would be no answer."""


class OverBudget(ModelError):
    """The attempt was not sent: its worst case does not fit under the spend cap."""


class ProviderStopped(ModelError):
    """No further call can succeed: key, permission, unknown model or the provider's own spend limit."""


class NoCredentials(ProviderStopped):
    """There is nothing to sign in with, so no model can be asked at all."""


class RunEnding(ModelError):
    """The attempt was not sent, or is no longer waited for: the run is being stopped."""

    def __init__(self) -> None:
        super().__init__("the run is ending")
