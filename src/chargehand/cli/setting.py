"""An option that is also a setting: its help names the variable that sets the same."""

import click


class Setting(click.Option):
    """An option whose name is that of a setting. The configuration reads the variable, and not click."""

    @property
    def variable(self) -> str:
        """The variable that sets the same, which the option takes precedence over."""
        return f"CHARGEHAND_{(self.name or '').upper()}"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, with the variable at the end."""
        record = super().get_help_record(ctx)
        return record and (record[0], f"{record[1]}  [{self.variable}]")
