import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt, Reply
from chargehand.cost.ledger import Ledger
from chargehand.llm.cache.replies import CachedReplies, keep, recall, reply_key
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import JudgeAnswer
from tests.unit.llm.asking import GOOD, SONNET, Script, no_answer, prompt, reply


def ask(store: CacheStore, asked: Prompt, *ends: Reply | BaseException) -> tuple[Reply, Ledger]:
    ledger = Ledger()
    return CachedReplies(Script(ends), store, ledger).ask(asked), ledger


def test_the_same_question_is_asked_once(store: CacheStore) -> None:
    first, _ = ask(store, prompt(), reply(model="claude-haiku-5-5-20260101"))
    again, ledger = ask(store, prompt())
    assert (again.text, again.model) == (first.text, "claude-haiku-5-5-20260101")
    (call,) = ledger.calls
    assert call.is_reused
    assert call.cost_usd == 0
    assert call.usage is None
    assert call.request_id is None
    assert ledger.spent_usd == 0


def test_task_role_and_prefix_caching_do_not_make_another_question(store: CacheStore) -> None:
    ask(store, prompt(), reply())
    again, _ = ask(store, prompt(task="security-9", cache_prefix=False))
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
    store: CacheStore, changes: dict[str, object]
) -> None:
    ask(store, prompt(), reply())
    other = reply('{"summary":"","rulings":[]}') if "answer" in changes else reply(request_id="asked")
    again, ledger = ask(store, prompt(**changes), other)
    assert again == other
    assert ledger.calls == ()  # whoever is asked books it


@pytest.mark.parametrize("failure", Failure)
def test_no_failure_is_remembered(store: CacheStore, failure: Failure) -> None:
    with pytest.raises(NoAnswer):
        ask(store, prompt(), no_answer(failure))
    again, _ = ask(store, prompt(), reply(request_id="asked"))
    assert again.request_id == "asked"


@pytest.mark.parametrize("text", ["", "no JSON", '{"claims":[{}]}', '{"rulings":[]}'])
def test_a_kept_text_that_does_not_answer_the_question_is_not_used(store: CacheStore, text: str) -> None:
    key = reply_key(prompt())
    keep(store, key, reply(text))
    assert recall(store, key, prompt()) is None
    store.put(key, text)
    assert recall(store, key, prompt()) is None


def test_whoever_else_decides_about_the_answer_is_part_of_the_key() -> None:
    assert len({reply_key(prompt()), reply_key(prompt(), SONNET), reply_key(prompt(), "other")}) == 3
