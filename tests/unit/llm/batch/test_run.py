from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from chargehand.core.errors import (
    Failure,
    InputError,
    ModelError,
    NoAnswer,
    OverBudget,
    ProviderStopped,
    RunEnding,
)
from chargehand.core.plan import Plan
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import BATCH, Usage
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.batch.batched import Batched
from chargehand.llm.batch.requests import Limits, custom_id, groups
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.batch.state_file import BatchFile
from chargehand.llm.chain import Chain, build_chain
from chargehand.llm.provider.batch_response import BatchProgress
from tests.unit.llm.asking import GOOD, SONNET, Clock, Script, prompt, reply

PLAN = Plan(tasks=(), author="static")
PROMPTS = [
    prompt(task=f"security-{number}", question=f"Question {number}", cache_prefix=False)
    for number in (1, 2, 3)
]
RUNNING = BatchProgress(id="b1", is_ended=False, left=3, has_results=False)
ENDED = BatchProgress(id="b1", is_ended=True, left=0, has_results=True)
TIMEOUT = NoAnswer(Failure.TIMEOUT, "no reply within 5 s", may_be_charged=True)
OVERLOADED = NoAnswer(Failure.OVERLOADED, "the provider answered with status 529")
USAGE = Usage(input_tokens=1000, output_tokens=100, service_tier="batch")
WORST = worst_case_usd(PROMPTS[0], Prices(), BATCH) or Decimal(0)


def good(requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
    return {name: reply(usage=USAGE) for name in requests}


class Provider:
    """Gives one scripted end after the other for creations and looks; the last look stands."""

    def __init__(
        self,
        *,
        created: tuple[BatchProgress | BaseException, ...] = (RUNNING,),
        looks: tuple[BatchProgress | BaseException, ...] = (ENDED,),
        results: Callable[[Mapping[str, Prompt]], dict[str, Reply | NoAnswer]] = good,
    ) -> None:
        self._created = list(created)
        self._looks = list(looks)
        self._results = results
        self.sent: list[tuple[str, ...]] = []

    def create_batch(self, requests: Mapping[str, Prompt]) -> BatchProgress:
        self.sent.append(tuple(prompt.task for prompt in requests.values()))
        return _end(self._created.pop(0))

    def batch_progress(self, _batch_id: str, _requests: Mapping[str, Prompt]) -> BatchProgress:
        return _end(self._looks.pop(0) if len(self._looks) > 1 else self._looks[0])

    def batch_results(self, _batch_id: str, requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        return self._results(requests)


def _end(end: BatchProgress | BaseException) -> BatchProgress:
    if isinstance(end, BaseException):
        raise end
    return end


class Case:
    """A run, and what stands around it."""

    def __init__(self, path: Path, provider: Provider, cap: Decimal | None = None, **limits: int) -> None:
        self.provider = provider
        self.clock = Clock()
        self.said: list[str] = []
        self.singly = Script([])
        self.chain: Chain = build_chain(self.singly, Prices(), cap, sleep=self.clock.sleep)
        self.file = BatchFile(path, "key")
        self.run = BatchRun(
            provider,
            self.file,
            say=self.said.append,
            pause=self.clock.sleep,
            clock=self.clock,
            limits=Limits(slice_s=1000, **limits),
        )

    def model(self, change: str = "this", **more: Callable[[], bool]) -> Batched:
        self.run.open(change)
        batched = self.run.model(PROMPTS, PLAN, self.chain, **more)
        assert batched is not None
        return batched

    def outcomes(self) -> list[tuple[str, str, bool]]:
        return [(call.task, call.outcome, call.is_assumed) for call in self.chain.ledger.calls]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "batch.json"


def test_each_prompt_gets_its_own_reply_whatever_their_order(path: Path) -> None:
    def backwards(requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        return {
            name: reply(usage=USAGE, request_id=prompt.task)
            for name, prompt in reversed(list(requests.items()))
        }

    model = Case(path, Provider(results=backwards)).model()
    assert [model.ask(each).request_id for each in PROMPTS] == [each.task for each in PROMPTS]


def test_a_reply_is_given_once_and_then_the_model_is_asked(path: Path) -> None:
    case = Case(path, Provider())
    model = case.model()
    case.singly._ends.append(reply(request_id="again"))
    assert model.ask(PROMPTS[0]).request_id != "again"
    assert model.ask(PROMPTS[0]).request_id == "again"


def test_a_run_that_is_left_behind_takes_no_results_over(path: Path) -> None:
    def late(requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        case.run.leave_behind(case.chain)
        return good(requests)

    case = Case(path, Provider(results=late))
    case.run.open("this")
    assert case.run.model(PROMPTS, PLAN, case.chain) is None
    assert case.outcomes() == []
    assert case.chain.ledger.committed_usd == 0
    assert Case(path, Provider()).model().ask(PROMPTS[0]).text == GOOD


def test_a_batch_that_came_to_be_after_the_run_had_left_is_paid_for_and_in_no_file(path: Path) -> None:
    class Late(Provider):
        def create_batch(self, requests: Mapping[str, Prompt]) -> BatchProgress:
            case.run.leave_behind(case.chain)
            return super().create_batch(requests)

    case = Case(path, Late())
    case.run.open("this")
    with pytest.raises(RunEnding):
        case.run.model(PROMPTS, PLAN, case.chain)
    assert not path.exists()
    case.chain.ledger.abandon()
    assert case.chain.ledger.spent_usd == 3 * WORST


def test_a_result_costs_half_also_where_the_server_names_no_tier(path: Path) -> None:
    plain = reply().usage
    assert plain is not None
    assert plain.service_tier is None
    case = Case(path, Provider(results=lambda requests: dict.fromkeys(requests, reply())))
    case.model()
    full = Prices().cost(plain, PROMPTS[0].model)
    assert full is not None
    assert [call.cost_usd for call in case.chain.ledger.calls] == [full / 2] * 3
    assert case.run.notices == (
        f"The workers ran as a batch (batch b1, 3 requests): at batch prices this saved ${full * 3 / 2:.4f}.",
    )


def test_the_worst_case_is_reserved_before_and_settled_after(path: Path) -> None:
    case = Case(path, Provider())
    held: list[Decimal] = []
    create = case.provider.create_batch

    def watched(requests: Mapping[str, Prompt]) -> BatchProgress:
        held.append(case.chain.ledger.committed_usd)
        return create(requests)

    case.provider.create_batch = watched  # type: ignore[method-assign]  # this provider is a test's own
    case.model()
    ledger = case.chain.ledger
    assert held == [WORST * 3]
    assert ledger.spent_usd == ledger.committed_usd < held[0]


def test_what_does_not_fit_is_not_sent_the_first_come_first(path: Path) -> None:
    case = Case(path, Provider(), cap=WORST * 2)
    model = case.model()
    assert case.provider.sent == [("security-1", "security-2")]
    with pytest.raises(OverBudget, match="security-3 was not sent"):
        model.ask(PROMPTS[2])


def test_where_nothing_fits_no_batch_is_created(path: Path) -> None:
    case = Case(path, Provider(), cap=WORST / 2)
    model = case.model()
    assert case.provider.sent == []
    with pytest.raises(OverBudget):
        model.ask(PROMPTS[0])


def test_a_request_without_a_result_stays_charged_and_is_asked_again(path: Path) -> None:
    def all_but_one(requests: Mapping[str, Prompt]) -> dict[str, Reply | NoAnswer]:
        return good(dict(list(requests.items())[1:]))

    case = Case(path, Provider(results=all_but_one))
    model = case.model()
    assert case.outcomes()[0] == ("security-1", "invalid", True)
    assert case.chain.ledger.calls[0].cost_usd == WORST
    case.singly._ends.append(reply(request_id="single"))
    assert model.ask(PROMPTS[0]).request_id == "single"


def test_an_unusable_answer_is_paid_and_raised(path: Path) -> None:
    case = Case(path, Provider(results=lambda requests: dict.fromkeys(requests, reply("{", usage=USAGE))))
    model = case.model()
    assert {call.outcome for call in case.chain.ledger.calls} == {"invalid"}
    assert all(call.cost_usd for call in case.chain.ledger.calls)
    with pytest.raises(NoAnswer) as caught:
        model.ask(PROMPTS[0])
    assert caught.value.failure is Failure.INVALID


@pytest.mark.parametrize("failure", [Failure.OVERLOADED, Failure.REJECTED, Failure.TIMEOUT])
def test_a_request_that_failed_costs_nothing_and_stands_in_the_book(path: Path, failure: Failure) -> None:
    error = NoAnswer(failure, "as the test says")
    case = Case(path, Provider(results=lambda requests: dict.fromkeys(requests, error)))
    case.model()
    assert case.outcomes() == [(each.task, failure.value, False) for each in PROMPTS]
    assert case.chain.ledger.committed_usd == 0


def test_a_batch_that_is_turned_away_is_sent_again_after_a_wait(path: Path) -> None:
    busy = NoAnswer(Failure.RATE_LIMITED, "slow down", retry_after_s=30)
    case = Case(path, Provider(created=(OVERLOADED, busy, RUNNING)))
    case.model()
    assert case.clock.naps[:2] == [2.0, 30]
    assert len(case.provider.sent) == 3


@pytest.mark.parametrize(
    "end",
    [NoAnswer(Failure.REJECTED, "the provider answered with status 400"), ProviderStopped("No key.")],
    ids=["rejected", "stopped"],
)
def test_a_batch_that_was_certainly_not_created_costs_nothing(path: Path, end: ModelError) -> None:
    case = Case(path, Provider(created=(end,)))
    with pytest.raises(ProviderStopped):
        case.model()
    assert case.chain.ledger.committed_usd == 0
    assert case.chain.ledger.calls == ()
    assert not path.exists()


@pytest.mark.parametrize("end", [TIMEOUT, KeyboardInterrupt()], ids=["timeout", "Ctrl-C"])
def test_a_batch_that_may_have_been_created_stays_charged(path: Path, end: BaseException) -> None:
    case = Case(path, Provider(created=(end,)))
    with pytest.raises((ProviderStopped, KeyboardInterrupt)):
        case.model()
    assert len(case.provider.sent) == 1
    assert case.chain.ledger.spent_usd == WORST * 3
    assert all(call.is_assumed for call in case.chain.ledger.calls)


def test_the_second_of_two_batches_may_fail_without_the_first(path: Path) -> None:
    rejected = NoAnswer(Failure.REJECTED, "too much")
    case = Case(path, Provider(created=(RUNNING, rejected)), requests=2)
    model = case.model()
    assert case.provider.sent == [("security-1", "security-2"), ("security-3",)]
    assert any("1 request in no batch" in each for each in case.said)
    case.singly._ends.append(reply(request_id="single"))
    assert [model.ask(each).request_id for each in PROMPTS][2] == "single"


def test_it_looks_less_and_less_often(path: Path) -> None:
    case = Case(path, Provider(looks=(*[RUNNING] * 12, ENDED)))
    case.model()
    assert case.clock.naps[:4] == [2.0, 3.0, 4.5, 6.75]
    assert max(case.clock.naps) == case.clock.naps[-1] == 60
    assert sum("waiting for 3 requests" in each for each in case.said) == 1


def test_a_look_that_fails_is_no_reason_to_give_up(path: Path) -> None:
    case = Case(path, Provider(looks=(TIMEOUT, OVERLOADED, RUNNING, TIMEOUT, ENDED)))
    case.model()
    assert len(case.chain.ledger.calls) == 3


def test_a_provider_that_says_nothing_any_more_leaves_the_batch_to_another_run(path: Path) -> None:
    case = Case(path, Provider(looks=(OVERLOADED,)), failures=4)
    with pytest.raises(ProviderStopped, match="Run again to pick up the results"):
        case.model()
    assert len(case.clock.naps) == 3
    assert case.chain.ledger.committed_usd == 0
    assert "not in this bill" in case.run.notices[0]
    assert path.exists()


def test_a_run_that_has_stopped_leaves_the_batch_to_another_one(path: Path) -> None:
    case = Case(path, Provider(looks=(RUNNING,)))
    case.run.open("this")
    assert case.run.model(PROMPTS, PLAN, case.chain, lambda: len(case.clock.naps) > 2) is None
    assert case.chain.ledger.committed_usd == 0
    assert path.exists()


def test_results_that_are_no_longer_kept_are_said(path: Path) -> None:
    case = Case(path, Provider(looks=(ENDED.evolve(has_results=False),)))
    with pytest.raises(ProviderStopped, match="no longer has the results of batch b1"):
        case.model()


def left_behind(path: Path) -> None:
    case = Case(path, Provider(looks=(KeyboardInterrupt(),)))
    with pytest.raises(KeyboardInterrupt):
        case.model()
    assert path.exists()


def test_another_run_takes_the_plan_and_the_results_over(path: Path) -> None:
    left_behind(path)
    case = Case(path, Provider(created=()))
    assert case.run.open("this") == PLAN
    model = case.run.model(PROMPTS, PLAN, case.chain)
    assert model is not None
    assert [model.ask(each).text for each in PROMPTS] == [GOOD] * 3
    assert case.provider.sent == []
    assert not path.exists()


def test_a_run_with_a_larger_cap_sends_what_the_first_could_not(path: Path) -> None:
    first = Case(path, Provider(looks=(KeyboardInterrupt(),)), cap=WORST * 2)
    with pytest.raises(KeyboardInterrupt):
        first.model()
    second = Case(path, Provider(created=(RUNNING.evolve(id="b2"),)))
    second.model()
    assert second.provider.sent == [("security-3",)]
    assert "batches b1, b2" in second.run.notices[0]


def test_a_smaller_cap_than_that_of_the_first_run_is_refused(path: Path) -> None:
    left_behind(path)
    case = Case(path, Provider(created=()), cap=WORST * 2)
    with pytest.raises(InputError, match="Run again with the cap that it was sent under"):
        case.model()
    assert case.chain.ledger.committed_usd == 0
    assert path.exists()


def test_another_change_is_refused_before_anything_is_sent(path: Path) -> None:
    left_behind(path)
    case = Case(path, Provider())
    with pytest.raises(InputError, match="names batch b1, sent for another change"):
        case.run.open("that")
    assert case.provider.sent == []


def test_other_prompts_are_refused_even_if_the_change_is_the_same(path: Path) -> None:
    left_behind(path)
    case = Case(path, Provider())
    case.run.open("this")
    with pytest.raises(InputError, match="another change"):
        case.run.model(PROMPTS[:2], PLAN, case.chain)


def test_a_batch_whose_state_cannot_be_written_stays_charged_if_the_run_stops(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "batch.json"
    path.parent.mkdir()
    case = Case(path, Provider(looks=(KeyboardInterrupt(),)))
    case.run.open("this")
    path.parent.rmdir()
    with pytest.raises(KeyboardInterrupt):
        case.run.model(PROMPTS, PLAN, case.chain)
    assert any("do not interrupt" in each for each in case.said)
    assert case.chain.ledger.spent_usd == WORST * 3
    assert "no run can pick up the results" in case.run.notices[0]


def test_requests_are_grouped_by_their_size_too() -> None:
    requests = {each.task: each for each in PROMPTS}
    assert [list(group) for group in groups(requests, Limits(request_bytes=1))] == [
        [name] for name in requests
    ]
    assert list(groups({}, Limits())) == []


@pytest.mark.parametrize("task", ["security-1", "a" * 90, "größe und-3", ""])
def test_a_name_in_a_batch_is_one_that_the_api_takes(task: str) -> None:
    name = custom_id(prompt(task=task))
    assert 32 < len(name) <= 64
    assert all(each.isascii() and (each.isalnum() or each in "_-") for each in name)


def test_the_name_holds_what_is_asked() -> None:
    names = {
        custom_id(prompt(**each)) for each in ({}, {"question": "Else?"}, {"model": SONNET}, {"task": "s-2"})
    }
    assert len(names) == 4
