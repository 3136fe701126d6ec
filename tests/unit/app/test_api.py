"""What a program can ask for, as docs/python.md promises it."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import chargehand as public
from chargehand.core.shape import read
from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, Script
from tests.unit.change.world import World

ROOT = Path(__file__).parents[3]
EXAMPLE = str(ROOT / "examples/python/review.py")
CONFLICT = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"
ALONE = public.Settings(fail_on="low")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World.empty(tmp_path_factory.mktemp("world") / "repository")
    world.commit({"a.py": "a = 0\n"})
    world.commit({"a.py": CONFLICT})
    return world


def test_importing_it_loads_nothing_and_its_names_do_not_load_the_sdk() -> None:
    asked = (
        "import sys, chargehand; before = set(sys.modules); chargehand.review, chargehand.Settings; "
        "print('pydantic' in before, 'anthropic' in sys.modules, chargehand.review.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout == "False False chargehand.app.api\n"


def test_every_name_is_there_and_stands_on_the_page() -> None:
    page = (ROOT / "docs/python.md").read_text("utf-8")
    assert [name for name in public.__all__ if getattr(public, name).__name__ != name] == []
    assert set(public.__all__) <= set(dir(public))
    assert [name for name in ("review(", "estimate(", "verdict(", "report(") if f"`{name}" not in page] == []
    with pytest.raises(AttributeError, match="frobnicate"):
        _ = public.frobnicate  # type: ignore[attr-defined]  # that is the test


def test_a_range_a_text_bytes_and_a_file_are_the_same_change(world: World, tmp_path: Path) -> None:
    text = world.git("diff", "HEAD~1", "HEAD") + "\n"
    (tmp_path / "x.diff").write_text(text)
    found = [
        public.review(given, ALONE, repository=world.root, is_offline=True)
        for given in ("HEAD~1..HEAD", text, text.encode(), tmp_path / "x.diff")
    ]
    assert {tuple((each.rule, each.start_line) for each in review.findings) for review in found} == {
        tuple((each.rule, each.start_line) for each in found[0].findings)
    }
    assert found[0].findings
    assert {public.verdict(each).status for each in found} == {public.Status.BLOCKED}
    assert json.loads(public.report(found[0], "json"))["verdict"]["exit_code"] == 1


def test_the_settings_that_are_given_are_all_that_counts(world: World) -> None:
    (world.root / ".chargehand.toml").write_text('fail_on = "critical"\nfrobnicate = 1\n')
    lax = public.Settings(fail_on="never")
    reviews = [
        public.review("HEAD~1..HEAD", each, repository=world.root, is_offline=True) for each in (ALONE, lax)
    ]
    assert [public.verdict(each).exit_code for each in reviews] == [1, 0]
    with pytest.raises(public.InputError, match="frobnicate is unknown"):
        public.review("HEAD~1..HEAD", repository=world.root, is_offline=True)


def test_settings_of_a_program_extend_nothing(world: World) -> None:
    extending = read(public.Settings, {"extends": {"overridable": []}})
    with pytest.raises(public.InputError, match="only a file can extend"):
        public.review("HEAD~1..HEAD", extending, repository=world.root, is_offline=True)


def test_a_wrong_setting_is_told_by_its_name() -> None:
    wrong: dict[str, Any] = {"thread": 4, "fail_on": "hi"}  # Any: what mypy would refuse
    with pytest.raises(ValueError, match=r"(?s)^2 validation errors for Settings\nfail_on\n.*\nthread\n"):
        public.Settings(**wrong)


def test_an_estimate_spends_nothing_and_an_empty_diff_costs_nothing(world: World) -> None:
    [first, *_] = public.estimate("HEAD~1..HEAD", ALONE, repository=world.root).estimates
    assert first.expected_usd is not None
    assert first.expected_usd > 0
    assert public.estimate("", ALONE, repository=world.root).estimates == ()
    assert "The diff is empty." in public.review(b"", ALONE, repository=world.root).notices


def test_what_is_no_change_and_no_report_is_told_with_what_is_one(world: World) -> None:
    with pytest.raises(public.InputError, match="neither a diff nor a range"):
        public.review("main", ALONE, repository=world.root)
    review = public.review(b"", ALONE, repository=world.root)
    with pytest.raises(public.InputError, match="there are sarif, markdown, "):
        public.report(review, "pdf")


def test_the_example_reviews_a_range_and_writes_its_report(world: World) -> None:
    claim = {
        "file": "a.py",
        "line": 2,
        "quote": "a = 1",
        "rule": "correctness/other",
        "severity": "high",
        "confidence": "high",
        "title": "It is never two",
    }
    script = Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": [claim]}}])
    with MessagesApi(script=script) as api:
        done = chargehand(
            "HEAD~1..HEAD",
            cwd=world.root,
            env=environment(api) | world.environ,
            program=f"import runpy; runpy.run_path({EXAMPLE!r}, run_name='__main__')",
        )
        spent = api.bill_usd
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert "a.py:2: high: It is never two\n" in done.stdout
    assert f"It cost {spent.normalize()} US dollars." in done.stdout
    assert Decimal(0) < spent < Decimal("0.50")
    assert json.loads((world.root / "review.sarif").read_text())["version"] == "2.1.0"
