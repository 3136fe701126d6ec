"""Runs the judge over a comparison: what was said is kept after every change, and a later start goes on."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.app.job import TIMEOUT_S
from chargehand.change import find_repository
from chargehand.checks.secrets.texts import keys_in
from chargehand.config import Settings
from chargehand.core.diff import Diff
from chargehand.core.errors import ChargehandError, InputError, ModelError, NoAnswer, OverBudget
from chargehand.core.files import read_bounded, write_whole
from chargehand.core.masking import Mask
from chargehand.core.money import usd
from chargehand.llm.chain import Chain, build_chain
from chargehand.llm.provider.claude import Claude
from chargehand.parity.as_run import run_of
from chargehand.parity.readers.change import masked
from chargehand.parity.readers.item import Item, Rating
from chargehand.parity.readers.judge import PASSES, judged
from chargehand.parity.sample.case import Case
from chargehand.parity.trial.folder import Folder
from chargehand.parity.trial.running import Place

_FILE = "judge.jsonl"
_MOST_BYTES = 64 * 1024 * 1024


class Heard(BaseModel):
    """What the judge said of one change in one pass, and what that cost."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    model: str
    case: str
    pass_: int
    cost_usd: Annotated[Decimal, Field(ge=0)]
    ratings: dict[str, Rating]


class Asked(NamedTuple):
    """What is to be judged: the model, the findings, and what all of it may cost."""

    model: str
    items: Sequence[Item]
    cap_usd: Decimal


def heard(folder: Folder) -> tuple[Heard, ...]:
    """Return what a judge said so far; nothing if none was asked. Raises InputError."""
    path = folder.path / _FILE
    if not path.exists():
        return ()
    try:
        lines = read_bounded(path, _MOST_BYTES).decode().splitlines()
        return tuple(Heard.model_validate_json(line) for line in lines)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(
            f"Nothing was scored: {path} is none of ours. Remove it, and ask the judge anew."
        ) from error


def judge(folder: Folder, cases: Sequence[Case], asked: Asked, settings: Settings, place: Place) -> str:
    """Ask about every change twice, unless that was done; return why it stopped, nothing if it did not.

    Raises NoCredentials, and what else keeps a model from being asked.
    """
    there = [each for each in heard(folder) if each.model == asked.model]
    spent = sum((each.cost_usd for each in there), Decimal(0))
    if spent >= asked.cap_usd:
        return f"{usd(spent)} of the {usd(asked.cap_usd)} are spent already"
    checkout = find_repository(place.cwd, place.environ)
    run = run_of(cases[0], settings, checkout)
    mask, cancellation = Mask(search=keys_in), place.cancellation
    with Claude(TIMEOUT_S, run.cloud, environ=place.environ, cancellation=cancellation, mask=mask) as claude:
        claude.check_credentials()
        chain = build_chain(claude, run.prices, asked.cap_usd - spent, cancellation=place.cancellation)
        for case, pass_ in _left(cases, asked, there):
            shown = Shown(case.id, pass_, masked(case, settings, checkout))
            try:
                _keep(folder, _heard(chain, asked, shown))
            except OverBudget:
                return "the next call does not fit under the cap"
            except NoAnswer as error:
                place.say(f"{case.id}, pass {pass_ + 1}: no answer ({error.detail})")
            except ModelError as error:
                return str(error)
            place.say(f"judged {case.id}, pass {pass_ + 1} of {PASSES}; {usd(chain.ledger.spent_usd)} spent")
    return ""


class Shown(NamedTuple):
    """One question: which change, in which pass, and what is shown of it."""

    case: str
    pass_: int
    diff: Diff


def _left(cases: Sequence[Case], asked: Asked, there: Sequence[Heard]) -> Iterator[tuple[Case, int]]:
    done = {(each.case, each.pass_) for each in there}
    named = {item.case for item in asked.items}
    for case in cases:
        for pass_ in range(PASSES):
            if case.id in named and (case.id, pass_) not in done:
                yield case, pass_


def _heard(chain: Chain, asked: Asked, shown: Shown) -> Heard:
    before = chain.ledger.spent_usd
    mine = [item for item in asked.items if item.case == shown.case]
    ratings = judged(chain.model, asked.model, shown.diff, mine, shown.pass_)
    cost = chain.ledger.spent_usd - before
    return Heard(model=asked.model, case=shown.case, pass_=shown.pass_, cost_usd=cost, ratings=ratings)


def _keep(folder: Folder, said: Heard) -> None:
    lines = [each.model_dump_json() for each in (*heard(folder), said)]
    try:
        write_whole(folder.path / _FILE, "".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise ChargehandError(
            f"The judge stopped: {folder.path / _FILE} was not written ({error.strerror})."
        ) from error
