from decimal import Decimal
from pathlib import Path

import pytest

from chargehand.budget.estimate import estimate
from chargehand.budget.pr_budget import Account, open_account
from chargehand.budget.state_file import Subject, read_state
from chargehand.change import NoRepository
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS
from chargehand.core.limit import Limit
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import Prices
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from tests.unit.budget.test_smallest_cap import as_estimated
from tests.unit.change.world import World
from tests.unit.crew import LENSES, diff_of
from tests.unit.llm.asking import PROMPT, at_worst

CENT = Decimal("0.01")
JOB = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_PATH": "group/project"}
SUBJECT = Subject(repository="group/project", name="merge request 7")
PLANNING = Planning(
    orchestrator="claude-opus-5-5", small_files=9, small_lines=999, chunk_tokens=9000, measure=len
)
COST = estimate(diff_of("a.py"), Crew(fleet=FLEETS["5"], lenses=LENSES, threads=1), PLANNING, Prices())


def outside(folder: Path, environ: dict[str, str]) -> NoRepository:
    return NoRepository(cwd=folder, reason="none", environ=environ)


def opened(folder: Path, budget: str | None = "1.00", **environ: str) -> Account:
    amount = None if budget is None else Decimal(budget)
    return open_account(Path("state.json"), amount, outside(folder, {**JOB, **environ}))


def spend(account: Account, amount: Decimal) -> None:
    ledger = Ledger()
    ledger.reserve(PROMPT, at_worst(amount))  # a call in flight counts, whatever becomes of it
    with account.entering(ledger, "f" * 40):
        pass


def test_runs_on_one_change_add_up_and_others_do_not_count(tmp_path: Path) -> None:
    for _ in range(3):
        spend(opened(tmp_path), CENT)
    spend(opened(tmp_path, CI_MERGE_REQUEST_IID="8"), CENT)
    spend(opened(tmp_path, CI_PROJECT_PATH="group/other"), CENT)
    told = opened(tmp_path).spending
    assert told is not None
    assert (told.subject, told.runs, told.spent_before_usd) == ("merge request 7", 3, 3 * CENT)
    assert [run.head for run in read_state(tmp_path / "state.json").runs_on(SUBJECT)] == ["f" * 40] * 3


def test_what_this_run_spends_is_told_apart_from_what_was_spent_before(tmp_path: Path) -> None:
    spend(opened(tmp_path), CENT)
    account = opened(tmp_path)
    spend(account, 2 * CENT)
    told = account.spending
    assert told is not None
    assert (told.runs, told.spent_before_usd, told.spent_usd) == (2, CENT, 3 * CENT)
    assert told.budget_usd == Decimal("1.00")


@pytest.mark.parametrize(
    ("budget", "max_spend", "cap"),
    [
        ("1.00", None, "0.99"),
        ("1.00", "2.00", "0.99"),
        ("1.00", "0.50", "0.50"),
        (None, "0.50", "0.50"),
        (None, None, None),
        ("0.005", "0.50", "0"),
    ],
)
def test_a_run_may_spend_the_least_of_its_cap_and_of_what_is_left(
    tmp_path: Path, budget: str | None, max_spend: str | None, cap: str | None
) -> None:
    spend(opened(tmp_path), CENT)
    own = None if max_spend is None else Decimal(max_spend)
    limit = opened(tmp_path, budget).limit(own, is_priced=False)
    assert (limit and limit.usd) == (None if cap is None else Decimal(cap))


def test_a_cap_holds_that_nobody_set_unless_a_price_is_not_known(tmp_path: Path) -> None:
    account = opened(tmp_path, None)
    default, own = account.limit(None), account.limit(Decimal("0.50"))
    assert default is not None
    assert default == Limit(usd=Decimal("1.00"), source="default")
    assert (own and own.name) == "the cap of $0.50 (max_spend)"
    assert default.name == "the default cap of $1.00 (max_spend)"
    assert account.limit(None, is_priced=False) is None


def test_what_is_left_of_a_budget_is_called_so() -> None:
    left = Limit(usd=Decimal("0.0094032"), source="pr_budget", budget_usd=Decimal("0.50"))
    assert left.name == "the rest of the pr_budget of $0.50"
    assert left.shown == "cap $0.0095 by pr_budget"
    assert Limit(usd=Decimal("0.025"), source="pr_budget", budget_usd=Decimal("0.025")).shown == (
        "cap $0.025 by pr_budget"
    )


def test_a_budget_without_a_state_bounds_the_run_by_itself_and_says_so(tmp_path: Path) -> None:
    account = open_account(None, Decimal("0.25"), outside(tmp_path, JOB))
    limit = account.limit(None)
    assert (limit and limit.name) == "the pr_budget of $0.25"
    assert "bounds this run by itself" in account.notices[0]
    assert open_account(None, None, outside(tmp_path, JOB)).notices == ()


def test_what_ends_in_an_error_is_entered_too(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.reserve(PROMPT, at_worst(CENT))
    with pytest.raises(KeyboardInterrupt), opened(tmp_path).entering(ledger, None):
        raise KeyboardInterrupt
    (run,) = read_state(tmp_path / "state.json").runs_on(SUBJECT)
    assert run.spent_usd == CENT


def test_a_run_that_ended_meanwhile_is_not_forgotten(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    spend(first, CENT)
    spend(second, CENT)
    told = opened(tmp_path).spending
    assert told is not None
    assert told.spent_before_usd == 2 * CENT


def test_what_could_not_be_entered_is_a_gap_of_the_review(tmp_path: Path) -> None:
    account = opened(tmp_path)
    (tmp_path / "state.json").write_text("damaged meanwhile")
    spend(account, CENT)
    (gap,) = account.gaps
    assert "was not written" in gap
    assert "will not know of the $0.0100 spent now" in gap


def test_where_no_task_fits_nothing_is_planned_and_the_figure_that_would_do_is_told(tmp_path: Path) -> None:
    spend(opened(tmp_path), Decimal("0.9999"))
    account = opened(tmp_path)
    assert account.fit(PLANNING, COST.cap_needs, None, as_estimated).fallback_reason
    (notice,) = account.notices
    assert "$0.0001 is left of the pr_budget of $1.00" in notice
    assert "would be enough" in notice


def test_where_the_runs_own_cap_is_too_small_that_is_an_error_as_ever(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the cap of \$0\.0001 \(max_spend\) is too small"):
        opened(tmp_path).fit(
            PLANNING, COST.cap_needs, Limit(usd=Decimal("0.0001"), source="max_spend"), as_estimated
        )


def test_without_either_nobody_keeps_count(tmp_path: Path) -> None:
    account = open_account(None, None, outside(tmp_path, JOB))
    spend(account, CENT)
    assert account.spending is None
    assert account.limit(CENT) == Limit(usd=CENT, source="max_spend")
    assert list(tmp_path.iterdir()) == []


def test_a_change_that_nobody_names_cannot_be_counted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither the CI job nor git says"):
        open_account(Path("state.json"), CENT, outside(tmp_path, {}))


def test_a_state_file_that_the_change_could_have_written_is_refused(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "repository")
    world.commit({"ci/state.json": '{"chargehand_state": 1}'})
    for path in (Path("ci/state.json"), Path("ci/../ci/state.json")):
        with pytest.raises(InputError, match="under version control"):
            open_account(path, CENT, world.place())
    world.write({"beside.json": '{"chargehand_state": 1}'})
    assert open_account(Path("beside.json"), CENT, world.place()).spending
