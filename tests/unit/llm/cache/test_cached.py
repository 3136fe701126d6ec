from collections.abc import Iterator
from pathlib import Path

import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt, Reply
from chargehand.cost.ledger import Ledger
from chargehand.llm.cache.cached import Cached, keep, recall, reply_key
from chargehand.llm.cache.store import Shelf
from chargehand.pipeline.answers import JudgeAnswer
from tests.unit.llm.asking import GOOD, SONNET, Script, no_answer, prompt, reply


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Shelf.below(tmp_path, "the key") as opened:
        yield opened


def ask(shelf: Shelf, asked: Prompt, *ends: Reply | BaseException) -> tuple[Reply, Ledger]:
    ledger = Ledger()
    return Cached(Script(ends), shelf, ledger).ask(asked), ledger


def test_the_same_question_is_asked_once(shelf: Shelf) -> None:
    first, _ = ask(shelf, prompt(), reply(model="claude-haiku-5-5-20260101"))
    again, ledger = ask(shelf, prompt())
    assert (again.text, again.model) == (first.text, "claude-haiku-5-5-20260101")
    (call,) = ledger.calls
    assert call.is_cached
    assert call.cost_usd == 0
    assert call.usage is None
    assert call.request_id is None
    assert ledger.spent_usd == 0


def test_task_role_and_prefix_caching_do_not_make_another_question(shelf: Shelf) -> None:
    ask(shelf, prompt(), reply())
    again, _ = ask(shelf, prompt(task="security-9", cache_prefix=False))
    assert again.text == GOOD


@pytest.mark.parametrize(
    "changes",
    [
        {"model": SONNET},
        {"instructions": "Review that."},
        {"material": "1 + password = getpass()"},
        {"question": "Any claims at all?"},
        {"max_tokens": 2000},
        {"answer": JudgeAnswer},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_model_text_room_or_schema_makes_another_question(
    shelf: Shelf, changes: dict[str, object]
) -> None:
    ask(shelf, prompt(), reply())
    other = reply('{"summary":"","rulings":[]}') if "answer" in changes else reply(request_id="asked")
    again, ledger = ask(shelf, prompt(**changes), other)
    assert again == other
    assert ledger.calls == ()  # whoever is asked books it


@pytest.mark.parametrize("failure", Failure)
def test_no_failure_is_remembered(shelf: Shelf, failure: Failure) -> None:
    with pytest.raises(NoAnswer):
        ask(shelf, prompt(), no_answer(failure))
    again, _ = ask(shelf, prompt(), reply(request_id="asked"))
    assert again.request_id == "asked"


@pytest.mark.parametrize("text", ["", "no JSON", '{"claims":[{}]}', '{"rulings":[]}'])
def test_a_kept_text_that_does_not_answer_the_question_is_not_used(shelf: Shelf, text: str) -> None:
    key = reply_key(prompt())
    keep(shelf, key, reply(text))
    assert recall(shelf, key, prompt()) is None
    shelf.put(key, text)
    assert recall(shelf, key, prompt()) is None


def test_whoever_else_decides_about_the_answer_is_part_of_the_key() -> None:
    assert len({reply_key(prompt()), reply_key(prompt(), SONNET), reply_key(prompt(), "other")}) == 3
