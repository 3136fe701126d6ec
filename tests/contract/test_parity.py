"""Comparisons of fleets through the whole product: models of known quality, a cap, a second start."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from chargehand.cli.commands.parity import parity
from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import InputError
from chargehand.parity.comparing import PRESETS, score
from chargehand.parity.rating import ask_judge, people_page
from chargehand.parity.readers.judging import heard
from chargehand.parity.sample.case import Case
from chargehand.parity.sample.file import as_lines
from chargehand.parity.score.scores import MARGIN
from chargehand.parity.shown.document import document
from chargehand.parity.shown.html import page as shown_page
from chargehand.parity.shown.table import table
from chargehand.parity.start import Wanted, start
from chargehand.parity.trial.folder import Folder
from chargehand.parity.trial.running import Ended, Place
from tests.command import environment
from tests.messages_api import MessagesApi
from tests.messages_api.reader import Defect, Quality, Reader
from tests.unit.change.world import World
from tests.unit.parity.samples import case, golden

WORKER, ORCHESTRATOR = "claude-haiku-5-5", "claude-opus-5-5"
ONE_LENS = "".join(
    f"[lenses.{each}]\nenabled = false\n" for each in ("security", "tests", "documentation", "style")
)
CASES = [case(str(number), golden(8, file=f"m{number}.py"), file=f"m{number}.py") for number in range(5)]


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    """Give a server whose strong model finds everything and whose cheap one finds nothing."""
    defects = [Defect(f"m{number}.py", 8) for number in range(len(CASES))]
    with MessagesApi(script=Reader(defects, {WORKER: Quality(0.0), ORCHESTRATOR: Quality(1.0)})) as api:
        yield api


def test_a_comparison_says_its_cost_first_keeps_to_its_cap_and_goes_on_where_it_was(
    tmp_path: Path, api: MessagesApi
) -> None:
    said: list[str] = []
    assert _start(tmp_path, api, said, cap=None) is None
    assert not api.log
    assert said[0].startswith("5 changes in ")
    assert said[1].startswith("Models are shown the changes alone")
    assert said[2].startswith("orchestrator (claude-opus-5-5): 5 reviews, 5 tasks; expected $")
    assert said[-1].startswith("Together: expected $")
    assert not (tmp_path / "trial").exists()

    refused = _start(tmp_path, api, said, cap=Decimal("0.0001"))
    assert refused
    (smallest,) = re.findall(r"may cost \$([0-9.]+[0-9])", refused.why)
    stopped = _start(tmp_path, api, said, cap=Decimal(smallest))
    assert stopped
    assert 0 < stopped.done < stopped.wanted == 10
    assert "of --max-spend, $" in stopped.why
    assert api.bill_usd <= Decimal(smallest)

    before = len(api.calls)
    assert _start(tmp_path, api, said, cap=Decimal(5)) == Ended(10, 10, "")
    asked = [call for call in api.calls[before:] if call.role == "worker"]
    assert len(asked) == 10 - stopped.done
    after = len(api.calls)
    assert _start(tmp_path, api, said, cap=Decimal(5)) == Ended(10, 10, "")
    assert len(api.calls) == after

    scores = score(Folder(tmp_path / "trial"), MARGIN)
    text = table(scores)
    assert "tiered against orchestrator, by golden findings: more than 5 points below" in text
    rows = {(row["group"], row["fleet"]): row for row in json.loads(document(scores))["views"][0]["rows"]}
    assert rows["all", "orchestrator"]["recall"]["value"] == 1
    assert rows["all", "tiered"]["recall_difference"]["value"] == -1
    assert sum(cost.total_usd or 0 for cost in scores.costs) <= api.bill_usd

    with pytest.raises(InputError, match="another comparison"):
        _start(tmp_path, api, said, cap=Decimal(5), repeats=2)
    with pytest.raises(InputError, match="are spent"):
        _start(tmp_path, api, said, cap=Decimal("0.001"))


def test_a_judge_and_people_say_what_findings_are_worth_without_being_told_whose_they_are(
    tmp_path: Path, api: MessagesApi
) -> None:
    _start(tmp_path, api, [], cap=Decimal(5))
    folder = Folder(tmp_path / "trial")
    place = Place(tmp_path, environment(api), lambda _sentence: None, Cancellation())
    before = api.bill_usd
    assert "does not fit under the cap" in ask_judge(folder, None, Decimal("0.001"), 50, None, place)
    assert ask_judge(folder, None, Decimal(2), 50, None, place) == ""
    asked = [call for call in api.calls if call.role == "other"]
    assert len(asked) == 2 * len(CASES)
    assert sum(each.cost_usd for each in heard(folder)) == api.bill_usd - before
    assert ask_judge(folder, None, Decimal(2), 50, None, place) == ""
    assert len([call for call in api.calls if call.role == "other"]) == len(asked)

    number, page = people_page(folder, 50, None, place)
    ids = re.findall(r'data-id="([0-9a-f]{20})"', page)
    assert len(ids) == number == len(CASES)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert "default-src 'none'; style-src 'sha256-" in page
    assert f"script-src 'sha256-{digest}'" in page
    for name in ("tiered", "orchestrator", "haiku", "opus", "planted"):
        assert name not in page.replace("--orchestrator", "").replace("rect.orchestrator", "")
        assert all(name not in str(call.request["messages"]) for call in asked)
    (tmp_path / "ratings.json").write_text(
        json.dumps({"kind": "chargehand parity ratings", "ratings": dict.fromkeys(ids, "right")})
    )
    scores = score(folder, MARGIN, [tmp_path / "ratings.json"])
    _, *by_readers = scores.views
    assert [view.source for view in by_readers] == [f"the judge {ORCHESTRATOR}", "people"]
    for view in by_readers:
        firsts = [rows[0] for rows in view.fleets]
        assert [(row.known, row.found, row.hit) for row in firsts] == [(5, 5, 5), (5, 0, 0)]
    assert "agreed with itself on 5 of 5 findings" in table(scores)
    assert "People and the judge agreed on 5 of 5 findings" in shown_page(scores)
    (tmp_path / "ratings.json").write_text('{"kind": "chargehand parity ratings", "ratings": {"0": "right"}}')
    with pytest.raises(InputError, match="of another comparison"):
        score(folder, MARGIN, [tmp_path / "ratings.json"])


def test_the_commands_print_and_write_what_a_comparison_comes_to(
    tmp_path: Path, api: MessagesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _start(tmp_path, api, [], cap=Decimal(5))
    world = World.empty(tmp_path / "w")
    world.commit({"a.py": "x = 1\n"})
    world.commit({"a.py": "x = 1\nif x == 2 and y:\n    f(x, y)\n"}, "more")
    for name, value in environment(api).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(world.root)

    assert _run("sample", "--into", "s.jsonl", "-n", "3") == 0
    assert capsys.readouterr().out == "s.jsonl: 1 change (1 planted)\n"
    assert _run("run", "s.jsonl", "--into", "t") == 0
    assert "Nothing was spent. Give --max-spend to run it." in capsys.readouterr().err
    trial = str(tmp_path / "trial")
    assert _run("score", trial, "--html", "score.html") == 0
    assert "more than 5 points below" in capsys.readouterr().out
    assert "more than 5 points below" in (world.root / "score.html").read_text("utf-8")
    assert _run("score", trial, "--json") == 0
    assert json.loads(capsys.readouterr().out)["baseline"] == "orchestrator"
    assert _run("page", trial, "--into", "page.html") == 0
    assert capsys.readouterr().out == "page.html: 5 findings to rate\n"
    assert _run("audit", trial) == 0
    assert capsys.readouterr().out.startswith("correctness: no cheaper model is known to be as good\n")


def _run(*arguments: str) -> object:
    return parity.main(list(arguments), standalone_mode=False)


def test_batches_are_picked_up_and_presets_ask_for_enough(tmp_path: Path, api: MessagesApi) -> None:
    said: list[str] = []
    done = _start(tmp_path, api, said, cap=Decimal(5), is_batch=True)
    assert done == Ended(10, 10, "")
    assert sum(record.custom_id is not None for record in api.log) >= 10
    with pytest.raises(InputError, match="5 changes with 5 tasks, and 100 tasks"):
        _start(tmp_path, api, said, cap=None, preset="tasks")
    (tmp_path / "sample.jsonl").write_text(as_lines([CASES[0].evolve(diff="no diff")]), encoding="utf-8")
    with pytest.raises(InputError, match="the diff of 0 in the sample cannot be read"):
        _start(tmp_path, api, said, cap=None, is_given=True)
    with pytest.raises(InputError, match="is no fleet"):
        _start(tmp_path, api, said, cap=None, fleets=("tiered,reader=x",))


def _start(
    folder: Path,
    api: MessagesApi,
    said: list[str],
    *,
    cap: Decimal | None,
    repeats: int = 1,
    is_batch: bool = False,
    preset: str = "",
    is_given: bool = False,
    fleets: tuple[str, ...] = ("orchestrator", "tiered"),
) -> Ended | None:
    if not is_given:
        _write(folder, CASES)
    wanted = Wanted(
        sample=folder / "sample.jsonl",
        fleets=fleets,
        repeats=repeats,
        preset=PRESETS[preset] if preset else None,
        cap_usd=cap,
        is_batch=is_batch,
        config=None,
    )
    environ: Mapping[str, str] = environment(api)
    return start(wanted, Folder(folder / "trial"), Place(folder, environ, said.append, Cancellation()))


def _write(folder: Path, cases: list[Case]) -> None:
    (folder / ".chargehand.toml").write_text(ONE_LENS, encoding="utf-8")
    (folder / "sample.jsonl").write_text(as_lines(cases), encoding="utf-8")
