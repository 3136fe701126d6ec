"""Decides what these tests have at hand: a running server, and the SDK pointed at it."""

from collections.abc import Iterator

import anthropic
import pytest

from tests.contract.asking import client_of
from tests.messages_api import MessagesApi


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi() as running:
        yield running


@pytest.fixture
def client(api: MessagesApi) -> Iterator[anthropic.Anthropic]:
    with client_of(api) as made:
        yield made
