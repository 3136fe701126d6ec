"""GitLab CI: its variables name the merge request, or the push."""

from chargehand.change.ci.event import (
    CiJob,
    Environ,
    Event,
    NoChange,
    Platform,
    Push,
    Request,
    code_pages,
    known_sha,
    request_name,
    told,
    words,
)

_EXTERNAL = "CI_EXTERNAL_PULL_REQUEST_"


def _read(environ: Environ) -> CiJob:
    """Read https://docs.gitlab.com/ci/variables/predefined_variables/"""
    return CiJob(
        event=_event(environ),
        default_branch=environ.get("CI_DEFAULT_BRANCH", ""),
        request=request_name(environ, "CI_MERGE_REQUEST_IID", "merge request")
        or request_name(environ, f"{_EXTERNAL}IID"),
        branch=environ.get("CI_COMMIT_BRANCH", ""),
        source_branch=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
        or environ.get("CI_COMMIT_BRANCH", ""),
        pages=code_pages(_page(environ), "gitlab"),
        repository=environ.get("CI_MERGE_REQUEST_PROJECT_PATH") or environ.get("CI_PROJECT_PATH", ""),
        address=_address(environ),
        pipelines=(environ.get("CI_CONFIG_PATH") or ".gitlab-ci.yml", ".gitlab/ci/"),
        title=environ.get("CI_MERGE_REQUEST_TITLE", ""),
        description=environ.get("CI_MERGE_REQUEST_DESCRIPTION", ""),
        no_secrets=_no_secrets(environ),
        accounts=words(environ.get("GITLAB_USER_LOGIN", "")),
        is_draft=told(environ, "CI_MERGE_REQUEST_DRAFT"),  # not before GitLab 17.10
        labels=_labels(environ),
    )


def _labels(environ: Environ) -> tuple[str, ...] | None:
    """Return the labels; GitLab sets no variable if there is none."""
    if not environ.get("CI_MERGE_REQUEST_IID"):
        return None
    return words(environ.get("CI_MERGE_REQUEST_LABELS", ""))


def _page(environ: Environ) -> str:
    return environ.get("CI_MERGE_REQUEST_PROJECT_URL") or environ.get("CI_PROJECT_URL", "")


def _address(environ: Environ) -> str:
    return f"{_page(environ)}.git" if _page(environ) else ""


def _event(environ: Environ) -> Event:
    head = environ.get("CI_COMMIT_SHA", "")
    kind = environ.get("CI_PIPELINE_SOURCE", "")
    if head and environ.get("CI_MERGE_REQUEST_IID"):
        return Request(
            source="merge_request",
            target=environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ""),
            base=known_sha(environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")),
            target_commit=known_sha(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")),
            # In a merged-results pipeline the commit that is checked out is a merge of both branches.
            head=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or head,
            merge=head if environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") else "",
        )
    if head and environ.get(f"{_EXTERNAL}IID"):  # of a repository elsewhere, such as on GitHub
        return Request(
            source="pull_request",
            target=environ.get(f"{_EXTERNAL}TARGET_BRANCH_NAME", ""),
            base=known_sha(environ.get(f"{_EXTERNAL}TARGET_BRANCH_SHA", "")),
            head=environ.get(f"{_EXTERNAL}SOURCE_BRANCH_SHA") or head,
        )
    if head and kind == "push" and not environ.get("CI_COMMIT_TAG"):
        before = known_sha(environ.get("CI_COMMIT_BEFORE_SHA", ""))
        return Push(branch=environ.get("CI_COMMIT_BRANCH", ""), before=before, head=head)
    return NoChange(kind="tag" if environ.get("CI_COMMIT_TAG") else kind or "pipeline")


def _no_secrets(environ: Environ) -> str:
    """Say why a variable of the project may be missing: https://docs.gitlab.com/ci/variables/#protect-a-cicd-variable"""
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
    if source and source != environ.get("CI_MERGE_REQUEST_PROJECT_ID", source):
        return "a fork's merge request gets no secrets"
    is_open = environ.get("CI_COMMIT_REF_PROTECTED", "false") != "true"
    return (
        "a branch that is not protected gets no protected variables (unprotect the key to have it reviewed)"
        if is_open
        else ""
    )


GITLAB = Platform(name="GitLab CI", signs=("GITLAB_CI",), read=_read, workspace="CI_PROJECT_DIR")
