"""The tables of docs/reliability.md, made from the fault matrix and from the table of remedies.

`python -m tests.contract.reliability_page` writes them anew; a test holds that the page has them.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from chargehand.core.errors import Failure
from chargehand.llm.attempts.retrying import REMEDIES, Remedy, RetryPolicy
from tests.contract.fault_matrix import COLUMNS, ENDINGS, FAULTS, MATRIX, SAVED, SAVED_COLUMNS, Column
from tests.contract.left_out import WAYS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What each failure is, for a reader.
FAILURES = {
    Failure.RATE_LIMITED: "status 429",
    Failure.OVERLOADED: "status 529",
    Failure.SERVER_ERROR: "any other status of 500 or more, or 409",
    Failure.TIMEOUT: "no answer in time, or status 408 or 504",
    Failure.CONNECTION: "no connection, or one that broke before the answer was complete",
    Failure.TRUNCATED: "the answer was cut off",
    Failure.INVALID: "the answer is not the JSON that was asked for",
    Failure.EMPTY: "the answer has no text",
    Failure.UNKNOWN_STOP: "the answer ended for a reason that is not known",
    Failure.REFUSED: "the model declined",
    Failure.REJECTED: "any other status of 400 or more: the request itself is at fault",
}


def page_with_tables(text: str) -> str:
    """Return the page with every table between its marks made anew."""
    return _BLOCK.sub(lambda block: f"{block[1]}{tables()[block[2]]}{block[3]}", text)


def tables() -> dict[str, str]:
    """Return every table, by its name."""
    return {
        "remedies": _table(("what came", "word in the reports", "asked again", "attempts"), _remedies()),
        "matrix": _table(_heading(COLUMNS, is_staged=True), _cells(MATRIX)),
        "saved": _table(_heading(SAVED_COLUMNS, is_staged=False), _cells(SAVED)),
        "endings": _table(
            ("word", "verdict", "exit code", "meaning"),
            ((word, each.status, str(each.exit_code), each.means) for word, each in ENDINGS.items()),
        ),
        "left_out": _table(
            ("a file in the change", "by", "reason", "each report", "verdict", "exit code", "complete"),
            _left_out(),
        ),
        "attempts": _table(
            ("what came", "word in the bill", "charged", "attempts at one model, if it stays"),
            ((name, f"`{each.outcome}`", each.charge, str(each.attempts)) for name, each in FAULTS.items()),
        ),
    }


def _left_out() -> Iterable[tuple[str, ...]]:
    for name, way in WAYS.items():
        is_read = way.by == "read"
        end = ("passed", "0", "yes") if way.is_green else ("**incomplete**", "3", "no")
        by, reason = "read" if is_read else f"`{way.by}`", f"`{way.reason}`" if way.reason else ""
        yield name, by, reason, way.in_reports, *end


def _remedies() -> Iterable[tuple[str, ...]]:
    policy = RetryPolicy()
    attempts = {Remedy.WAIT: policy.attempts, Remedy.RAISE_MAX_TOKENS: policy.cut_off, Remedy.NONE: 1}
    # Where it was sent, it may be charged.
    sent_or_not = dict.fromkeys(
        (Failure.TIMEOUT, Failure.CONNECTION), f"{policy.paid}; {policy.attempts} if nothing was sent"
    )
    for failure, remedy in REMEDIES.items():
        again = "no" if remedy is Remedy.NONE else remedy.value
        most = sent_or_not.get(failure) or str(attempts.get(remedy, policy.paid))
        yield FAILURES[failure], f"`{failure.value}`", again, most


def _heading(columns: Sequence[Column], *, is_staged: bool) -> tuple[str, ...]:
    return ("", *(f"{each.stage}, {each.title}" if is_staged else each.title for each in columns))


def _cells(words: dict[str, tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    return ((name, *map(_told, row)) for name, row in words.items())


def _told(word: str) -> str:
    status = ENDINGS[word].status
    return word if status == "passed" else f"**{status}:** {word}"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (heading, ["---"] * len(heading), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text("utf-8")), "utf-8")
