"""About which changes the configuration has no model asked, and how such a review looks."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from chargehand.app.flow import run
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.app.run import Run
from chargehand.app.unasked import with_policy
from chargehand.change import Automatic, Range, Selection, find_change
from chargehand.config import Settings
from chargehand.core.shape import read
from chargehand.forges.conclusion import conclude
from chargehand.forges.report import report_of
from chargehand.pipeline.progress import Progress
from tests.unit.change.world import World, branched, github, request_payload

Json = dict[str, Any]  # Any: JSON


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Give a repository whose `topic` has two commits of A that touch a.py and c.py."""
    return branched(tmp_path_factory.mktemp("world"))


def job_of(world: World, folder: Path, actor: str = "bot[bot]", **request: object) -> dict[str, str]:
    """Return the variables of a job about a pull request of which the event says `request`."""
    payload = request_payload(world)
    payload["pull_request"] = {**payload["pull_request"], **request}  # type: ignore[dict-item] # JSON
    return {**github(folder, payload), "GITHUB_ACTOR": actor}


def job(policy: Json, selection: Selection, out: str = "-") -> Job:
    settings = read(Settings, {"no_model": policy})
    return Job(selection=selection, flags={}, settings=settings, outputs=Outputs(paths={"json": out}))


def why(world: World, environ: dict[str, str], policy: Json, selection: Selection | None = None) -> str:
    """Return why no model would be asked, else what could not be looked up."""
    place, asked = world.place(**environ), job(policy, selection or Automatic())
    assert asked.selection
    assert asked.settings
    change = find_change(asked.selection, place)
    found = with_policy(Run(job=asked, checkout=place, change=change, settings=asked.settings))
    return found.unasked.reason if found.unasked else "; ".join(found.change.notices)


BY_BOT = {"user": {"login": "bot[bot]"}}
ALL = ["*[bot]", "A"]


@pytest.mark.parametrize(
    ("policy", "request_", "said"),
    [
        ({"authors": ALL}, BY_BOT, "no_model.authors names all who brought it (bot[bot])"),
        ({"authors": ["*[bot]", "*@example.org"]}, BY_BOT, "names all who brought it"),
        ({"authors": ["*[bot]"]}, BY_BOT, ""),  # the commits are another's
        ({"authors": ["A"]}, BY_BOT, ""),  # a name in a commit can be anybody's
        ({"authors": ALL}, {"user": {"login": "mallory"}}, ""),
        ({"authors": ["*b", "A"]}, BY_BOT, ""),  # no class of characters
        ({"authors": ALL}, {}, "does not say whose accounts"),
        ({"drafts": True}, {"draft": True}, "the request is a draft"),
        ({"drafts": True}, {"draft": False, "title": "[skip review] WIP"}, ""),
        ({"drafts": True}, {}, "does not say whether the request is a draft"),
        ({"labels": ["no-*"]}, {"labels": [{"name": "No-Review"}]}, "the label No-Review"),
        ({"labels": ["no-*"]}, {"labels": []}, ""),
        ({"labels": ["no-*"]}, {}, "does not say which labels"),
        ({"unless_labels": ["review", "go"]}, {"labels": []}, "has no label review or go"),
        ({"unless_labels": ["review", "go"]}, {"labels": [{"name": "go"}]}, ""),
        ({"paths": ["*.py"]}, {}, "touches only files that no_model.paths names"),
        ({"paths": ["a.py"]}, {}, ""),
    ],
)
def test_what_the_forge_says_of_a_request_decides(
    policy: Json, request_: Json, said: str, world: World, tmp_path: Path
) -> None:
    found = why(world, job_of(world, tmp_path, **request_), policy)
    assert said in found if said else found == ""


def test_a_person_who_sets_off_the_job_of_a_bot_has_it_reviewed(world: World, tmp_path: Path) -> None:
    assert why(world, job_of(world, tmp_path, actor="mallory", **BY_BOT), {"authors": ALL}) == ""


def test_on_a_person_s_own_machine_only_paths_decide(world: World) -> None:
    every: Json = {"authors": ["*"], "drafts": True, "labels": ["*"], "unless_labels": ["x"]}
    topic = Range(base="main", head="topic")
    assert why(world, {}, every, topic) == ""
    assert why(world, {}, {**every, "paths": ["*.py"]}, topic)


def test_a_file_that_comes_from_elsewhere_has_the_change_read(world: World, tmp_path: Path) -> None:
    moved = World.empty(tmp_path / "moved")
    moved.commit({"src/a.py": "a\nb\nc\n"})
    moved.git("mv", "src", "docs")
    moved.commit({})
    ends = Range(base="HEAD~1", head="HEAD")
    assert why(moved, {}, {"paths": ["docs/"]}, ends) == ""
    assert why(moved, {}, {"paths": ["docs/", "src/"]}, ends)


@pytest.mark.parametrize(
    ("policy", "code", "status", "beside"),
    [({"paths": ["*.py"]}, 0, "passed", "unasked"), ({"drafts": True}, 3, "incomplete", "incomplete")],
)
def test_a_review_without_a_model_says_why_and_never_looks_like_one(
    policy: Json, code: int, status: str, beside: str, world: World, tmp_path: Path
) -> None:
    out, told = tmp_path / "r.json", io.StringIO()
    environ = {**world.environ, **job_of(world, tmp_path, draft=True)}
    asked = job(policy, Automatic(), str(out))
    verdict = run(asked, cwd=world.root, environ=environ, stdout=told, progress=Progress(told))
    report = json.loads(out.read_text())
    assert (verdict.exit_code, verdict.status.value) == (code, status)
    assert (report["mode"], report["verdict"]["complete"], report["calls"]) == ("offline", False, [])
    reason = report["unasked"]["reason"]
    assert report["unasked"]["pending"] is (code == 3)
    assert f"no model was asked, because {reason}" in report["verdict"]["reasons"][0]
    conclusion = conclude(report_of(out.read_bytes(), "r.json"), ())
    assert conclusion.status == beside
    assert reason in conclusion.title
