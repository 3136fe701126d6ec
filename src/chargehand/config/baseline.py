"""Decides which baseline may be trusted: never one that the change could have brought along."""

import os.path
from pathlib import Path

from chargehand.change import Checkout, Repository, read_files
from chargehand.config.file import name_inside
from chargehand.core.baseline import Baseline
from chargehand.core.change import Change
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_plainly

LARGEST_BYTES = 64 * 1024 * 1024


def find_baseline(
    checkout: Checkout, change: Change, path: str | None, cache: Path | None
) -> Baseline | None:
    """Return the report that `path` names, None if it names none; raise InputError if it cannot be used.

    In a CI job a file of the repository is read at the commit of the rules, and nothing else inside of the
    checkout or of the folder `cache` counts: whoever wrote the change, or runs another job, could have put it
    there. What lies outside was put there by the job itself.
    """
    if path is None:
        return None
    from chargehand.reports.earlier import baseline_of  # noqa: PLC0415 - start-up time

    commit = change.rules.commit
    inside = place_inside(checkout, path) if commit or checkout.is_ci else None
    if inside and isinstance(checkout, Repository) and commit:
        name, content = f"{one_line(inside)} at {commit[:7]}", _at(checkout, commit, inside)
    elif inside:
        raise InputError(
            _refused(path, "it lies in the folder of this job, and no repository says who wrote it")
        )
    else:
        name, content = one_line(path), _outside(checkout, path, cache)
    try:
        return baseline_of(content, name)
    except InputError as error:
        raise InputError(
            f"Nothing was reviewed: the baseline {name} cannot be used: {error}. Give a report that "
            "`chargehand review` wrote with --json or --sarif, or none."
        ) from error


def place_inside(checkout: Checkout, path: str) -> str | None:
    """Return the path in the checkout, None if it lies outside."""
    if isinstance(checkout, Repository):
        return name_inside(checkout, Path(path))
    here = checkout.cwd.resolve()
    written = Path(os.path.normpath(here / path))
    return path if any(each.is_relative_to(here) for each in (written, written.resolve())) else None


def _at(repository: Repository, commit: str, path: str) -> bytes:
    text = read_files(repository, commit, (path,), limit=LARGEST_BYTES).get(path)
    if text is None:
        raise InputError(
            _refused(
                path,
                f"it lies in the checkout and is not there at {commit[:7]}, where CI jobs read it, so "
                "the change could have brought it",
            )
        )
    return text.encode("utf-8", "surrogateescape")


def _outside(checkout: Checkout, path: str, cache: Path | None) -> bytes:
    file = checkout.cwd / path
    if checkout.is_ci and cache and file.resolve().is_relative_to((checkout.cwd / cache).resolve()):
        raise InputError(_refused(path, "it lies in the --cache folder, which other jobs write too"))
    try:
        return read_plainly(file, LARGEST_BYTES)
    except OSError as error:
        raise InputError(
            f"Nothing was reviewed: the baseline {one_line(path)} cannot be read ({error.strerror}). Give a "
            f"report of at most {LARGEST_BYTES // 1024**2} MiB, or none."
        ) from error


def _refused(path: str, why: str) -> str:
    return (
        f"Nothing was reviewed: the baseline {one_line(path)} does not count in a CI job: {why}. Merge it "
        "into the target branch, or have the job fetch it to a folder outside of the checkout."
    )
