"""Google Vertex AI, signed in to with what Google calls application default credentials."""

from collections.abc import Mapping
from typing import Any

from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.llm.provider.clouds.access import Access, Wanted, needs
from chargehand.llm.provider.sdk import sdk

_ADDRESS = "ANTHROPIC_VERTEX_BASE_URL"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_MANY_REGIONS = {
    "global": "https://aiplatform.googleapis.com/v1",
    "us": "https://aiplatform.us.rep.googleapis.com/v1",
    "eu": "https://aiplatform.eu.rep.googleapis.com/v1",
}
_NO_KEY = (
    "No model was asked: no usable credentials for Google Vertex AI. Have GOOGLE_APPLICATION_CREDENTIALS "
    "name a file, or sign in with `gcloud auth application-default login`, or run with --offline (free "
    "checks only) or --replay."
)


def _connect(wanted: Wanted) -> Any:  # Any: the SDK's client
    needs("google.auth", "Google Vertex AI", "vertex")
    region = wanted.environ.get("CLOUD_ML_REGION", "").strip()
    if not region:
        raise EnvironmentFault(
            "No model was asked: CLOUD_ML_REGION is not set. Set it to the region whose Vertex AI is to be "
            "asked, or to `global`."
        )
    default = _MANY_REGIONS.get(region, f"https://{region}-aiplatform.googleapis.com/v1")
    address = wanted.address(_ADDRESS, default, "CLOUD_ML_REGION")
    common = wanted.common(address)
    credentials, project = _signed_in()
    project = wanted.environ.get("ANTHROPIC_VERTEX_PROJECT_ID", "").strip() or project
    if not project:
        raise EnvironmentFault(
            "No model was asked: ANTHROPIC_VERTEX_PROJECT_ID is not set, and the credentials name no project."
        )
    return sdk().AnthropicVertex(
        region=region, project_id=project, credentials=credentials, base_url=address.url, **common
    )


def _signed_in() -> tuple[Any, str | None]:  # Any: google-auth ships no types
    import google.auth  # noqa: PLC0415  # an extra, and start-up time: 0.3 s

    try:
        credentials, project = google.auth.default(scopes=[_SCOPE])
    except _failures() as error:
        raise NoCredentials(f"{_NO_KEY} Google says: {type(error).__name__}.") from error
    return credentials, project


def _check(_client: Any) -> None:  # Any: as above
    """Do nothing: without credentials no client was made."""


def _secrets(client: Any, _environ: Mapping[str, str]) -> tuple[str | None, ...]:  # Any: as above
    return (getattr(client.credentials, "token", None),)


def _failures() -> tuple[type[Exception], ...]:
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # as above

    return (GoogleAuthError,)


ACCESS = Access(no_key=_NO_KEY, connect=_connect, check=_check, secrets=_secrets, failures=_failures)
