import json

import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.provider.batch_response import FAILURES, progress_of, results_of
from tests.unit.llm.asking import prompt

MESSAGE = {
    "model": "claude-haiku-5-5",
    "content": [{"type": "text", "text": "{}"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 7, "output_tokens": 3, "service_tier": "batch"},
}


def ends(*lines: object, shown: str | None = None) -> dict[str, Reply | NoAnswer]:
    def show(words: str, _prompt: Prompt) -> str:
        return words if shown is None else shown

    body = "\n".join(json.dumps(line) for line in lines).encode()
    return results_of(body, {"a": prompt(), "b": prompt()}, "batch_1", show)


def line(name: str, **result: object) -> object:
    return {"custom_id": name, "result": result}


def failed(end: Reply | NoAnswer) -> NoAnswer:
    assert isinstance(end, NoAnswer)
    return end


def test_a_message_becomes_a_reply_that_can_be_found_again() -> None:
    reply = ends(line("a", type="succeeded", message=MESSAGE))["a"]
    assert isinstance(reply, Reply)
    assert reply.text == "{}"
    assert reply.request_id == "batch_1/a"
    assert reply.usage
    assert (reply.usage.input_tokens, reply.usage.service_tier) == (7, "batch")


def test_lines_come_in_any_order_and_those_of_nobody_are_passed_over() -> None:
    found = ends(*(line(name, type="expired") for name in ("b", "stranger", "a")))
    assert set(found) == {"a", "b"}


@pytest.mark.parametrize(("kind", "failure"), [*FAILURES.items(), ("api_error", Failure.SERVER_ERROR)])
def test_an_error_is_told_by_its_type_and_costs_nothing(kind: str, failure: Failure) -> None:
    error = {"type": "error", "error": {"type": kind, "message": "no luck"}}
    end = failed(ends(line("a", type="errored", error=error))["a"])
    assert (end.failure, end.may_be_charged) == (failure, False)
    assert end.detail == "the batch answered with an error: no luck"


def test_words_that_may_not_be_shown_are_not() -> None:
    error = {"error": {"type": "api_error", "message": "password = input()"}}
    end = failed(ends(line("a", type="errored", error=error), shown="withheld")["a"])
    assert "password" not in str(end)


@pytest.mark.parametrize("error", [None, 7, {"error": 7}, {"error": {"type": 3}}])
def test_an_error_of_no_known_shape_is_the_servers_fault(error: object) -> None:
    assert failed(ends(line("a", type="errored", error=error))["a"]).failure is Failure.SERVER_ERROR


@pytest.mark.parametrize("kind", ["expired", "canceled"])
def test_what_the_batch_did_not_reach_costs_nothing(kind: str) -> None:
    end = failed(ends(line("a", type=kind))["a"])
    assert (end.failure, end.may_be_charged) == (Failure.TIMEOUT, False)


@pytest.mark.parametrize(
    "result", [{"type": "succeeded"}, {"type": "succeeded", "message": 3}, {"type": "new"}]
)
def test_what_cannot_be_read_may_be_charged(result: dict[str, object]) -> None:
    assert failed(ends(line("a", **result))["a"]).may_be_charged


@pytest.mark.parametrize("body", [b"<html>", b'{"custom_id": "a"}', b"{}\n{", b"[]"])
def test_a_line_that_is_no_result_spoils_all_of_them(body: bytes) -> None:
    with pytest.raises(NoAnswer, match="not a result of a batch"):
        results_of(body, {"a": prompt()}, "batch_1", lambda words, _prompt: words)


def test_progress_is_read_from_what_the_server_tells() -> None:
    batch = {"id": "b", "processing_status": "in_progress", "request_counts": {"processing": 4}}
    running = progress_of(json.dumps(batch).encode())
    assert (running.id, running.is_ended, running.left, running.has_results) == ("b", False, 4, False)
    batch |= {"processing_status": "ended", "results_url": "https://example.com", "request_counts": {}}
    ended = progress_of(json.dumps(batch).encode())
    assert (ended.is_ended, ended.left, ended.has_results) == (True, 0, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"id": "../models", "processing_status": "ended"}',
        b'{"id": "", "processing_status": ""}',
    ],
)
def test_what_is_no_batch_is_no_answer(body: bytes) -> None:
    with pytest.raises(NoAnswer) as caught:
        progress_of(body)
    assert caught.value.failure is Failure.INVALID
    assert caught.value.may_be_charged
