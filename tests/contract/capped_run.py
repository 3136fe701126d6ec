"""One run of plan, workers and judge under a cap, with everything about it drawn from a seed."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from io import StringIO

from chargehand.budget.estimate import estimate
from chargehand.budget.smallest_cap import fit_to_cap
from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.diff import Diff
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.limit import Limit
from chargehand.core.plan import Outcome, Skipped
from chargehand.core.prompt import Prompt
from chargehand.core.tokens import estimate_for_any
from chargehand.core.usage import Bill
from chargehand.cost.bill import make_bill
from chargehand.cost.counterfactuals import SinglePass
from chargehand.cost.prices import Prices
from chargehand.lenses import built_in_lenses
from chargehand.llm.chain import Chain, build_chain
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
from tests.messages_api import Fault, FaultKind, MessagesApi, Record, Script, some_fail

CAPS_USD, TIGHT_CAPS_USD = ("0.001", "0.50"), ("0.03", "0.30")
TIMEOUT_S, HANG_S = 0.4, 0.8
# After these no further call can succeed, so they strike in few runs only.
RUN_ENDS = {
    FaultKind.SPEND_LIMIT,
    FaultKind.USAGE_LIMIT,
    FaultKind.UNAUTHORIZED,
    FaultKind.FORBIDDEN,
    FaultKind.NOT_FOUND,
}
PRICES = Prices()
# Dense text is where an estimate of tokens is in danger of being too low.
_TEXTS = (
    "total += order[{n}].amount  # line {n}",
    "x{n}={{'{n}':[{n},-{n},+{n}]}};;;@@!!{n}",
    "の価格は{n}円です。確認してください",
    "🙂{n}🚀🧪🔥 {n}",
    "    return self.repository.find_by_customer_identifier({n})",
)


@dataclass(frozen=True)
class Draw:
    """What one run is made of.

    `count_share` is what the provider counts of the tokens that it will bill, None where it does not count.
    `delay_s` is how long a reply takes once it has begun. Larger chunks have a cached prefix worth sharing.
    """

    seed: int
    cap_usd: Decimal
    threads: int
    fleet: Fleet
    lenses: int
    files: int
    lines: int
    claims: int
    wordiness: int
    is_planned: bool
    is_fitted: bool
    geo: str
    faults: tuple[Fault, ...]
    interrupted_after: int | None
    count_share: float | None
    delay_s: float = 0.0
    chunk_tokens: int = 4000
    timeout_s: float = TIMEOUT_S


@dataclass
class Seen:
    """What happened in one run; each of `violations` is a promise that was not kept."""

    draw: Draw
    is_refused: bool = False
    calls: int = 0
    counts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    billed_usd: Decimal = Decimal(0)
    booked_usd: Decimal = Decimal(0)
    outcomes: Counter[str] = field(default_factory=Counter)
    bill: Bill | None = None
    log: tuple[Record, ...] = ()
    violations: list[str] = field(default_factory=list)


def drawn(seed: int, **fixed: object) -> Draw:
    """Return the run of this number, with some of it `fixed`."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    # A third of the caps is anything, the others let a few tasks begin.
    low, high = (float(cap) for cap in (CAPS_USD if chance.random() < 0.33 else TIGHT_CAPS_USD))
    kinds = set(FaultKind) - (set() if chance.random() < 0.15 else RUN_ENDS)
    some = chance.sample(sorted(kinds), chance.randint(1, len(kinds)))
    faults = some_fail(chance.choice([0.05, 0.2, 0.4, 0.7]), some, seed)
    if chance.random() < 0.2:  # a gateway that never gives the model that was asked
        faults = (*faults, Fault(FaultKind.SUBSTITUTED, seed=seed))
    parts: dict[str, object] = {
        "seed": seed,
        "cap_usd": Decimal(round(low * (high / low) ** chance.random(), 6)).quantize(Decimal("0.000001")),
        "threads": chance.randint(1, 16),
        "fleet": FLEETS[chance.choice(sorted(FLEETS))],
        "lenses": chance.randint(1, 5),
        "files": chance.randint(1, 16),
        "lines": chance.randint(1, 200),
        "claims": chance.choice([0, 1, 4]),
        "wordiness": chance.choice([1, 20, 100]),
        "is_planned": chance.random() < 0.5,
        "is_fitted": chance.random() < 0.7,
        "geo": chance.choice(["global", "us"]),
        "faults": tuple(Fault(each.kind, p=each.p, seed=seed, hang_s=HANG_S) for each in faults),
        "interrupted_after": chance.randint(1, 6) if chance.random() < 0.1 else None,
        "count_share": chance.uniform(0.98, 1) if chance.random() < 0.7 else None,
        "delay_s": chance.choice([0.0, 0.03]),
        "chunk_tokens": chance.choice([4000, 20_000]),
    }
    return Draw(**{**parts, **fixed})  # type: ignore[arg-type]  # each is checked where it is used


def run_once(draw: Draw) -> Seen:
    """Run it against a server of its own, and compare what was booked with what the server bills."""
    seen = Seen(draw)
    diff = _diff(draw)
    books: list[Chain] = []
    server_usd = Decimal(0)

    def billed(record: Record) -> None:
        nonlocal server_usd
        server_usd += record.cost_usd
        is_switched = any(fault.kind is FaultKind.SUBSTITUTED for fault in draw.faults)
        if books and not is_switched and server_usd > books[0].ledger.committed_usd:
            seen.violations.append(f"at request {record.number} the server billed more than was put aside")

    with (
        MessagesApi(
            script=_script(draw),
            faults=draw.faults,
            workspace_geo=draw.geo,
            delay_s=draw.delay_s,
            first_event_s=0.0,
            on_record=billed,
        ) as api,
        Claude(draw.timeout_s, api_key=api.key, base_url=api.url) as claude,
    ):
        chain = build_chain(
            claude,
            PRICES,
            draw.cap_usd,
            sleep=lambda _seconds: None,
            count=_count(claude, draw.count_share),
            may_substitute=True,
        )
        books.append(chain)
        asked = _ask(draw, diff, chain, seen)
        _wait_for_threads()
    seen.log, seen.calls, seen.billed_usd = api.log, len(api.calls), api.bill_usd
    seen.counts = len(api.log) - len(api.calls)
    seen.faults = Counter(record.fault for record in api.log if record.fault)
    seen.booked_usd = chain.ledger.spent_usd
    if asked:
        seen.outcomes = Counter(type(outcome).__name__ for outcome in asked.outcomes)
        seen.bill = make_bill(
            asked.calls, PRICES, draw.fleet.orchestrator, SinglePass(prompt_tokens=0, token_ratio=None)
        )
    _judge(seen, chain)
    return seen


def _count(claude: Claude, share: float | None) -> Callable[[Prompt], int] | None:
    return None if share is None else lambda prompt: int(claude.count_tokens(prompt) * share)


class _Impatient(Progress):
    """Interrupts the run when so many tasks have ended."""

    def __init__(self, after: int | None, cancellation: Cancellation) -> None:
        super().__init__(StringIO(), verbosity=-1)
        self._after = after
        self._cancellation = cancellation
        self._ended = 0

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        self._ended += 1
        if self._ended == self._after:
            self._cancellation.cancel(INTERRUPTED)


def _ask(draw: Draw, diff: Diff, chain: Chain, seen: Seen) -> Asked | None:
    crew = Crew(fleet=draw.fleet, lenses=built_in_lenses()[: draw.lenses], threads=draw.threads)
    planning = Planning(
        orchestrator=draw.fleet.orchestrator,
        small_files=0 if draw.is_planned else 99,
        small_lines=99_999,
        chunk_tokens=draw.chunk_tokens,
        measure=partial(estimate_for_any, models=crew.workers),
    )
    if draw.is_fitted:
        try:
            needs = estimate(diff, crew, planning, PRICES).cap_needs
            limit = Limit(usd=draw.cap_usd, source="max_spend")
            planning = fit_to_cap(planning, needs, limit, chain.worst_case_usd)
            chain.ledger.hold(needs.held_under(draw.cap_usd))
        except InputError:
            seen.is_refused = True
            return None
    progress = _Impatient(draw.interrupted_after, chain.cancellation)
    brief = Brief(diff=diff, crew=crew, planning=planning)
    return ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache()))


def _judge(seen: Seen, chain: Chain) -> None:
    cap, booked, committed = seen.draw.cap_usd, chain.ledger.spent_usd, chain.ledger.committed_usd
    excess = chain.ledger.excess_usd
    is_switched = bool(seen.faults[FaultKind.SUBSTITUTED.value])
    promises = {
        f"no call cost more than was put aside, together {excess}": excess == 0 or is_switched,
        f"the server's bill {seen.billed_usd} is above the cap {cap} by at most what is said, {excess}": (
            seen.billed_usd <= cap + excess
        ),
        f"what is booked {booked} is at least the server's bill {seen.billed_usd}": booked >= seen.billed_usd,
        f"what is booked {booked} and put aside {committed} is at most the cap {cap}, and what is said": (
            booked <= committed <= cap + excess
        ),
        "a cap that is refused costs nothing": not (seen.is_refused and seen.calls),
    }
    seen.violations += [f"not so: {promise}" for promise, is_kept in promises.items() if not is_kept]


def _wait_for_threads() -> None:
    """Let calls end that an interrupt left in flight."""
    for thread in threading.enumerate():
        if thread.name.startswith("task"):
            thread.join(60)


def _diff(draw: Draw) -> Diff:
    chance = random.Random(draw.seed)  # noqa: S311  # no secret
    return parse_diff(
        "".join(_file(f"src/file{n}.py", draw.lines, chance) for n in range(draw.files)).encode()
    )


def _file(path: str, lines: int, chance: random.Random) -> str:
    text = chance.choice(_TEXTS)
    body = "".join(f"+{text.format(n=chance.randint(0, 10**6))}\n" for _ in range(lines))
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{lines} @@\n{body}"


def _script(draw: Draw) -> Script:
    claims = [
        {
            "file": f"src/file{file}.py",
            "line": 1,
            "rule": "correctness/other",
            "severity": "high",
            "title": f"Wrong for {number} in {file}",
            "message": "This is not what the caller asked for. " * draw.wordiness,
        }
        for file in range(draw.files)
        for number in range(draw.claims)
    ]
    return Script.of(
        [
            {"role": "worker", "reply": {"claims": claims}},
            {"role": "judge", "reply": {"summary": "Serious findings in most files."}},
        ]
    )


@dataclass(frozen=True)
class Carried:
    """How a run under the cap ended that `estimate` names for a whole review."""

    cap_usd: Decimal
    billed_usd: Decimal
    why: str

    @property
    def is_whole(self) -> bool:
        """Tell whether all was read and judged."""
        return not self.why


def carried(draw: Draw, script: Script) -> Carried:
    """Run it with these answers, under the cap for a whole review."""
    diff = _diff(draw)
    crew = Crew(fleet=draw.fleet, lenses=built_in_lenses()[: draw.lenses], threads=draw.threads)
    planning = Planning(
        orchestrator=draw.fleet.orchestrator,
        small_files=99,
        small_lines=99_999,
        chunk_tokens=4000,
        measure=partial(estimate_for_any, models=crew.workers),
    )
    needs = estimate(diff, crew, planning, PRICES).cap_needs
    assert needs.whole_usd is not None
    with (
        MessagesApi(script=script, workspace_geo=draw.geo) as api,
        Claude(draw.timeout_s, api_key=api.key, base_url=api.url) as claude,
    ):
        chain = build_chain(claude, PRICES, needs.whole_usd, count=_count(claude, draw.count_share))
        chain.ledger.hold(needs.held_under(needs.whole_usd))
        brief = Brief(diff=diff, crew=crew, planning=planning)
        session = Session(chain, Progress(StringIO(), verbosity=-1), Stopwatch(), ReplyCache())
        asked = ask_models(brief, session)
        skipped = sum(isinstance(each, Skipped) for each in asked.outcomes)
        why = f"{skipped} tasks skipped" if skipped else asked.judgement.gap
        return Carried(needs.whole_usd, api.bill_usd, why)
