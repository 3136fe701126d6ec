"""What a run may still spend of its pull request's budget, counted over all pushes, and what they found."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from chargehand.change import INDEX, Checkout, Repository, read_file_at, repository_name, subject_of
from chargehand.core.errors import InputError
from chargehand.core.last_review import LastReview
from chargehand.core.limit import DEFAULT_CAP_USD, Limit
from chargehand.core.masking import NO_MASK
from chargehand.core.money import usd, usd_exact, usd_rounded_up
from chargehand.core.usage import RequestSpending

# Start-up time: a run that counts nothing and asks nobody needs none of this.
if TYPE_CHECKING:
    from chargehand.budget.smallest_cap import CapNeeds, WorstCase
    from chargehand.budget.state_file import Run, Subject
    from chargehand.cost.ledger import Ledger
    from chargehand.pipeline.planning import Planning

KEPT_DAYS = 365


class Account:
    """The runs on one change before this one, and this one once it has been entered.

    Without a `path` nothing is counted, and each run stands for itself. Two runs at the same time do not
    see each other's spending. What no run was on for so many `days` is forgotten. `notices` says why nothing
    was asked, `gaps` what could not be entered.
    """

    def __init__(
        self,
        path: Path | None = None,
        subject: "Subject | None" = None,
        budget_usd: Decimal | None = None,
        before: "tuple[Run, ...]" = (),
        last_review: LastReview | None = None,
        days: int = KEPT_DAYS,
    ) -> None:
        self._path = path
        self._subject = subject
        self._budget_usd = budget_usd
        self._before = before
        self._days = days
        self._this: tuple[Run, ...] = ()
        self.last_review = last_review
        self.notices: tuple[str, ...] = ()
        self.gaps: tuple[str, ...] = ()

    @property
    def spending(self) -> RequestSpending | None:
        """What is spent so far, for the report; None if nothing is counted."""
        if self._subject is None:
            return None
        runs = (*self._before, *self._this)
        return RequestSpending(
            subject=self._subject.name,
            budget_usd=self._budget_usd,
            runs=len(runs),
            spent_before_usd=_total(self._before),
            spent_usd=_total(runs),
            unpriced=tuple(sorted({model for run in runs for model in run.unpriced})),
        )

    def limit(self, max_spend: Decimal | None, *, is_priced: bool = True) -> Limit | None:
        """Return what this run may spend: the least of its cap, else the default, and what the budget leaves.

        The default is none where a model's price is not known (not `is_priced`), since it could not be kept.
        """
        left, limits = self._left_usd(), list[Limit]()
        if max_spend is not None:
            limits.append(Limit(usd=max_spend, source="max_spend"))
        elif is_priced:
            limits.append(Limit(usd=DEFAULT_CAP_USD, source="default"))
        if left is not None:
            limits.append(Limit(usd=left, source="pr_budget", budget_usd=self._budget_usd))
        return min(limits, key=lambda each: each.usd, default=None)

    def fit(
        self,
        planning: "Planning",
        needs: "CapNeeds",
        limit: Limit | None,
        worst_case: "WorstCase",
    ) -> "Planning":
        """Return how to plan under the cap; raises as `fit_to_cap` does.

        If the budget leaves less than the smallest review may cost, that is no mistake of whoever runs
        this one: nothing is planned with a model, and the ledger lets no task begin.
        """
        from chargehand.budget.smallest_cap import fit_to_cap, smallest_cap  # noqa: PLC0415 - as above

        left = self._left_usd()
        smallest = smallest_cap(needs, left, worst_case)
        if left is None or smallest is None or smallest <= left:
            return fit_to_cap(planning, needs, limit, worst_case)
        enough = usd_rounded_up(_total(self._before) + smallest)
        reason = (
            f"{usd_rounded_up(left)} is left of the pr_budget of {usd_exact(self._budget_usd)}, and the "
            f"first task alone may cost {usd_rounded_up(smallest)}; a pr_budget of {enough} would be enough"
        )
        self.notices = (*self.notices, f"The budget is used up: {reason}.")
        return planning.evolve(fallback_reason="the budget is used up")

    @contextmanager
    def entering(self, ledger: "Ledger", head: str | None) -> Iterator[None]:
        """Enter what is spent within, however it ends; calls still in flight count at their worst case."""
        try:
            yield
        finally:
            if self._path and self._subject:
                from chargehand.budget.state_file import Run  # noqa: PLC0415 - as above

                unpriced = {call.model for call in ledger.calls if call.cost_usd is None}
                now = datetime.now(timezone.utc).isoformat(timespec="seconds")
                spent = ledger.committed_usd
                run = Run(started_at=now, head=head, spent_usd=spent, unpriced=tuple(sorted(unpriced)))
                self._enter(self._path, self._subject, run)

    def _enter(self, path: Path, subject: "Subject", run: "Run") -> None:
        from chargehand.budget.state_file import read_state, write_state  # noqa: PLC0415 - as above

        self._this = (run,)
        try:
            # Read again: another run may have ended meanwhile.
            oldest = (datetime.now(timezone.utc) - timedelta(days=self._days)).date().isoformat()
            write_state(path, read_state(path).with_run(subject, run).kept_since(oldest))
        except (OSError, InputError) as error:
            lost = f"the next run on {subject.name} will not know of the {usd(run.spent_usd)} spent now"
            self.gaps = (f"the state file {path} was not written ({error}): {lost}",)

    def remember(self, review: LastReview) -> str:
        """Keep what was found for the next push; return why it cannot be kept, empty if it is."""
        if self._path is None or self._subject is None:
            return ""
        from chargehand.budget.state_file import read_state, write_state  # noqa: PLC0415 - as above

        try:
            write_state(self._path, read_state(self._path).with_review(self._subject, review))
        except (OSError, InputError) as error:
            return f"The next run will not know what was found: {self._path} was not written ({error})."
        return ""

    def _left_usd(self) -> Decimal | None:
        return None if self._budget_usd is None else max(self._budget_usd - _total(self._before), Decimal(0))


def open_account(
    state: Path | None, budget_usd: Decimal | None, checkout: Checkout, days: int = KEPT_DAYS
) -> Account:
    """Return the account of the change that the CI job, or the branch, is about.

    Raises InputError, before anything is spent, if it cannot be kept. Without a state file a budget bounds
    this run alone.
    """
    if state is None:
        return _for_this_run(budget_usd)
    from chargehand.budget.state_file import Subject, check_state, read_state  # noqa: PLC0415 - as above
    from chargehand.checks.secrets.texts import mask_with  # noqa: PLC0415 - as above

    name = subject_of(checkout, checkout.environ)
    if name is None:
        raise InputError(
            "Nothing was reviewed: --state counts what a pull request or a branch costs, but neither the CI "
            "job nor git says which one this is. Check out a branch, or leave out --state and pr_budget."
        )
    path = checkout.cwd / state
    _check_untracked(path, checkout)
    # A branch may be called by a key. What else the change knows as a secret is masked in reports alone: the
    # next push has other lines, and has to find the same name.
    subject = Subject(
        repository=repository_name(checkout, checkout.environ),
        name=mask_with((name,), NO_MASK, "branch").prose(name),
    )
    state_before = read_state(path)
    check_state(path)
    last = state_before.last_review_of(subject)
    return Account(path, subject, budget_usd, state_before.runs_on(subject), last, days)


def _for_this_run(budget_usd: Decimal | None) -> Account:
    """Return an account that counts nothing: a budget then bounds this run by itself."""
    account = Account(budget_usd=budget_usd)
    if budget_usd is not None:
        said = f"The pr_budget of {usd_exact(budget_usd)} bounds this run by itself: no state file (--state)"
        account.notices = (f"{said} says what earlier runs on this change spent.",)
    return account


def _check_untracked(path: Path, checkout: Checkout) -> None:
    """Raise InputError if the change under review could itself say what it has cost."""
    if not isinstance(checkout, Repository):
        return
    real, root = path.resolve(), checkout.root.resolve()
    inside = real.relative_to(root).as_posix() if real.is_relative_to(root) else None
    if inside and read_file_at(checkout, INDEX, inside) is not None:
        raise InputError(
            f"Nothing was reviewed: the state file {path} is under version control, so a change could "
            "decide what it has cost. Keep it in the CI's cache, or outside the repository."
        )


def _total(runs: "tuple[Run, ...]") -> Decimal:
    return sum((run.spent_usd for run in runs), Decimal(0))
