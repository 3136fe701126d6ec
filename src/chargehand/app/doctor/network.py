"""The way to the provider: its address, the proxy on it, and whose certificates are trusted."""

import re
import shlex
from collections.abc import Iterator, Mapping

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.core.clouds import CLOUDS, Cloud
from chargehand.core.errors import ConfigError, EnvironmentFault
from chargehand.llm.provider.connection import check_address, named_certificates
from chargehand.llm.provider.proxies import proxy_for

_ANYWHERE = "https://api.anthropic.com"


def network(place: Place) -> Iterator[Trouble]:
    """Yield which variables lead nowhere."""
    environ, cloud = place.environ, _cloud(place)
    variable = cloud.address_variable
    address = environ.get(variable, "").strip() or _ANYWHERE
    try:
        check_address(address, variable)
    except EnvironmentFault as error:
        yield _trouble(error, _mended(variable, address))
        address = _ANYWHERE
    if re.search(r"/v1/?$", address) and cloud is CLOUDS["anthropic"]:
        right = re.sub(r"/v1/?$", "", address)
        said = f"{variable} ends with /v1, which every request adds itself, so each would find nothing."
        yield Trouble(said=said, mend=Run(line=f"export {variable}={shlex.quote(right)}"))
    try:
        proxy_for(address, environ)
    except EnvironmentFault as error:
        name = str(error).partition("asked: ")[2].partition(" ")[0]
        yield _trouble(error, _proxy(name, environ))
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        only = {name: environ[name]} if environ.get(name) else {}
        try:
            named_certificates(only)
        except EnvironmentFault as error:
            yield _trouble(error, f"unset {name}")


def _cloud(place: Place) -> Cloud:
    try:
        return place.settings.cloud(place.environ)
    except ConfigError:  # told by the check of the credentials
        return CLOUDS["anthropic"]


def _trouble(error: EnvironmentFault, line: str) -> Trouble:
    return Trouble(said=str(error).removeprefix("No model was asked: "), mend=Run(line=line))


def _mended(variable: str, address: str) -> str:
    """Return the address with what is probably missing, else none, which is the cloud's own."""
    right = re.sub(r"^(\w*:/+)?", "https://", address)
    try:
        check_address(right, variable)
    except EnvironmentFault:
        return f"unset {variable}"
    return f"export {variable}={shlex.quote(right)}"


def _proxy(name: str, environ: Mapping[str, str]) -> str:
    """Return the proxy as one that is known, by its host; without one, none."""
    host = re.sub(r"^[\w+.-]*:/*", "", environ.get(name, "").strip()).rstrip("/")
    right = f"http://{host}"
    try:
        proxy_for(_ANYWHERE, {name: right})
    except EnvironmentFault:
        return f"unset {name}"
    return f"export {name}={shlex.quote(right)}" if host else f"unset {name}"
