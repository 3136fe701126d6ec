from pathlib import Path

import pytest

from chargehand.change.ci.event import Event, read_event
from chargehand.core.errors import ChangeError
from tests.unit.change.world import github

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40
GITLAB = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": B, "CI_DEFAULT_BRANCH": "trunk"}


def test_without_hook_or_ci_there_is_no_event() -> None:
    assert read_event({}) is None


def test_a_pull_request_names_both_ends_and_the_base_branch(tmp_path: Path) -> None:
    request = {"base": {"sha": A, "ref": "main"}, "head": {"sha": B, "ref": "topic"}}
    environ = github(tmp_path, {"pull_request": request, "repository": {"default_branch": "trunk"}})
    assert read_event(environ) == Event(
        source="pull_request", bases=(A, "refs/remotes/origin/main"), head=B, default_branch="trunk"
    )


def test_a_synchronized_pull_request_is_no_push_though_it_has_before_and_after(tmp_path: Path) -> None:
    request = {"base": {"sha": A, "ref": "main"}, "head": {"sha": B, "ref": "topic"}}
    event = read_event(github(tmp_path, {"pull_request": request, "before": ZERO, "after": B}))
    assert event
    assert event.source == "pull_request"


def test_a_merge_group_names_both_ends(tmp_path: Path) -> None:
    environ = github(tmp_path, {"merge_group": {"base_sha": A, "head_sha": B}})
    assert read_event(environ) == Event(source="merge_group", bases=(A,), head=B)


def test_a_push_begins_at_what_was_there_before(tmp_path: Path) -> None:
    assert read_event(github(tmp_path, {"before": A, "after": B})) == Event(source="push", bases=(A,), head=B)


def test_a_new_branch_is_pushed_onto_nothing(tmp_path: Path) -> None:
    event = read_event(github(tmp_path, {"before": ZERO, "after": B}))
    assert event == Event(source="push", bases=(), head=B)


def test_a_schedule_names_no_change(tmp_path: Path) -> None:
    assert read_event(github(tmp_path, {"schedule": "0 4 * * *"})) is None


def test_a_comment_on_an_issue_names_no_change(tmp_path: Path) -> None:
    assert read_event(github(tmp_path, {"issue": {"number": 3}})) is None


def test_a_comment_on_a_pull_request_is_refused_because_its_commits_are_unknown(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="does not tell its commits"):
        read_event(github(tmp_path, {"issue": {"pull_request": {"url": "x"}}}))


@pytest.mark.parametrize(
    "payload", [{"before": "--output=x", "after": B}, {"pull_request": {"base": {}}}, {"merge_group": 3}, []]
)
def test_a_payload_of_another_form_is_refused(tmp_path: Path, payload: object) -> None:
    with pytest.raises(ChangeError, match="GITHUB_EVENT_PATH"):
        read_event(github(tmp_path, payload))


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}x"])
def test_a_payload_that_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(ChangeError, match="GITHUB_EVENT_PATH"):
        read_event({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_a_payload_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="GITHUB_EVENT_PATH"):
        read_event({"GITHUB_EVENT_PATH": str(tmp_path / "gone.json")})


def test_a_merge_request_begins_at_its_diff_base() -> None:
    environ = GITLAB | {
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": A,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
    }
    bases = (A, "refs/remotes/origin/main")
    assert read_event(environ) == Event(source="merge_request", bases=bases, head=B, default_branch="trunk")


def test_a_merged_results_pipeline_ends_at_the_source_branch() -> None:
    environ = GITLAB | {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": A}
    event = read_event(environ)
    assert event
    assert event.head == A


@pytest.mark.parametrize(("before", "bases"), [(A, (A,)), (ZERO, ())])
def test_a_gitlab_push_begins_at_what_was_there_before(before: str, bases: tuple[str, ...]) -> None:
    environ = GITLAB | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before}
    assert read_event(environ) == Event(source="push", bases=bases, head=B, default_branch="trunk")


def test_a_gitlab_schedule_names_no_change() -> None:
    assert read_event(GITLAB | {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BEFORE_SHA": ZERO}) is None


def test_a_pre_push_hook_names_what_is_pushed_even_in_ci(tmp_path: Path) -> None:
    refs = {"PRE_COMMIT_FROM_REF": A, "PRE_COMMIT_TO_REF": B, "PRE_COMMIT_REMOTE_NAME": "origin"}
    environ = github(tmp_path, {"before": B, "after": A}) | refs
    assert read_event(environ) == Event(source="push", bases=(A,), head=B)


def test_refs_that_were_given_to_pre_commit_by_hand_are_a_range() -> None:
    event = read_event({"PRE_COMMIT_FROM_REF": "main", "PRE_COMMIT_TO_REF": "HEAD"})
    assert event == Event(source="range", bases=("main",), head="HEAD")


def test_the_first_push_of_a_history_is_not_read_as_review_everything() -> None:
    with pytest.raises(ChangeError, match=r"nothing was spent: .*SKIP=chargehand"):
        read_event(
            {
                "PRE_COMMIT": "1",
                "PRE_COMMIT_REMOTE_NAME": "origin",
                "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main",
            }
        )
