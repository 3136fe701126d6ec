"""The commands: one module each, imported when it is asked for, so that none slows another's start."""

from importlib import import_module

import click

COMMANDS = (
    "review",
    "publish",
    "waivers",
    "estimate",
    "init",
    "doctor",
    "demo",
    "fleet",
    "spend",
    "parity",
)


class Commands(click.Group):
    """All commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names, as the help lists them."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, None if there is none."""
        return command(cmd_name) if cmd_name in COMMANDS else super().get_command(ctx, cmd_name)


def command(name: str) -> click.Command:
    """Return a command of the table."""
    found: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
    return found
