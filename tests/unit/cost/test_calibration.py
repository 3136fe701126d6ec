"""What a prompt is known to be at most, and what that is worth under a cap."""

import threading
from decimal import Decimal

import pytest

from chargehand.core.errors import OverBudget
from chargehand.core.prompt import Prompt
from chargehand.core.tokens import estimate_prompt_tokens, estimate_tokens
from chargehand.core.usage import Usage
from chargehand.cost.calibration import Calibration, measure
from chargehand.cost.ledger import Count, Ledger
from chargehand.pipeline.answers import JudgeAnswer
from tests.unit.cost.waiting import waiting_for
from tests.unit.llm.asking import SONNET, prompt, result

# 40 kB that the estimate takes for far more than they are: every digit counts.
ASKED = prompt(material="1234567890" * 4000, question="Lens: security. Any claims?")
REPORTED = 14_000
LEEWAY = 50


def most(asked: Prompt, *told: tuple[Prompt, int]) -> int:
    """Return how many tokens `asked` is at most when these were reported."""
    calibration = Calibration()
    for each, tokens in told:
        calibration.report(measure(each), tokens)
    return calibration.most_tokens(measure(asked))


def test_without_a_report_the_estimate_counts() -> None:
    assert most(ASKED) == estimate_prompt_tokens(ASKED)


def test_a_prompt_that_begins_alike_is_at_most_the_reported_one_and_its_own_question() -> None:
    other = ASKED.evolve(question="Lens: tests. What is missing?", task="tests-1")
    own = estimate_tokens(other.question, other.model)
    assert most(other, (ASKED, REPORTED)) == REPORTED + own + LEEWAY


def test_the_same_prompt_is_what_was_reported_whatever_room_its_answer_has() -> None:
    roomier = ASKED.evolve(max_tokens=9000, cache_prefix=False)
    assert most(roomier, (ASKED, REPORTED)) == REPORTED + LEEWAY


def test_of_a_question_with_a_reminder_only_the_reminder_is_estimated() -> None:
    reminder = "\n\nAn earlier answer to this was not usable."
    again = ASKED.evolve(question=ASKED.question + reminder)
    assert most(again, (ASKED, REPORTED)) == REPORTED + estimate_tokens(reminder, again.model) + LEEWAY


@pytest.mark.parametrize(
    "change",
    [
        {"material": ASKED.material + "1"},
        {"instructions": ASKED.instructions + " Be thorough."},
        {"model": SONNET},
        {"answer": JudgeAnswer},
        {"instructions": ASKED.instructions + ASKED.material[:1], "material": ASKED.material[1:]},
    ],
    ids=["material", "instructions", "model", "schema", "another cut"],
)
def test_a_prompt_that_begins_otherwise_says_nothing(change: dict[str, object]) -> None:
    other = ASKED.evolve(**change)
    assert most(other, (ASKED, REPORTED)) == estimate_prompt_tokens(other)


def test_a_report_above_the_estimate_changes_nothing() -> None:
    assert most(ASKED, (ASKED, 10**6)) == estimate_prompt_tokens(ASKED)


def test_of_two_reports_of_one_prompt_the_larger_counts() -> None:
    assert most(ASKED, (ASKED, REPORTED), (ASKED, REPORTED - 9)) == REPORTED + LEEWAY


def test_of_several_bounds_the_lowest_counts() -> None:
    longer = ASKED.evolve(question="Lens: style. " + "Look closely. " * 99)
    third = ASKED.evolve(question="Lens: tests. What is missing?")
    assert most(third, (longer, REPORTED + 300), (ASKED, REPORTED)) == most(third, (ASKED, REPORTED))


def test_a_report_that_cannot_be_the_whole_prompt_is_not_believed() -> None:
    assert most(ASKED, (ASKED, 12)) == estimate_prompt_tokens(ASKED)


def test_what_utf8_cannot_carry_is_measured_too() -> None:
    assert measure(prompt(material="\udce9")).tokens > 0


# Under a cap: a dollar for each thousand tokens of prompt.


def dear(tokens: int, _most: int | None = None) -> Decimal:
    return Decimal(tokens) / 1000


FOLLOWER = ASKED.evolve(question="Lens: tests. What is missing?", task="tests-1")
ESTIMATED = dear(estimate_prompt_tokens(ASKED))


class Counting:
    """A provider that counts, or does not."""

    def __init__(self, tokens: int | None) -> None:
        self.tokens = tokens
        self.asked: list[str] = []

    def __call__(self, asked: Prompt) -> int | None:
        self.asked.append(asked.task)
        return self.tokens


def settled(ledger: Ledger, asked: Prompt, count: Count | None = None) -> Decimal | None:
    """Return what is put aside for an attempt that is then answered for nothing."""
    held = ledger.reserve(asked, dear, count)
    ledger.settle(held, result(usage=Usage(input_tokens=REPORTED), cost_usd=Decimal(0)))
    return held.worst_usd


def test_where_the_estimate_fits_it_is_what_is_put_aside() -> None:
    ledger = Ledger(ESTIMATED * 2)
    assert [settled(ledger, each) for each in (ASKED, ASKED)] == [ESTIMATED] * 2


def test_where_the_estimate_does_not_fit_a_report_bounds_the_prompt() -> None:
    ledger = Ledger(ESTIMATED)
    settled(ledger, ASKED)
    ledger.reserve(prompt(task="other"), lambda _tokens, _most=None: ESTIMATED - dear(REPORTED + 1000))
    held = ledger.reserve(FOLLOWER, dear)
    assert held.worst_usd == dear(most(FOLLOWER, (ASKED, REPORTED))) < ESTIMATED


def test_a_call_that_may_report_is_waited_for_before_its_like_is_refused() -> None:
    ledger = Ledger(ESTIMATED + dear(REPORTED // 2))
    first = ledger.reserve(ASKED, dear)
    spent = dear(REPORTED)  # so the estimate of another one will never fit
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, FOLLOWER, dear)
        threading.Event().wait(0.02)
        assert not waiting.done()
        ledger.settle(first, result(usage=Usage(input_tokens=REPORTED), cost_usd=spent))
        assert waiting.result(timeout=5).worst_usd == dear(most(FOLLOWER, (ASKED, REPORTED)))


def test_a_call_that_would_never_fit_by_its_estimate_waits_for_the_report_of_its_like() -> None:
    ledger = Ledger(ESTIMATED)
    first = ledger.reserve(ASKED, dear)
    longer = FOLLOWER.evolve(question="Lens: style. " + "Look closely. " * 99)
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, longer, dear)
        threading.Event().wait(0.02)
        assert not waiting.done()
        ledger.settle(first, result(usage=Usage(input_tokens=REPORTED), cost_usd=Decimal(0)))
        assert waiting.result(timeout=5).worst_usd == dear(most(longer, (ASKED, REPORTED)))


def test_a_count_is_asked_for_only_where_it_decides() -> None:
    count = Counting(10_000)
    settled(Ledger(), ASKED, count)
    settled(Ledger(ESTIMATED), ASKED, count)
    with pytest.raises(OverBudget):  # no text is so small
        Ledger(ESTIMATED / 10).reserve(ASKED, dear, count)
    with pytest.raises(OverBudget, match="price is not known"):
        Ledger(ESTIMATED).reserve(ASKED, lambda _tokens, _most=None: None, count)
    assert count.asked == []


def test_a_count_decides_with_a_margin_on_top() -> None:
    count = Counting(10_000)
    held = Ledger(ESTIMATED / 2).reserve(ASKED, dear, count)
    assert held.worst_usd is not None
    assert dear(10_200 + 300) < held.worst_usd < dear(11_100)
    assert count.asked == [ASKED.task]


def test_prompts_that_begin_alike_are_counted_once() -> None:
    count, ledger = Counting(10_000), Ledger(ESTIMATED / 2)
    ledger.settle(ledger.reserve(ASKED, dear, count), result(usage=None, cost_usd=Decimal(0)))
    ledger.release(ledger.reserve(FOLLOWER, dear, count))
    assert count.asked == [ASKED.task]


def test_a_count_that_does_not_help_leaves_the_refusal_with_the_smaller_figure() -> None:
    ledger = Ledger(ESTIMATED / 3)
    with pytest.raises(OverBudget, match=r"at least \$2\d\.\d+ has"):
        ledger.reserve(ASKED, dear, Counting(20_000))


@pytest.mark.parametrize("tokens", [None, 12], ids=["no count", "an odd count"])
def test_a_server_that_does_not_count_is_asked_once(tokens: int | None) -> None:
    count, ledger = Counting(tokens), Ledger(ESTIMATED / 2)
    for each in (ASKED, FOLLOWER, ASKED.evolve(material=ASKED.material + "1")):
        with pytest.raises(OverBudget, match=r"at least \$40\."):
            ledger.reserve(each, dear, count)
    assert count.asked == [ASKED.task]


def test_while_a_prompt_is_counted_no_later_task_takes_its_turn() -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def count(_prompt: Prompt) -> int:
        is_asked.set()
        may_answer.wait(5)
        return 10_000

    ledger = Ledger(ESTIMATED / 2)
    ledger.set_order([ASKED.task, "later"])
    with waiting_for(ledger) as pool:
        first = pool.submit(ledger.reserve, ASKED, dear, count)
        is_asked.wait(5)
        later = pool.submit(ledger.reserve, prompt(task="later"), lambda _tokens, _most=None: ESTIMATED / 2)
        threading.Event().wait(0.02)
        assert not later.done()
        assert ledger.committed_usd == 0  # nobody holds the lock meanwhile
        may_answer.set()
        held = first.result(timeout=5)
        assert not later.done()
        ledger.release(held)
        ledger.finish(ASKED.task)
        later.result(timeout=5)
