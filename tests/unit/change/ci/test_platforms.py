"""Each platform's own variables: that it is recognised, and which change it names."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from chargehand.change import ci
from chargehand.change.ci.event import Event, HookRange, NoChange, Platform, Push, Request, Unclear
from chargehand.change.ci.platforms import PLATFORMS, is_ci, platform_of, read_job
from chargehand.change.ci.precommit import hook_range
from chargehand.core.errors import ChangeError
from tests.unit.change.world import github

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40
GITLAB = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": B, "CI_DEFAULT_BRANCH": "trunk"}
REQUEST = {"base": {"sha": A, "ref": "main"}, "head": {"sha": B, "ref": "topic"}}
MEANT = Request(source="pull_request", target="main", base=A, head=B)


def event(environ: dict[str, str]) -> Event:
    job = read_job(environ)
    assert job
    return job.event


def test_without_ci_there_is_no_job() -> None:
    assert read_job({}) is None
    assert not is_ci({"CI": "false"})


@pytest.mark.parametrize("sign", [sign for each in PLATFORMS for sign in each.signs])
def test_a_platform_is_recognised_by_each_of_its_signs_without_ci(sign: str) -> None:
    parts = [part.partition("=") for part in sign.split("&")]
    environ = {name: value or "1" for name, _, value in parts}
    assert platform_of(environ)
    assert is_ci(environ)
    assert is_ci({"CI": "false", **environ})
    assert is_ci({**environ, "CODESPACES": "true"})


@pytest.mark.parametrize(
    "environ", [{"CI": "true"}, {"CI": "1"}, {"CONTINUOUS_INTEGRATION": "true"}, {"BUILD_NUMBER": "7"}]
)
def test_a_platform_without_a_name_here_is_one_all_the_same(environ: dict[str, str]) -> None:
    assert is_ci(environ)
    assert event(environ) == NoChange(kind="job")


@pytest.mark.parametrize("name", ["CODESPACES", "REMOTE_CONTAINERS", "GITPOD_WORKSPACE_ID"])
def test_a_container_in_which_somebody_works_is_no_ci(name: str) -> None:
    assert not is_ci({name: "true", "CI": "true"})


def test_every_module_of_a_platform_has_its_row() -> None:
    modules = [import_module(f"{ci.__name__}.{each.name}") for each in iter_modules(ci.__path__)]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, Platform)]
    assert len(found) > 10
    assert {each.name for each in found} <= {each.name for each in PLATFORMS}


def test_no_two_platforms_have_the_same_name() -> None:
    names = [each.name for each in PLATFORMS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        (
            {
                "TF_BUILD": "True",
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "3",
                "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": B,
            },
            "main",
        ),
        (
            {
                "BITBUCKET_COMMIT": B,
                "BITBUCKET_PR_ID": "3",
                "BITBUCKET_PR_DESTINATION_BRANCH": "main",
            },
            "main",
        ),
        (
            {
                "BUILDKITE": "true",
                "BUILDKITE_PULL_REQUEST": "3",
                "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
                "BUILDKITE_COMMIT": B,
            },
            "main",
        ),
        (
            {
                "TRAVIS": "true",
                "TRAVIS_PULL_REQUEST": "3",
                "TRAVIS_BRANCH": "main",
                "TRAVIS_PULL_REQUEST_SHA": B,
            },
            "main",
        ),
        (
            {
                "DRONE": "true",
                "DRONE_PULL_REQUEST": "3",
                "DRONE_TARGET_BRANCH": "main",
                "DRONE_COMMIT_SHA": B,
            },
            "main",
        ),
        (
            {
                "CI": "woodpecker",
                "CI_COMMIT_PULL_REQUEST": "3",
                "CI_COMMIT_TARGET_BRANCH": "main",
                "CI_COMMIT_SHA": B,
            },
            "main",
        ),
        (
            {
                "APPVEYOR": "True",
                "APPVEYOR_PULL_REQUEST_NUMBER": "3",
                "APPVEYOR_REPO_BRANCH": "main",
                "APPVEYOR_PULL_REQUEST_HEAD_COMMIT": B,
            },
            "main",
        ),
        (
            {
                "CODEBUILD_BUILD_ID": "x",
                "CODEBUILD_WEBHOOK_TRIGGER": "pr/3",
                "CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main",
                "CODEBUILD_RESOLVED_SOURCE_VERSION": B,
            },
            "main",
        ),
        (
            {
                "CIRRUS_CI": "true",
                "CIRRUS_PR": "3",
                "CIRRUS_BASE_BRANCH": "main",
                "CIRRUS_CHANGE_IN_REPO": B,
            },
            "main",
        ),
        (
            {
                "SEMAPHORE": "true",
                "SEMAPHORE_GIT_PR_NUMBER": "3",
                "SEMAPHORE_GIT_BRANCH": "main",
                "SEMAPHORE_GIT_PR_SHA": B,
            },
            "main",
        ),
    ],
)
def test_a_pull_request_is_read_from_variables(environ: dict[str, str], target: str) -> None:
    assert event(environ) == Request(source="pull_request", target=target, head=B)
    job = read_job(environ)
    assert job
    assert job.request == "pull request 3"


def test_jenkins_names_the_target_and_has_the_head_checked_out() -> None:
    environ = {"JENKINS_URL": "http://jenkins", "CHANGE_ID": "3", "CHANGE_TARGET": "main"}
    assert event(environ) == Request(source="pull_request", target="main", head="HEAD")


@pytest.mark.parametrize(
    "environ",
    [
        {"TRAVIS": "true", "TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "main"},
        {"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST": "false"},
        {"TF_BUILD": "True"},
        {"TEAMCITY_VERSION": "2026.1"},
        {"CIRCLECI": "true", "CIRCLE_PULL_REQUEST": "https://github.com/o/r/pull/3"},
        {"CODEBUILD_BUILD_ID": "x", "CODEBUILD_WEBHOOK_TRIGGER": "branch/main"},
    ],
)
def test_a_build_of_a_branch_names_no_change(environ: dict[str, str]) -> None:
    assert isinstance(event(environ), NoChange)


def test_a_pull_request_names_both_ends_and_the_target(tmp_path: Path) -> None:
    job = read_job(github(tmp_path, {"pull_request": REQUEST, "repository": {"default_branch": "trunk"}}))
    assert job
    assert (job.event, job.default_branch) == (MEANT, "trunk")


def test_a_synchronized_pull_request_is_no_push_though_it_has_before_and_after(tmp_path: Path) -> None:
    assert event(github(tmp_path, {"pull_request": REQUEST, "before": ZERO, "after": B})) == MEANT


@pytest.mark.parametrize(
    "more", [{"review": {"state": "approved"}}, {"comment": {"body": "x"}}, {"label": {"name": "ai-review"}}]
)
def test_a_review_a_comment_on_a_line_and_a_label_bring_the_pull_request(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    assert event(github(tmp_path, {"pull_request": REQUEST, **more})) == MEANT


def test_a_merge_group_names_both_ends_and_the_target(tmp_path: Path) -> None:
    environ = github(tmp_path, {"merge_group": {"base_sha": A, "head_sha": B, "base_ref": "refs/heads/main"}})
    assert event(environ) == Request(source="merge_group", target="main", base=A, head=B)


@pytest.mark.parametrize(("before", "known"), [(A, A), (ZERO, "")])
def test_a_push_begins_at_what_was_there_before(tmp_path: Path, before: str, known: str) -> None:
    pushed = {"before": before, "after": B, "ref": "refs/heads/topic"}
    assert event(github(tmp_path, pushed)) == Push(branch="topic", before=known, head=B)


@pytest.mark.parametrize(
    "payload",
    [
        {"workflow_run": {"head_sha": B, "pull_requests": [REQUEST]}},
        {"check_suite": {"head_sha": B, "pull_requests": [REQUEST]}},
        {"check_run": {"head_sha": B, "check_suite": {"head_sha": B, "pull_requests": [REQUEST]}}},
    ],
)
def test_an_event_about_a_commit_is_about_its_pull_request(tmp_path: Path, payload: object) -> None:
    assert event(github(tmp_path, payload)) == MEANT


OTHER = {"base": {"sha": A, "ref": "main"}, "head": {"sha": A, "ref": "topic"}}


@pytest.mark.parametrize(
    "payload",
    [
        {"workflow_run": {"head_sha": B, "pull_requests": []}},
        {"workflow_run": {"head_sha": B, "pull_requests": [OTHER]}},
        {"workflow_run": {"head_sha": B, "pull_requests": [REQUEST, REQUEST]}},
        {"check_suite": {"head_sha": B}},
        {"deployment": {"sha": B}, "deployment_status": {"state": "success"}},
        {"sha": B, "state": "success"},
        {"issue": {"number": 7, "pull_request": {"url": "x"}}, "comment": {"body": "/review"}},
    ],
)
def test_an_event_whose_change_cannot_be_told_says_what_to_run(tmp_path: Path, payload: object) -> None:
    environ = github(tmp_path, {"repository": {"default_branch": "trunk"}, **dict(payload)})  # type: ignore[call-overload] # JSON
    found = event(environ)
    assert isinstance(found, Unclear)
    wanted = "refs/pull/7/head" if "issue" in str(payload) else B
    assert f"git fetch origin {wanted} && chargehand review --base=origin/trunk" in found.reason


@pytest.mark.parametrize(
    "payload",
    [
        {"schedule": "0 4 * * *"},
        {"inputs": {}, "ref": "refs/heads/main"},
        {"issue": {"number": 3}},
        {"before": A, "after": ZERO, "ref": "refs/heads/gone"},
        {"before": ZERO, "after": B, "ref": "refs/tags/v1"},
    ],
)
def test_an_event_about_no_change_is_told_apart(tmp_path: Path, payload: object) -> None:
    assert isinstance(event(github(tmp_path, payload)), NoChange)


@pytest.mark.parametrize(
    "payload", [{"before": "--output=x", "after": B}, {"pull_request": {"base": {}}}, {"merge_group": 3}, []]
)
def test_a_payload_of_another_form_is_refused(tmp_path: Path, payload: object) -> None:
    with pytest.raises(ChangeError, match="GITHUB_EVENT_PATH"):
        read_job(github(tmp_path, payload))


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}x", None])
def test_a_payload_that_cannot_be_read_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "event.json").write_text(text)
    with pytest.raises(ChangeError, match="GITHUB_EVENT_PATH"):
        read_job({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_a_merge_request_names_its_target_and_its_diff_base() -> None:
    environ = GITLAB | {
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": A,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
    }
    assert event(environ) == Request(source="merge_request", target="main", base=A, head=B)


def test_a_merged_results_pipeline_ends_at_the_source_branch() -> None:
    environ = GITLAB | {
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": A,
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "c" * 40,
    }
    found = event(environ)
    assert isinstance(found, Request)
    assert (found.head, found.merge, found.target_commit) == (A, B, "c" * 40)


@pytest.mark.parametrize(("before", "known"), [(A, A), (ZERO, "")])
def test_a_gitlab_push_begins_at_what_was_there_before(before: str, known: str) -> None:
    pushed = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before, "CI_COMMIT_BRANCH": "topic"}
    assert event(GITLAB | pushed) == Push(branch="topic", before=known, head=B)


@pytest.mark.parametrize("kind", ["schedule", "web", "api"])
def test_a_gitlab_pipeline_that_nobody_pushed_names_no_change(kind: str) -> None:
    assert event(GITLAB | {"CI_PIPELINE_SOURCE": kind, "CI_COMMIT_BEFORE_SHA": ZERO}) == NoChange(kind=kind)


def test_a_gitlab_tag_names_no_change() -> None:
    environ = GITLAB | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1", "CI_COMMIT_BEFORE_SHA": ZERO}
    assert event(environ) == NoChange(kind="tag")


def test_a_pre_push_hook_names_what_is_pushed() -> None:
    refs = {"PRE_COMMIT_FROM_REF": A, "PRE_COMMIT_TO_REF": B, "PRE_COMMIT_REMOTE_NAME": "origin"}
    assert hook_range(refs) == HookRange(base=A, head=B, is_push=True)


def test_refs_that_were_given_to_pre_commit_by_hand_are_a_range() -> None:
    refs = {"PRE_COMMIT_FROM_REF": "main", "PRE_COMMIT_TO_REF": "HEAD"}
    assert hook_range(refs) == HookRange(base="main", head="HEAD", is_push=False)
    assert hook_range({"PRE_COMMIT": "1"}) is None


def test_the_first_push_of_a_history_is_not_read_as_review_everything() -> None:
    with pytest.raises(ChangeError, match=r"nothing was spent: .*SKIP=chargehand"):
        hook_range({"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main"})


def fork(name: str) -> dict[str, Any]:
    ends = {"base": {**REQUEST["base"], "repo": {"full_name": "owner/name"}}}
    return {"pull_request": {**ends, "head": {**REQUEST["head"], "repo": {"full_name": name}}}}


@pytest.mark.parametrize(
    ("name", "more", "is_kept"),
    [
        ("owner/name", {}, False),
        ("someone/name", {}, True),
        ("owner/name", {"GITHUB_ACTOR": "dependabot[bot]"}, True),
        ("someone/name", {"GITHUB_EVENT_NAME": "pull_request_target"}, False),
    ],
)
def test_github_keeps_secrets_from_forks_and_dependabot(
    tmp_path: Path, name: str, more: dict[str, str], is_kept: bool
) -> None:
    job = read_job({**github(tmp_path, fork(name)), **more})
    assert job
    assert bool(job.no_secrets) is is_kept


@pytest.mark.parametrize(
    ("more", "is_kept"),
    [
        ({"CI_COMMIT_REF_PROTECTED": "true"}, False),
        ({"CI_COMMIT_REF_PROTECTED": "false"}, True),
        (
            {
                "CI_COMMIT_REF_PROTECTED": "true",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2",
                "CI_MERGE_REQUEST_PROJECT_ID": "1",
            },
            True,
        ),
    ],
)
def test_gitlab_keeps_secrets_from_forks_and_open_branches(more: dict[str, str], is_kept: bool) -> None:
    job = read_job(GITLAB | more)
    assert job
    assert bool(job.no_secrets) is is_kept


def test_circleci_names_the_request_and_keeps_secrets_from_forks() -> None:
    environ = {
        "CIRCLECI": "true",
        "CIRCLE_PULL_REQUEST": "https://github.com/o/r/pull/3",
        "CIRCLE_PROJECT_USERNAME": "o",
        "CIRCLE_PROJECT_REPONAME": "r",
        "CIRCLE_BRANCH": "topic",
    }
    job, fork = read_job(environ), read_job({**environ, "CIRCLE_PR_NUMBER": "3"})
    assert job
    assert fork
    assert (job.request, job.repository, job.branch, job.no_secrets) == ("pull request 3", "o/r", "topic", "")
    assert "fork" in fork.no_secrets


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (GITLAB, ((), None, None)),
        (
            GITLAB
            | {"CI_MERGE_REQUEST_IID": "1", "GITLAB_USER_LOGIN": "ann", "CI_MERGE_REQUEST_DRAFT": "true"},
            (("ann",), True, ()),
        ),
        (
            GITLAB
            | {
                "CI_MERGE_REQUEST_IID": "1",
                "CI_MERGE_REQUEST_LABELS": "bug, no review",
                "CI_MERGE_REQUEST_DRAFT": "false",
            },
            ((), False, ("bug", "no review")),
        ),
        (
            {
                "BUILDKITE": "true",
                "BUILDKITE_PULL_REQUEST_DRAFT": "true",
                "BUILDKITE_PULL_REQUEST_LABELS": "a,b",
            },
            ((), True, ("a", "b")),
        ),
        (
            {"CIRRUS_CI": "true", "CIRRUS_PR": "1", "CIRRUS_PR_DRAFT": "true", "CIRRUS_PR_LABELS": "a,b"},
            ((), True, ("a", "b")),
        ),
        ({"CI": "woodpecker", "CI_COMMIT_PULL_REQUEST_DRAFT": "false"}, ((), False, ())),
        ({"CI": "woodpecker", "CI_COMMIT_PULL_REQUEST_LABELS": "a,b"}, ((), None, ("a", "b"))),
        ({"TRAVIS": "true"}, ((), None, None)),
    ],
)
def test_what_a_platform_does_not_tell_of_a_request_is_not_known(
    environ: dict[str, str], told: tuple[object, ...]
) -> None:
    job = read_job(environ)
    assert job
    assert (job.accounts, job.is_draft, job.labels) == told


def test_github_names_accounts_only_where_it_says_whose_change_it_is(tmp_path: Path) -> None:
    queue = {"base_sha": A, "head_sha": B, "base_ref": "refs/heads/main"}
    payloads: list[dict[str, Any]] = [  # Any: JSON
        {"pull_request": {**REQUEST, "user": {"login": "ann"}}},
        {"pull_request": REQUEST},
        {"before": A, "after": B, "ref": "refs/heads/main"},
        {"merge_group": queue},
        {"workflow_run": {"head_sha": B}},
    ]
    jobs = [read_job({**github(tmp_path, each), "GITHUB_ACTOR": "bob"}) for each in payloads]
    assert [job and job.accounts for job in jobs] == [("bob", "ann"), (), ("bob",), (), ()]


@pytest.mark.parametrize("sign", ["GITEA_ACTIONS", "FORGEJO_ACTIONS"])
def test_gitea_and_forgejo_are_told_from_github_and_read_alike(tmp_path: Path, sign: str) -> None:
    environ = github(tmp_path, {"pull_request": REQUEST})
    platform = platform_of({**environ, sign: "true"})
    assert platform
    assert platform.name == "Gitea or Forgejo Actions"
    assert event({**environ, sign: "true"}) == event(environ)
    assert ".forgejo/workflows/" in platform.read({**environ, sign: "true"}).pipelines


@pytest.mark.parametrize(
    ("sign", "environ", "said"),
    [
        ("GITLAB_CI", {"CI_MERGE_REQUEST_TITLE": "T", "CI_MERGE_REQUEST_DESCRIPTION": "D"}, ("T", "D")),
        ("CIRRUS_CI", {"CIRRUS_PR_TITLE": "T", "CIRRUS_PR_BODY": "D"}, ("T", "D")),
        ("APPVEYOR", {"APPVEYOR_PULL_REQUEST_TITLE": "T"}, ("T", "")),
        ("DRONE", {"DRONE_PULL_REQUEST_TITLE": "T"}, ("T", "")),
        ("JENKINS_URL", {"CHANGE_TITLE": "T"}, ("T", "")),
        ("SEMAPHORE", {"SEMAPHORE_GIT_PR_NAME": "T"}, ("T", "")),
        ("TRAVIS", {}, ("", "")),
    ],
)
def test_what_the_author_says_of_a_request_is_known_where_the_platform_tells(
    sign: str, environ: dict[str, str], said: tuple[str, str]
) -> None:
    job = read_job({sign: "true", **environ})
    assert job
    assert (job.title, job.description) == said


@pytest.mark.parametrize("body", [None, "D"])
def test_a_webhook_tells_what_the_author_says(body: str | None, tmp_path: Path) -> None:
    payload = {"pull_request": {**REQUEST, "title": "T", "body": body}}
    job = read_job(github(tmp_path, payload))
    assert job
    assert (job.title, job.description) == ("T", body or "")
