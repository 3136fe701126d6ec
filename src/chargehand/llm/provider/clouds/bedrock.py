"""Amazon Bedrock, signed in to with a bearer token or with what boto3 finds."""

from collections.abc import Mapping
from typing import Any

from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.llm.provider.clouds.access import Access, Wanted, needs
from chargehand.llm.provider.headers import key_in
from chargehand.llm.provider.sdk import sdk

_ADDRESS = "ANTHROPIC_BEDROCK_BASE_URL"
_NO_KEY = (
    "No model was asked: no usable credentials for Amazon Bedrock. Set AWS_BEARER_TOKEN_BEDROCK, or sign in "
    "to AWS as other programs do, or run with --offline (free checks only) or --replay."
)


def _connect(wanted: Wanted) -> Any:  # Any: the SDK's client
    needs("boto3", "Amazon Bedrock", "bedrock")
    region = _region(wanted.environ)
    address = wanted.address(_ADDRESS, f"https://bedrock-runtime.{region}.amazonaws.com", "AWS_REGION")
    return sdk().AnthropicBedrock(
        api_key=wanted.api_key or key_in(wanted.environ, "AWS_BEARER_TOKEN_BEDROCK"),
        aws_region=region,
        base_url=address.url,
        **wanted.common(address),
    )


def _region(environ: Mapping[str, str]) -> str:
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or _session().region_name
    if not region:
        raise EnvironmentFault(
            "No model was asked: AWS_REGION is not set, and no profile names a region. Set it to the region "
            "whose Bedrock is to be asked, such as eu-central-1."
        )
    return str(region)


def _session() -> Any:  # Any: boto3 ships no types
    import boto3  # noqa: PLC0415  # an extra, and start-up time: 0.3 s

    try:
        return boto3.Session()
    except _failures() as error:
        raise EnvironmentFault(
            f"No model was asked: AWS_PROFILE or the files of AWS are wrong ({type(error).__name__})."
        ) from error


def _check(client: Any) -> None:  # Any: as above
    if client.api_key is None and _session().get_credentials() is None:
        raise NoCredentials(_NO_KEY)


def _secrets(client: Any, environ: Mapping[str, str]) -> tuple[str | None, ...]:  # Any: as above
    return client.api_key, environ.get("AWS_SECRET_ACCESS_KEY"), environ.get("AWS_SESSION_TOKEN")


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415  # as above

    return BotoCoreError, RuntimeError  # the latter is the SDK's, if nothing is left to sign with


ACCESS = Access(no_key=_NO_KEY, connect=_connect, check=_check, secrets=_secrets, failures=_failures)
