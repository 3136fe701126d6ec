import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import EnvironmentFault, Failure, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.prompt import Reply
from chargehand.core.usage import Role, Usage
from chargehand.llm.provider.bounds import MOST_BYTES
from chargehand.llm.provider.claude import Claude
from tests.unit.llm.asking import ORCHESTRATOR, SONNET, prompt
from tests.unit.llm.fake_api import Answer, Server, error, message, serving

KEY = "sk-test-0123456789"


def ask(answer: Answer, timeout_s: float = 5.0, **changes: object) -> object:
    with serving(answer) as server, Claude(timeout_s, api_key=KEY, base_url=server.url) as claude:
        return claude.ask(prompt(**changes))


def ask_at(url: str, key: str | None = KEY) -> Reply:
    with Claude(5, api_key=key, base_url=url) as claude:
        return claude.ask(prompt())


def claude_at(server: Server, clock: Callable[[], float] = time.monotonic) -> Claude:
    return Claude(5, api_key=KEY, base_url=server.url, clock=clock)


def send(server: Server, **changes: object) -> Reply:
    with claude_at(server) as claude:
        return claude.ask(prompt(**changes))


def failure(answer: Answer, timeout_s: float = 5.0, **changes: object) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        ask(answer, timeout_s, **changes)
    return caught.value


def test_a_prompt_travels_as_instructions_cached_material_and_question() -> None:
    with serving(message()) as server:
        send(server)
    (sent,) = server.requests
    assert sent["model"] == "claude-haiku-5-5"
    assert sent["max_tokens"] == 1000
    assert sent["system"] == "Review this."
    assert sent["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "1 + password = input()", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "Any claims?"},
            ],
        }
    ]
    assert sent["thinking"] == {"type": "disabled"}
    assert sent["output_config"]["effort"] == "low"
    assert sent["output_config"]["format"]["type"] == "json_schema"
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert {"temperature", "top_p", "top_k", "tool_choice", "tools", "stream"}.isdisjoint(sent)


def test_a_reply_carries_text_usage_request_id_and_seconds() -> None:
    ticks = iter([10.0, 12.5])
    with serving(message("hi")) as server, claude_at(server, clock=lambda: next(ticks)) as claude:
        reply = claude.ask(prompt())
    assert reply.text == "hi"
    assert reply.stop_reason == "end_turn"
    assert reply.usage == Usage(input_tokens=100, output_tokens=10)
    assert reply.request_id == "req_9"
    assert reply.seconds == 2.5


def test_the_base_url_of_the_environment_is_used() -> None:
    with serving(message("hi")) as server:
        environ = {"ANTHROPIC_BASE_URL": server.url}
        with Claude(5, api_key="x", environ=environ) as claude:
            assert claude.ask(prompt()).text == "hi"


def test_a_failed_attempt_is_sent_once() -> None:
    with serving(error(500), message()) as server:
        with pytest.raises(NoAnswer):
            send(server)
        assert len(server.requests) == 1


def test_once_the_run_is_cancelled_nothing_is_sent() -> None:
    cancellation = Cancellation()
    with (
        serving(message()) as server,
        Claude(5, api_key=KEY, base_url=server.url, cancellation=cancellation) as claude,
    ):
        claude.ask(prompt())
        cancellation.cancel("interrupted")
        with pytest.raises(RunEnding):
            claude.ask(prompt())
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "expected", "may_be_charged"),
    [
        (400, Failure.REJECTED, False),
        (408, Failure.TIMEOUT, True),
        (409, Failure.SERVER_ERROR, False),
        (413, Failure.REJECTED, False),
        (422, Failure.REJECTED, False),
        (429, Failure.RATE_LIMITED, False),
        (500, Failure.SERVER_ERROR, False),
        (502, Failure.SERVER_ERROR, True),
        (503, Failure.SERVER_ERROR, False),
        (504, Failure.TIMEOUT, True),
        (529, Failure.OVERLOADED, False),
    ],
)
def test_a_status_is_told_apart(status: int, expected: Failure, may_be_charged: bool) -> None:
    met = failure(error(status))
    assert (met.failure, met.may_be_charged) == (expected, may_be_charged)
    assert "req_9" in met.detail


def test_a_rate_limit_says_how_long_to_wait() -> None:
    assert failure(error(429, retry_after="7")).retry_after_s == 7.0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error(401, "invalid key"), "did not accept the credentials"),
        (error(402), "asks for payment"),
        (error(403), "does not let this key use the model"),
        (error(404, "model: claude-haiku-5-5"), "does not know the model claude-haiku-5-5"),
        (error(429, code="enforced_spend_limit_reached"), "spend limit is reached"),
        (error(429, code="contract_spend_limit_reached"), "spend limit is reached"),
        (error(400, "You have reached your specified API usage limits."), "spend limit is reached"),
        (error(400, "Your credit balance is too low to access the API."), "spend limit is reached"),
    ],
)
def test_what_no_other_call_can_mend_stops_the_run(answer: Answer, words: str) -> None:
    with pytest.raises(ProviderStopped, match=words):
        ask(answer)


def test_a_ramp_limit_is_a_rate_limit() -> None:
    assert failure(error(429, code="ramp_limit_exceeded", retry_after="2")).retry_after_s == 2.0


def test_silence_is_a_timeout_that_may_be_charged() -> None:
    met = failure(message()._replace(delay_s=30), timeout_s=0.1)
    assert (met.failure, met.may_be_charged) == (Failure.TIMEOUT, True)


def test_a_reply_cut_off_half_way_is_a_broken_connection_that_may_be_charged() -> None:
    met = failure(message()._replace(length=10_000))
    assert (met.failure, met.may_be_charged) == (Failure.CONNECTION, True)


def test_a_connection_that_was_never_made_costs_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(NoAnswer) as caught:
            ask_at(url)
    assert (caught.value.failure, caught.value.may_be_charged) == (Failure.CONNECTION, False)
    assert "refused" in caught.value.detail


@pytest.mark.parametrize("body", [b"", b"<html>login</html>", b"{}", b"[]", b'{"content": "x"}', b"\xff\xfe"])
def test_a_body_that_is_no_message_is_invalid_and_may_be_charged(body: bytes) -> None:
    met = failure(Answer(200, body))
    assert (met.failure, met.may_be_charged) == (Failure.INVALID, True)


def test_without_credentials_one_message_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    home = str(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("XDG_CONFIG_HOME", home)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", home)
    with serving(message()) as server:
        with pytest.raises(ProviderStopped, match="Set ANTHROPIC_API_KEY"):
            ask_at(server.url, key=None)
        assert server.requests == []


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://example.org", "http://[::", "http://"])
def test_an_address_that_is_none_stops_the_run(url: str) -> None:
    with pytest.raises(EnvironmentFault, match="ANTHROPIC_BASE_URL is not a web address"):
        ask_at(url)


def test_a_key_that_no_header_can_carry_stops_the_run_and_is_not_shown() -> None:
    with serving(message()) as server, pytest.raises(ProviderStopped, match="the API key contains") as caught:
        ask_at(server.url, key="sk-secret\nx")
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("words", [f"bad key {KEY}", "cannot parse: 1 + password = input() (line 1)"])
def test_neither_key_nor_material_is_repeated(words: str) -> None:
    detail = failure(error(400, words)).detail
    assert "withheld" in detail
    assert KEY not in detail
    assert "password" not in detail


def test_the_providers_words_are_shown_on_one_harmless_line() -> None:
    detail = failure(error(400, "prompt is too long:\n\x1b[31m210000 tokens")).detail
    assert "prompt is too long: \\u{1b}[31m210000 tokens" in detail


def test_what_utf8_cannot_carry_is_replaced() -> None:
    with serving(message()) as server:
        send(server, material="caf\udce9 \U0001f600")
    assert server.requests[0]["messages"][0]["content"][0]["text"] == "caf\ufffd \U0001f600"


def test_a_large_reply_may_be_asked_for_without_streaming() -> None:
    with serving(message()) as server:
        send(server, model=ORCHESTRATOR, max_tokens=100_000)
    assert server.requests[0]["max_tokens"] == 100_000


@pytest.mark.parametrize(
    ("model", "thinking", "effort"),
    [
        (ORCHESTRATOR, None, "medium"),
        (SONNET, {"type": "between_tools"}, "medium"),
        ("claude-haiku-4-5-20251001", None, None),
        ("llama-local", None, None),
    ],
)
def test_only_what_the_model_accepts_is_sent(model: str, thinking: object, effort: object) -> None:
    with serving(message()) as server:
        send(server, model=model, role=Role.ESCALATION)
    assert server.requests[0].get("thinking") == thinking
    assert server.requests[0]["output_config"].get("effort") == effort


def test_who_asks_a_closed_client_asks_nobody() -> None:
    with serving(message("a"), message("b")) as server:
        with claude_at(server) as claude:
            assert claude.ask(prompt()).text == "a"
        with pytest.raises(RunEnding):
            claude.ask(prompt())
    assert len(server.requests) == 1


def count(answer: Answer, **changes: object) -> int:
    with serving(answer) as server, claude_at(server) as claude:
        return claude.count_tokens(prompt(**changes))


COUNTED = Answer(body=b'{"input_tokens": 321}')


def test_tokens_are_counted_over_the_same_request_without_an_answer() -> None:
    with serving(message(), COUNTED) as server, claude_at(server) as claude:
        claude.ask(prompt())
        assert claude.count_tokens(prompt()) == 321
    asked, counted = server.requests
    assert server.paths == ["/v1/messages", "/v1/messages/count_tokens"]
    assert asked == counted | {"max_tokens": 1000}


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_that_does_not_count_is_told_from_one_that_stops_the_run(status: int) -> None:
    with pytest.raises(
        NoAnswer, match=rf"does not count tokens for claude-haiku-5-5 \(status {status}: no\)"
    ) as caught:
        count(error(status))
    assert caught.value.failure is Failure.REJECTED
    with pytest.raises(ProviderStopped, match="credentials"):
        count(error(401))


def test_other_ends_of_a_count_are_those_of_a_question() -> None:
    with pytest.raises(NoAnswer) as caught:
        count(error(529))
    assert caught.value.failure is Failure.OVERLOADED


@pytest.mark.parametrize("body", [b"{}", b'{"input_tokens": -1}', b"<html>", b""])
def test_an_answer_without_a_count_is_no_count(body: bytes) -> None:
    with pytest.raises(NoAnswer, match="not a token count") as caught:
        count(Answer(body=body))
    assert caught.value.failure is Failure.INVALID


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"17",
            b'"x"',
            b"[]",
            b'{"type":7}',
            b'{"type":"message_start"}',
            b'{"type":"message_delta","delta":[]}',
        ),
        b'{"type":"message_start","message":' + b"[" * 100_000,
    ],
)
def test_a_stream_of_what_is_no_event_is_told_from_an_answer(data: bytes) -> None:
    body = b"event: message_start\ndata: " + data + b"\n\n"
    error = failure(Answer(200, body, {"content-type": "text/event-stream"}), on_begin=lambda _served: None)
    assert error.may_be_charged


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with serving(message()) as elsewhere:
        answer = Answer(status, b"", {"location": f"{elsewhere.url}/v1/messages"})
        with pytest.raises(ProviderStopped, match="redirects"):
            ask(answer)
        assert elsewhere.requests == []


PACKED = {"content-encoding": "gzip"}


def test_a_packed_answer_is_unpacked_and_one_that_cannot_be_is_no_answer() -> None:
    packed = gzip.compress(message("hi").body)
    with serving(Answer(200, packed, PACKED)) as server:
        assert send(server).text == "hi"
    assert server.headers[0]["accept-encoding"] == "gzip"
    assert failure(Answer(200, packed[:30] + b"xx" + packed[32:], PACKED)).failure is Failure.INVALID
    assert failure(Answer(200, packed[:-9], PACKED)).failure is Failure.CONNECTION
    assert failure(Answer(200, packed, {"content-encoding": "br"})).failure is Failure.INVALID


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b" " * (MOST_BYTES + 1)),
        Answer(500, b" " * (MOST_BYTES + 1)),
        Answer(200, gzip.compress(b" " * (MOST_BYTES + 1)), PACKED),
    ],
    ids=["an answer", "an error", "a packed one"],
)
def test_a_body_without_measure_is_not_read_to_its_end(answer: Answer) -> None:
    error = failure(answer)
    assert (error.failure, error.may_be_charged) == (Failure.INVALID, True)
    assert "which no answer has" in error.detail


def test_a_gateway_that_does_not_stream_answers_all_the_same() -> None:
    with serving(message("hi")) as server:
        assert send(server, on_begin=lambda _served: None).text == "hi"
        assert server.requests[0]["stream"] is True


def test_a_streamed_body_without_measure_is_not_read_to_its_end() -> None:
    body = b": %s\n\n" % (b"x" * 100_000) * (MOST_BYTES // 100_000 + 1)
    error = failure(Answer(200, body, {"content-type": "text/event-stream"}), on_begin=lambda _served: None)
    assert "which no answer has" in error.detail


def test_a_reply_that_comes_in_drops_has_a_limit_in_all() -> None:
    with (
        drops(b"HTTP/1.1 200 OK\r\nx: ") as url,
        Claude(0.2, api_key=KEY, base_url=url) as claude,
        pytest.raises(NoAnswer) as caught,
    ):
        claude.ask(prompt())
    assert (caught.value.failure, caught.value.may_be_charged) == (Failure.TIMEOUT, True)
    assert caught.value.detail == "the reply was not complete within 0.4 s"


@contextmanager
def drops(head: bytes) -> Iterator[str]:
    """Serve one connection: `head` at once, then a byte every few milliseconds, without an end."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(head)
            while not over.wait(0.02):
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join()


def test_the_key_is_masked_in_all_that_comes_back() -> None:
    echo = message(f"it is {KEY}", stop_reason=KEY, model=KEY)._replace(headers={"request-id": KEY})
    reply = ask(echo)
    assert KEY not in repr(reply)
    refused = failure(error(500, f"a {KEY}")._replace(headers={"request-id": KEY}))
    assert KEY not in f"{refused} {refused.request_id}"
