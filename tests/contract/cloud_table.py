"""What a call, a stream, a price and a fault are at each cloud: run for real, as docs/clouds.md says.

`python -m tests.contract.cloud_table` writes the table of the page anew.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from chargehand.core.clouds import ANTHROPIC, BEDROCK, FOUNDRY, VERTEX, Cloud
from chargehand.core.errors import NoAnswer, ProviderStopped
from chargehand.cost.prices import Prices
from chargehand.llm.provider.claude import Claude
from tests.clouds import (
    ACCESS_KEY,
    BEARER,
    FOUNDRY_KEY,
    IDENTITY_SECRET,
    REGION,
    SECRET_KEY,
    CloudServer,
    google_account,
)
from tests.contract.ci_events import page_with
from tests.messages_api import Fault, FaultKind, MessagesApi
from tests.unit.llm.asking import prompt

PAGE = Path(__file__).parents[2] / "docs" / "clouds.md"
FAULTS = {
    "429": FaultKind.RATE_LIMITED,
    "500": FaultKind.SERVER_ERROR,
    "529": FaultKind.OVERLOADED,
    "a broken line": FaultKind.RESET_BEFORE,
}
HEADING = ("way", "a call", "a stream", "a million tokens in", *FAULTS, "a wrong secret")
ASKED = prompt(model="claude-haiku-4-5-20251001")


class Way(NamedTuple):
    """A way to sign in: the variables, in which the server's address and the like are filled in."""

    name: str
    cloud: Cloud
    environ: dict[str, str]


_AT_BEDROCK = {
    "AWS_REGION": REGION,
    "ANTHROPIC_BEDROCK_BASE_URL": "{url}",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
_VERTEX = {"CLOUD_ML_REGION": REGION, "ANTHROPIC_VERTEX_BASE_URL": "{url}/v1"}
WAYS = (
    Way("Anthropic", ANTHROPIC, {"ANTHROPIC_BASE_URL": "{url}", "ANTHROPIC_API_KEY": "{key}"}),
    Way("Amazon Bedrock, keys of AWS", BEDROCK, {**_AT_BEDROCK, **_KEYS}),
    Way(
        "Amazon Bedrock, a bearer token", BEDROCK, {**_AT_BEDROCK, "AWS_BEARER_TOKEN_BEDROCK": f"{BEARER}\n"}
    ),
    Way("Google Vertex AI", VERTEX, {**_VERTEX, "GOOGLE_APPLICATION_CREDENTIALS": "{account}"}),
    Way(
        "Microsoft Foundry",
        FOUNDRY,
        {"ANTHROPIC_FOUNDRY_BASE_URL": "{url}/anthropic/", "ANTHROPIC_FOUNDRY_API_KEY": FOUNDRY_KEY},
    ),
    Way(
        "Microsoft Foundry, Entra ID",
        FOUNDRY,
        {
            "ANTHROPIC_FOUNDRY_BASE_URL": "{url}/anthropic/",
            "IDENTITY_ENDPOINT": "{url}/msi",
            "IDENTITY_HEADER": IDENTITY_SECRET,
        },
    ),
)


_READ_BY_LIBRARIES = (
    *("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    *("ANTHROPIC_FOUNDRY_API_KEY", "IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
)


@contextmanager
def at(
    way: Way, folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: Fault, spoil: bool = False
) -> Iterator[tuple[Claude, CloudServer]]:
    """Give a model at a server of this cloud. What boto3 and Google read of the environment is set there."""
    for name in _READ_BY_LIBRARIES:
        monkeypatch.delenv(name, raising=False)
    with MessagesApi(faults=list(faults)) as api, CloudServer(api) as server:
        account, server.public_key = google_account(folder, server.url) if way.cloud is VERTEX else ("", None)
        given = {"url": server.url, "key": api.key, "account": account}
        environ = {name: value.format(**given) for name, value in way.environ.items()}
        if spoil:
            secret = re.compile(r".*(SECRET|BEARER|API_KEY|IDENTITY_HEADER).*")
            environ |= {name: "wrong" for name in environ if secret.fullmatch(name)}
            if way.cloud is VERTEX:
                _, server.public_key = google_account(folder / "other", server.url)
            if "AWS_REGION" in environ:  # the SDK keeps what it signs with, by region
                environ["AWS_REGION"] = "us-east-1"
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        with Claude(5, way.cloud, environ=environ) as claude:
            yield claude, server


def told(way: Way, folder: Path) -> tuple[str, ...]:
    """Ask by this way, and return the row of the table."""
    with pytest.MonkeyPatch.context() as patch:
        with at(way, folder, patch) as (claude, server):
            claude.check_credentials()
            plain, call = claude.ask(ASKED), server.seen[-1]
            streamed, stream = claude.ask(ASKED.evolve(on_begin=lambda _served: None)), server.seen[-1]
            assert streamed.evolve(seconds=0, request_id="") == plain.evolve(seconds=0, request_id="")
            assert plain.text.startswith("{")
            assert plain.usage
        rates = Prices(cloud=way.cloud, factor=way.cloud.factor(way.environ)).rates(ASKED.model)
        price = f"${rates.input.normalize():f}" if rates else "not listed"
        failures = (_end(way, folder, patch, Fault(kind)) for kind in FAULTS.values())
        return way.name, f"`{call}`", f"`{stream}`", price, *failures, _end(way, folder, patch)


def _end(way: Way, folder: Path, patch: pytest.MonkeyPatch, fault: Fault | None = None) -> str:
    """Return how a call ends in which something goes wrong; without a fault the secret is wrong."""
    faults = [fault] if fault else []
    with at(way, folder, patch, *faults, spoil=fault is None) as (claude, _):
        try:
            claude.ask(ASKED)
        except NoAnswer as error:
            return f"`{error.failure.value}`"
        except ProviderStopped:
            return "ends the run"
    return "nothing"


def table() -> str:
    """Return the table of the page."""
    lines = [HEADING, ["---"] * len(HEADING)]
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(told(way, Path(folder)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), table(), "clouds"), "utf-8")
