"""The table of forges, and which of them the job's request is on."""

from collections.abc import Callable, Mapping

from chargehand.core.errors import InputError
from chargehand.forges.address import check_token
from chargehand.forges.forge import Connection, Forge
from chargehand.forges.github import GITHUB
from chargehand.forges.gitlab import GITLAB

FORGES = (GITHUB, GITLAB)

TOKEN_VARIABLES = tuple(name for kind in FORGES for name in kind.token_variables)


def open_request(environ: Mapping[str, str], sleep: Callable[[float], None], number: int | None) -> Forge:
    """Return the pull or merge request that the job is about, or the one of `number` in its repository.

    Raises InputError if there is none, or no token to speak for us.
    """
    for kind in FORGES:
        variable = next((name for name in kind.token_variables if environ.get(name, "").strip()), "")
        token = environ.get(variable, "").strip()  # a file that held it ended its line
        forge = kind.opened(environ, Connection(token=token, sleep=sleep), number)
        if forge is None:
            continue
        if not token:
            raise InputError(
                f"No forge was asked: there is no token for {kind.name}. Put one into "
                f"{' or '.join(kind.token_variables)}."
            )
        check_token(token, variable)
        return forge
    raise InputError(
        "No forge was asked: this job is about no pull or merge request. Run it in a job of one, or say "
        "which with --request=NUMBER in a job of its repository."
    )
