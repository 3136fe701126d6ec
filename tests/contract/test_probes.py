"""A worker is tried on planted defects, and nothing of that can be taken for a finding."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from chargehand.app import flow
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs, write_outputs
from chargehand.change import Given
from chargehand.change.planting import words
from chargehand.config import Settings
from chargehand.core.errors import InputError
from chargehand.core.probe import PROBED_LENSES, Kind
from chargehand.core.review import Review
from chargehand.core.usage import Role
from chargehand.core.verdict import decide
from chargehand.forges.report import Report, report_of
from chargehand.lenses import BUILT_IN_LENSES
from chargehand.pipeline.progress import Progress
from chargehand.reports import FORMATS
from tests.command import environment
from tests.contract.our_schemas import objections
from tests.messages_api import MessagesApi, Script
from tests.messages_api.replies import Draft
from tests.messages_api.request import Request
from tests.messages_api.wire import Json, compact

_LINES = (
    "def first(user, page):",
    "    if not user.is_admin:",
    "        raise Forbidden",
    "    return html.escape(page)",
    "",
    "",
    "def other(a, b):",
    "    g(a, b)",
    "    if a < 3 and b == 1:",
    "        return a[0] + 1",
    "    return b",
    "",
    "",
    "x = 1",
    "y = 2",
    "z = 3",
    "last = 0",
)
DIFF = (
    "diff --git a/m.py b/m.py\nnew file mode 100644\n--- /dev/null\n+++ b/m.py\n"
    f"@@ -0,0 +1,{len(_LINES)} @@\n" + "".join(f"+{line}\n" for line in _LINES)
)
SAID = "a-word-that-only-probes-bring"
_ADDED = re.compile(r"^(\d+)\+(.*)$", re.MULTILINE)


class Watchful(Script):
    """Claims the last line of the change; of a change with other lines all of them, in words of its own."""

    def draft(self, request: Request) -> Draft:
        """Return the claims about what is shown."""
        if request.role != "worker":
            return super().draft(request)
        shown = _ADDED.findall(request.text)
        if tuple(text for _, text in shown) == _LINES:
            return Draft(text=compact({"claims": [_claim(len(_LINES), _LINES[-1], "Last")]}))
        claims = [_claim(int(number), text, SAID) for number, text in shown if text.strip()]
        return Draft(text=compact({"claims": claims}))


class Made(NamedTuple):
    """One review, everything that it printed and wrote by its path, and what comments are made of."""

    review: Review
    left: dict[str, bytes]
    report: Report

    @property
    def roles(self) -> list[Json]:
        """What each call of the recording was for."""
        return [json.loads(line).get("role") for line in self.left["recording.jsonl"].splitlines()]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made]:
    """Give the same review without probes and with as many as there may be."""
    with MessagesApi(script=Watchful()) as api:
        plain = _made(tmp_path_factory.mktemp("plain"), api, "0")
        probed = _made(tmp_path_factory.mktemp("probed"), api, "1")
    return plain, probed


def test_a_worker_is_tried_and_whether_it_noticed_is_counted(pair: tuple[Made, Made]) -> None:
    plain, probed = pair
    assert plain.review.probes == ()
    probes = probed.review.probes
    assert {each.lens for each in probes} == {"correctness", "security"}
    assert all(each.noticed for each in probes)
    assert {each.model for each in probes} == {"claude-haiku-5-5"}
    calls = [call for call in probed.review.calls if call.role is Role.PROBE]
    assert len(calls) == len(probes)
    price = sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))
    assert price == sum((each.cost_usd or Decimal(0) for each in probes), Decimal(0)) > 0
    assert probed.review.bill.by_role["probe"] == price
    assert probed.review.bill.total_usd - price == plain.review.bill.total_usd
    assert probed.review.bill.counterfactuals == plain.review.bill.counterfactuals
    assert probed.review.bill.by_lens == plain.review.bill.by_lens
    (said,) = set(probed.review.notices) - set(plain.review.notices)
    assert said.startswith(
        "Vigilance: workers noticed 2 of 2 planted defects (correctness 1 of 1, security 1 of 1)"
    )


def test_a_probe_cannot_be_taken_for_a_finding_anywhere(pair: tuple[Made, Made]) -> None:
    plain, probed = pair
    for name in ("findings", "dismissed", "coverage", "summary", "gaps"):
        assert getattr(probed.review, name) == getattr(plain.review, name), name
    verdict = decide(probed.review, probed.review.gate)
    assert verdict == decide(plain.review, plain.review.gate)
    written = {f"report.{each.name}" for each in FORMATS if not each.is_printed}
    assert {*written, "printed.txt", "said.txt", "recording.jsonl"} <= probed.left.keys()
    for name, content in probed.left.items():
        assert SAID.encode() not in content, name
    document = json.loads(probed.left["report.json"])
    assert objections("report", document) == []
    assert all(set(each) == {"lens", "model", "kind", "noticed", "cost_usd"} for each in document["probes"])
    # What is posted to a request of any forge, and what `spend` and a baseline read, is made of that report.
    assert probed.report.findings == plain.report.findings
    assert probed.report.comments == plain.report.comments
    assert probed.roles == plain.roles
    assert probed.left.keys() == plain.left.keys()
    assert len([name for name in probed.left if name.startswith("cache/")]) > 1


def test_a_probe_keeps_to_the_cap_and_comes_after_all_tasks(tmp_path: Path) -> None:
    with MessagesApi(script=Watchful()) as api:
        with pytest.raises(InputError) as refused:
            _review(tmp_path, api, Settings(max_spend=Decimal("0.0001")))
        (smallest,) = re.findall(r"may cost \$([0-9.]+[0-9])", str(refused.value))
        cap = Decimal(smallest)  # what one task may cost, at worst
        review = _review(tmp_path, api, Settings(probe_rate=Decimal(1), max_spend=cap))
        assert api.bill_usd <= cap
    assert {call.role for call in review.calls if call.cost_usd} == {Role.WORKER}
    assert all(each.noticed is None for each in review.probes)


def test_every_kind_of_mutation_has_its_word_in_reports() -> None:
    folder = Path(words.__file__).parent
    kinds = {
        kind
        for path in folder.glob("*.py")
        for kind in re.findall(r'(?:Edit\(|\(\()"([a-z-]+)"|, \("([a-z-]+)", b', path.read_text("utf-8"))
        for kind in kind
        if kind
    }
    assert kinds == set(get_args(Kind))
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    assert {lens for lens in BUILT_IN_LENSES if f'"{lens}"' in text} == set(PROBED_LENSES)


def _made(folder: Path, api: MessagesApi, rate: str) -> Made:
    review = _review(folder, api, Settings(probe_rate=Decimal(rate)))
    verdict = decide(review, review.gate)
    outputs = Outputs(paths={each.name: str(folder / f"report.{each.name}") for each in FORMATS})
    with (folder / "printed.txt").open("w", encoding="utf-8") as printed:
        write_outputs(review, verdict, outputs, printed)
    files = [path for path in folder.rglob("*") if path.is_file()]
    left = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return Made(review, left, report_of(left["report.json"], "the report"))


def _review(folder: Path, api: MessagesApi, settings: Settings) -> Review:
    job = Job(
        selection=Given(diff=DIFF.encode()),
        flags={},
        settings=settings,
        record=folder / "recording.jsonl",
        cache=folder / "cache",
        outputs=Outputs(),
    )
    with (folder / "said.txt").open("w", encoding="utf-8") as said:
        return flow.review(job, cwd=folder, environ=environment(api), progress=Progress(said))


def _claim(line: int, quote: str, title: str) -> Json:
    return {
        "rule": "other",
        "severity": "high",
        "confidence": "high",
        "title": title,
        "message": f"{title} it is.",
        "file": 1,
        "line": line,
        "end_line": line,
        "quote": quote,
        "replaces": "",
        "suggestion": "",
    }
