"""A leader's reply is streamed: it says and fails the same, and lets followers begin at its first word."""

from decimal import Decimal
from io import StringIO

import pytest

from chargehand.core.errors import ModelError
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Reviewed
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.lenses import built_in_lenses
from chargehand.llm.chain import build_chain
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch
from tests.messages_api import Fault, FaultKind, MessagesApi
from tests.unit.crew import diff_of
from tests.unit.llm.asking import prompt

pytestmark = pytest.mark.waits

FLEET = FLEETS["5"]
PLANNING = Planning(
    orchestrator=FLEET.orchestrator, small_files=99, small_lines=99_999, chunk_tokens=90_000, measure=len
)
# The stream itself says that the provider broke off; without a stream it is a connection that broke.
ONLY_STREAMED = {FaultKind.STREAM_ERROR}


def end_of(fault: Fault | None, asked: Prompt) -> tuple[object, ...]:
    """Return how an attempt ends, with all that tells it from another."""
    with (
        MessagesApi(faults=[fault] if fault else []) as api,
        Claude(0.4, api_key=api.key, base_url=api.url) as claude,
    ):
        try:
            reply = claude.ask(asked)
        except ModelError as error:
            return type(error), str(error), getattr(error, "may_be_charged", None)
    return reply.evolve(seconds=0.0), api.bill_usd


@pytest.mark.parametrize("kind", [None, *sorted(set(FaultKind) - ONLY_STREAMED)])
def test_a_streamed_reply_ends_as_a_plain_one(kind: FaultKind | None) -> None:
    fault = Fault(kind, hang_s=1) if kind else None
    plain = prompt(cache_prefix=True)
    streamed = plain.evolve(on_begin=lambda _served: None)
    assert end_of(fault, streamed) == end_of(fault, plain)


def review(api: MessagesApi) -> Asked:
    crew = Crew(fleet=FLEET, lenses=built_in_lenses(), threads=8)
    with Claude(30, api_key=api.key, base_url=api.url) as claude:
        chain = build_chain(claude, Prices(), threads=8, sleep=lambda _seconds: None)
        progress = Progress(StringIO(), verbosity=-1)
        brief = Brief(diff=diff_of("a.py", lines=4000), crew=crew, planning=PLANNING)
        return ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache()))


def test_followers_read_the_prefix_while_the_leader_is_still_writing() -> None:
    with MessagesApi(delay_s=3, first_event_s=0.1) as api:
        asked = review(api)
        assert sum((call.cost_usd or Decimal(0) for call in asked.calls), Decimal(0)) == api.bill_usd
        assert api.peak_in_flight == 5
    leader, *followers = sorted(
        (call.usage for call in asked.calls if call.role is Role.WORKER and call.usage),
        key=lambda usage: -usage.cache_write_5m_tokens,
    )
    assert leader.cache_write_5m_tokens > 30_000
    assert {usage.cache_read_tokens for usage in followers} == {leader.cache_write_5m_tokens}
    assert sum(usage.cache_write_5m_tokens for usage in followers) == 0


@pytest.mark.parametrize("kind", [FaultKind.RESET_MID, FaultKind.STREAM_ERROR, FaultKind.GARBAGE])
def test_a_stream_that_breaks_off_is_asked_again_and_nothing_is_lost(kind: FaultKind) -> None:
    with MessagesApi(faults=[Fault(kind, nth=1)]) as api:
        asked = review(api)
        booked = sum((call.cost_usd or Decimal(0) for call in asked.calls), Decimal(0))
        assert booked >= api.bill_usd
    assert {type(outcome) for outcome in asked.outcomes} == {Reviewed}
    assert len(asked.calls) == 6


def test_a_plain_reply_is_not_streamed() -> None:
    with MessagesApi() as api, Claude(5, api_key=api.key, base_url=api.url) as claude:
        reply = claude.ask(prompt(cache_prefix=True))
        assert [record.request.get("stream") for record in api.calls] == [None]
    assert reply.text
