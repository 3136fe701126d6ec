"""GitHub: which pull request a job of GitHub Actions is about."""

import re
from collections.abc import Mapping

from chargehand.change.ci.event import code_pages
from chargehand.change.ci.platforms import read_job
from chargehand.core.errors import InputError
from chargehand.forges.address import checked_address
from chargehand.forges.forge import Connection, Forge, ForgeKind
from chargehand.forges.github.client import Client
from chargehand.forges.github.pull_request import GitHub

API = "https://api.github.com"


def opened(environ: Mapping[str, str], connection: Connection, number: int | None) -> Forge | None:
    """Return the pull request of a job of GitHub Actions, or the one of `number` in its repository."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not repository or environ.get("GITEA_ACTIONS") or environ.get("FORGEJO_ACTIONS"):
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise InputError("No forge was asked: GITHUB_REPOSITORY is no name such as owner/repository.")
    meant = number or _number_of_the_event(environ)
    if meant is None:
        return None
    client = Client(checked_address(environ.get("GITHUB_API_URL") or API, "GITHUB_API_URL"), connection)
    server, run = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_RUN_ID", "")
    page = f"{server}/{repository}/actions/runs/{run}" if server and run.isdigit() else ""
    return GitHub(client, repository, meant, page, code_pages(f"{server}/{repository}", "github"))


def _number_of_the_event(environ: Mapping[str, str]) -> int | None:
    job = read_job(environ)
    found = re.fullmatch(r"pull request (\d{1,9})", job.request) if job else None
    return int(found[1]) if found else None


GITHUB = ForgeKind(name="GitHub", token_variables=("GITHUB_TOKEN", "GH_TOKEN"), opened=opened)
