"""A GitHub as its REST and GraphQL APIs are documented, on a local port, with one pull request in it.

    with GitHubApi(PullRequest(diff=DIFF, head=HEAD)) as api:
        ...  # GITHUB_API_URL=api.url, GITHUB_TOKEN=api.pull.tokens[0].secret
    assert len(api.pull.threads) == 1

A review is taken whole or not at all: one comment on a line that the diff does not show, and all of it is
refused with 422. `Fault` says which requests fail, and whether they were done all the same.
"""

from tests.github_api.pull_request import Comment, PullRequest, Thread, Token
from tests.github_api.server import GitHubApi
from tests.local_forge import Fault

__all__ = ["Comment", "Fault", "GitHubApi", "PullRequest", "Thread", "Token"]
