"""`chargehand init`: a repository's first workflow, job or hook, and its first configuration."""

import os

import click

from chargehand.cli.running import working_folder

PLATFORMS = (
    "github",
    "gitlab",
    "gitea",
    "bitbucket",
    "azure",
    "circleci",
    "jenkins",
    "buildkite",
    "drone",
    "woodpecker",
    "pre-commit",
)


@click.command()
@click.argument("platforms", nargs=-1, metavar="[PLATFORM]...", type=click.Choice(PLATFORMS))
def init(platforms: tuple[str, ...]) -> int:
    """Write a first workflow, job or hook, and a first configuration.

    PLATFORM is github, gitlab, gitea, bitbucket, azure, circleci, jenkins, buildkite, drone, woodpecker or
    pre-commit; without it, the repository's remotes and files tell it. What is there already stays as it is.

    Told is what was written, what is left to do, and what reviews of the last ten merges would have cost.
    """
    from chargehand.app.init import begin, past_cost
    from chargehand.change import NoRepository, find_repository
    from chargehand.cli.init_text import begun_text, past_text
    from chargehand.core.errors import InputError
    from chargehand.core.escaping import for_log

    checkout = find_repository(working_folder(), os.environ)
    if isinstance(checkout, NoRepository):
        raise InputError(checkout.reason.replace("reviewed", "written"))
    click.echo(for_log(begun_text(begin(checkout, platforms))), nl=False)
    click.echo(for_log(past_text(past_cost(checkout, os.environ))), nl=False)
    return 0
