"""The variables of ours: those that set nothing, and those whose value cannot be used."""

import re
import shlex
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.config import load_settings
from chargehand.config.variables import set_by, slips_in
from chargehand.core.errors import ConfigError


def variables(place: Place) -> Iterator[Trouble]:
    """Yield what is wrong with each variable whose name begins with our prefix."""
    for said in slips_in(place.environ):
        yield Trouble(said=f"{said[:1].upper()}{said[1:]}", mend=Run(line=_renamed(said, place.environ)))
    for _, value, variable in set_by(place.environ):
        if said := _complaint({variable: str(value)}):
            yield Trouble(said=said, mend=Run(line=_set_again(variable, str(value), said)))


def _complaint(environ: Mapping[str, str]) -> str:
    try:
        load_settings(None, environ, {})
    except ConfigError as error:
        return str(error).partition("\n")[2].strip()
    return ""


def _renamed(said: str, environ: Mapping[str, str]) -> str:
    found = re.match(r"the variable (\w+) is unknown(?:; did you mean (\w+)\?)?", said)
    if not found:  # a name that no shell can set
        return "env"
    written, meant = found.groups()
    value = shlex.quote(environ.get(written, ""))
    return f"export {meant}={value} && unset {written}" if meant else f"unset {written}"


def _set_again(variable: str, value: str, said: str) -> str:
    """Return what sets the variable to a value that is allowed and comes near; without one, to nothing."""
    near = get_close_matches(value, re.findall(r"'([\w-]+)'", said), n=1)
    return f"export {variable}={near[0]}" if near else f"unset {variable}"
