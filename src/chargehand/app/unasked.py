"""Decides whether the target branch's configuration has models asked about a change at all."""

import re
from collections.abc import Iterator, Sequence

from chargehand.app.run import Run
from chargehand.change import Repository
from chargehand.config import NoModelSettings
from chargehand.core.escaping import one_line
from chargehand.core.review import Review, Unasked

# What a notice says if the platform does not tell.
_UNKNOWN = "{} in no_model cannot be looked up here, so models are asked: this job does not say {}."
_LONGEST = 300


def with_policy(run: Run) -> Run:
    """Return the run with the reason if no model is to be asked, else with what could not be looked up."""
    policy = run.settings.no_model
    if policy == NoModelSettings() or run.job.is_offline or run.job.selection is None:
        return run
    if not run.change.diff.strip():
        return run
    notices: list[str] = []
    unasked = next(_reasons(run, policy, notices), None)
    if unasked is None:
        return run.evolve(change=run.change.evolve(notices=(*run.change.notices, *notices)))
    return run.evolve(unasked=unasked.evolve(reason=one_line(unasked.reason)[:_LONGEST]))


def told(review: Review, unasked: Unasked | None) -> Review:
    """Return the review with the reason; a review to come is a gap: nothing is green early."""
    if unasked is None:
        return review
    review = review.evolve(unasked=unasked)
    if not unasked.is_pending:
        return review
    gap = f"The review is still to come: no model was asked, because {unasked.reason}."
    return review.evolve(gaps=(gap, *review.gaps))


def _reasons(run: Run, policy: NoModelSettings, notices: list[str]) -> Iterator[Unasked]:
    """Yield why no model is asked, what stays so first; add to `notices` what could not be looked up."""
    if policy.paths and _touches_only(run, policy.paths):
        yield Unasked(reason="it touches only files that no_model.paths names")
    if not (policy.authors or policy.labels or policy.unless_labels or policy.drafts):
        return
    # Start-up time: few configurations ask for this.
    from chargehand.change.ci.event import Push, Request  # noqa: PLC0415 - as above
    from chargehand.change.ci.platforms import read_job  # noqa: PLC0415 - as above

    job = read_job(run.checkout.environ)
    if job is None or not isinstance(job.event, Push | Request):
        return
    if policy.authors:
        if not job.accounts:
            notices.append(_UNKNOWN.format("authors", "whose accounts brought the change"))
        elif unasked := _by_authors(run, policy.authors, job.accounts):
            yield unasked
    if isinstance(job.event, Request):
        yield from _by_labels(policy, job.labels, notices)
        yield from _by_draft(policy, job.is_draft, notices)


def _touches_only(run: Run, patterns: tuple[str, ...]) -> bool:
    """Tell whether each file of the change is named, also by the name that it had before."""
    from chargehand.change.diff.parse.files import parse_diff  # noqa: PLC0415 - start-up time
    from chargehand.core.patterns import matcher  # noqa: PLC0415 - as above

    is_named = matcher(patterns)
    files = parse_diff(run.change.diff, run.change.strip).files
    paths = [path for file in files for path in (file.path, file.old_path) if path]
    is_whole = not any(file.skip and file.skip.reason.value in ("damaged", "unsafe-path") for file in files)
    return bool(paths) and is_whole and all(map(is_named, paths))


def _by_authors(run: Run, patterns: Sequence[str], accounts: Sequence[str]) -> Unasked | None:
    """Return why, if all accounts are named, and the authors of all commits, which alone could be made up."""
    from chargehand.change.git.authors import read_authors  # noqa: PLC0415 - start-up time

    if not all(_is_named(each, patterns) for each in accounts):
        return None
    if not isinstance(run.checkout, Repository) or run.change.head is None:
        return None
    authors = read_authors(run.checkout, run.change.base, run.change.head)
    if authors is None or not all(any(_is_named(said, patterns) for said in each) for each in authors):
        return None
    return Unasked(reason=f"no_model.authors names all who brought it ({', '.join(accounts)})")


def _by_labels(
    policy: NoModelSettings, labels: Sequence[str] | None, notices: list[str]
) -> Iterator[Unasked]:
    if not policy.labels and not policy.unless_labels:
        return
    if labels is None:
        notices.append(_UNKNOWN.format("labels", "which labels the request has"))
        return
    if found := [each for each in labels if _is_named(each, policy.labels)]:
        yield Unasked(reason=f"the request has the label {found[0]}, which no_model.labels names")
    if policy.unless_labels and not any(_is_named(each, policy.unless_labels) for each in labels):
        wanted = " or ".join(policy.unless_labels)
        yield Unasked(reason=f"the request has no label {wanted} (no_model.unless_labels)", is_pending=True)


def _by_draft(policy: NoModelSettings, is_draft: bool | None, notices: list[str]) -> Iterator[Unasked]:  # noqa: FBT001 - what the platform says
    if policy.drafts and is_draft is None:
        notices.append(_UNKNOWN.format("drafts", "whether the request is a draft"))
    elif policy.drafts and is_draft:
        yield Unasked(reason="the request is a draft (no_model.drafts)", is_pending=True)


def _is_named(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether a pattern is the name; `*` in it stands for anything, and nothing else does."""
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.IGNORECASE | re.DOTALL)
        for pattern in patterns
    )
