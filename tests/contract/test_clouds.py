"""A call, a stream, a price and a fault at each cloud, through the SDK's own clients and their signatures."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.core.clouds import BEDROCK, FOUNDRY, VERTEX, Cloud
from chargehand.core.errors import Failure, NoAnswer, NoCredentials, ProviderStopped
from chargehand.cost.prices import Prices
from chargehand.llm.provider.claude import Claude
from tests.clouds import (
    ACCESS_KEY,
    BEARER,
    FOUNDRY_KEY,
    PROJECT,
    REGION,
    SECRET_KEY,
    CloudServer,
    google_account,
)
from tests.messages_api import Fault, FaultKind, MessagesApi
from tests.unit.llm.asking import prompt

pytest.importorskip("boto3", reason="needs the extra bedrock")
pytest.importorskip("google.auth", reason="needs the extra vertex")

ASKED = prompt(model="claude-haiku-4-5-20251001")


class Way(NamedTuple):
    """A way to sign in, and the path at which the model is then asked; the server's address is filled in."""

    cloud: Cloud
    environ: dict[str, str]
    path: str


_AT_BEDROCK = {
    "AWS_REGION": REGION,
    "ANTHROPIC_BEDROCK_BASE_URL": "{url}",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
_VERTEX = {"CLOUD_ML_REGION": REGION, "ANTHROPIC_VERTEX_BASE_URL": "{url}/v1"}
_INVOKED = "/model/global.anthropic.claude-haiku-4-5-20251001/invoke"
WAYS = {
    "bedrock, signed": Way(BEDROCK, {**_AT_BEDROCK, **_KEYS}, _INVOKED),
    "bedrock, bearer": Way(BEDROCK, {**_AT_BEDROCK, "AWS_BEARER_TOKEN_BEDROCK": f"{BEARER}\n"}, _INVOKED),
    "vertex": Way(
        VERTEX,
        {**_VERTEX, "GOOGLE_APPLICATION_CREDENTIALS": "{account}"},
        f"/v1/projects/{PROJECT}/locations/{REGION}/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict",
    ),
    "foundry": Way(
        FOUNDRY,
        {"ANTHROPIC_FOUNDRY_BASE_URL": "{url}/anthropic/", "ANTHROPIC_FOUNDRY_API_KEY": FOUNDRY_KEY},
        "/anthropic/v1/messages",
    ),
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


@contextmanager
def at(
    way: Way, folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: Fault, spoil: bool = False
) -> Iterator[tuple[Claude, CloudServer]]:
    """Give a model at a server of this cloud. What boto3 and Google read of the environment is set there."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with MessagesApi(faults=list(faults)) as api, CloudServer(api) as server:
        account, server.public_key = google_account(folder, server.url) if way.cloud is VERTEX else ("", None)
        environ = {name: value.format(url=server.url, account=account) for name, value in way.environ.items()}
        if spoil:
            secrets = ("AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK", "ANTHROPIC_FOUNDRY_API_KEY")
            environ |= {name: "wrong" for name in secrets if name in environ}
            if way.cloud is VERTEX:
                _, server.public_key = google_account(folder / "other", server.url)
            if "AWS_REGION" in environ:  # the SDK keeps what it signs with, by region
                environ["AWS_REGION"] = "us-east-1"
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        with Claude(5, way.cloud, environ=environ) as claude:
            yield claude, server


def test_a_call_and_a_stream_are_signed_and_answered(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    with at(way, tmp_path, monkeypatch) as (claude, server):
        claude.check_credentials()
        plain = claude.ask(ASKED)
        streamed = claude.ask(ASKED.evolve(on_begin=lambda: begun.append("now")))
    assert streamed.evolve(seconds=0, request_id="") == plain.evolve(seconds=0, request_id="")
    assert (plain.text[:1], begun) == ("{", ["now"])
    assert plain.usage
    assert plain.usage.input_tokens > 0
    assert way.path in server.seen


def test_a_fault_is_the_same_as_at_anthropic(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = (
        (Fault(FaultKind.RATE_LIMITED, retry_after_s=7), Failure.RATE_LIMITED, 7.0),
        (Fault(FaultKind.OVERLOADED), Failure.OVERLOADED, None),
        (Fault(FaultKind.SERVER_ERROR), Failure.SERVER_ERROR, None),
    )
    for fault, failure, retry_after_s in faults:
        with at(way, tmp_path, monkeypatch, fault) as (claude, _), pytest.raises(NoAnswer) as caught:
            claude.ask(ASKED)
        assert (caught.value.failure, caught.value.retry_after_s) == (failure, retry_after_s)
        assert not caught.value.may_be_charged


def test_a_wrong_secret_stops_the_run(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(way, tmp_path, monkeypatch, spoil=True) as (claude, _), pytest.raises(ProviderStopped) as caught:
        claude.ask(ASKED)
    said = {
        VERTEX: "no usable credentials for Google Vertex AI",
        FOUNDRY: "does not let this key",
        BEDROCK: "does not let this key",
    }
    assert said[way.cloud] in str(caught.value)


def test_tokens_are_counted_where_the_cloud_counts(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(way, tmp_path, monkeypatch) as (claude, server):
        if way.cloud.counts_tokens:
            assert claude.count_tokens(ASKED) > 0
        else:
            with pytest.raises(NoAnswer, match="Amazon Bedrock does not count tokens"):
                claude.count_tokens(ASKED)
            assert server.seen == []


def test_nothing_to_sign_in_with_is_said_in_one_sentence(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = way._replace(
        environ={name: value for name, value in way.environ.items() if "{" in value or "REGION" in name}
    )
    bare.environ.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    with at(bare, tmp_path, monkeypatch) as (claude, _), pytest.raises(NoCredentials) as caught:
        claude.check_credentials()
    assert f"no usable credentials for {way.cloud.title}" in str(caught.value)


@pytest.mark.parametrize(
    ("cloud", "model", "dollars"),
    [
        (BEDROCK, "claude-opus-5-5", "4"),
        (BEDROCK, "eu.anthropic.claude-opus-5-5", "4.4"),
        (VERTEX, "claude-haiku-4-5-20251001", "1"),
        (FOUNDRY, "claude-opus-5-5", None),
        (BEDROCK, "meta.llama4", None),
    ],
)
def test_a_price_is_the_cloud_s_own_and_an_unknown_one_is_unknown(
    cloud: Cloud, model: str, dollars: str | None
) -> None:
    rates = Prices(cloud=cloud).rates(model)
    assert (rates and rates.input) == (dollars and Decimal(dollars))


def test_a_region_of_vertex_costs_a_tenth_more() -> None:
    prices: Any = [
        Prices(cloud=VERTEX, factor=VERTEX.factor({"CLOUD_ML_REGION": each})) for each in ("global", "x")
    ]
    world, region = (each.rates("claude-opus-5-5").input for each in prices)
    assert region == world * Decimal("1.1")
