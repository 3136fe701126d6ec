"""Decides what a change is called: by its repository, and by its request or branch across pushes."""

import re
from urllib.parse import urlsplit

from chargehand.change.ci.event import Environ
from chargehand.change.ci.platforms import read_job
from chargehand.change.git.repository import Checkout, NoRepository
from chargehand.core.escaping import one_line

_MAX_LENGTH = 200
_MAX_BRANCH_LENGTH = 300


def repository_name(checkout: Checkout, environ: Environ) -> str | None:
    """Return the repository's name, such as `owner/name`: as the CI job says, else as `origin` does.

    None if neither says. Raises `ChangeError` if the event of a job cannot be read.
    """
    job = read_job(environ)
    if named := _clean(job.repository if job else ""):
        return named
    if isinstance(checkout, NoRepository):
        return None
    ran = checkout.ask("config", "--get", "remote.origin.url")
    return path_of(ran.lines[-1]) if ran.code == 0 and ran.lines else None


def path_of(address: str) -> str | None:
    """Return the path in a remote's address, without `.git`; of a folder of this machine its name only.

    User, password, host, port, query and fragment are left out: a token may stand in each of them.
    """
    address = one_line(address)
    if re.match(r"[a-z][a-z0-9+.-]*://", address, re.IGNORECASE):
        path = _path_in_url(address)
    elif found := re.match(r"[^/\\]{2,}?:(?!\\)(.*)", address):  # host:path, as for scp; C:\ is a folder
        path = found[1]
    else:
        path = _name_of_folder(address)
    return _clean(re.split(r"[?#]", path)[0].strip("/").removesuffix(".git").strip("/"))


def _path_in_url(address: str) -> str:
    try:
        url = urlsplit(address)
    except ValueError:  # such as an unclosed bracket of an IPv6 host
        return ""
    return _name_of_folder(url.path) if url.scheme.lower() == "file" else url.path


def _name_of_folder(path: str) -> str:
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".git")]
    return parts[-1] if parts else ""


def _clean(name: str) -> str | None:
    """Return the name if it can be one: a path without blanks, an @ or anything that acts."""
    is_name = re.fullmatch(r"[\w.+~-]+(/[\w.+~-]+)*", name) is not None
    return name if is_name and len(name) <= _MAX_LENGTH else None


def subject_of(checkout: Checkout, environ: Environ) -> str | None:
    """Return `pull request 12`, `merge request 7` or `branch NAME`: as the CI job says, else as git does.

    None if neither says. Raises `ChangeError` if the event of a job cannot be read.
    """
    job = read_job(environ)
    if job and job.request:
        return job.request
    return _branch((job.branch if job else "") or _branch_of_work_tree(checkout))


def _branch_of_work_tree(checkout: Checkout) -> str:
    if isinstance(checkout, NoRepository):
        return ""
    ran = checkout.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return ran.lines[0] if ran.code == 0 and ran.lines else ""


def _branch(name: str) -> str | None:
    return f"branch {one_line(name)[:_MAX_BRANCH_LENGTH]}" if name else None
