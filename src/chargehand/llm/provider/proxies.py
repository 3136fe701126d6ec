"""By way of which proxy an address is reached: what the environment says, as curl reads it."""

import socket
import sys
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies

from chargehand.core.errors import EnvironmentFault
from chargehand.llm.provider.urls import is_address

_SCHEMES = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}
_SOCKS_PORT = 1080
_ANSWER_S = 10.0


class Proxy(NamedTuple):
    """A proxy's address, which may hold a password, and the variable that names it."""

    url: str
    named_by: str


def proxy_for(address: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy to take, None if the address is reached without; raises EnvironmentFault.

    A proxy that is not needed is not looked at: it may be as wrong as it likes.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    proxy = _named(parts.scheme, environ)
    if proxy is None or _is_exempt(host, port, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    return _checked(proxy, host)


def check_answers(proxy: Proxy) -> None:
    """Raise EnvironmentFault if nobody takes a connection at the proxy's address."""
    parts = urlsplit(proxy.url)
    port = parts.port or _PORTS.get(parts.scheme, _SOCKS_PORT)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_ANSWER_S).close()
    except OSError as error:
        raise EnvironmentFault(
            f"No model was asked: nothing answers at the proxy that {proxy.named_by} names "
            f"({error.strerror or 'no answer in time'}). Correct it, or name the models' host in NO_PROXY."
        ) from error


def _named(scheme: str, environ: Mapping[str, str]) -> Proxy | None:
    names = [spelt for name in (f"{scheme}_proxy", "all_proxy") for spelt in (name, name.upper())]
    for name in names:
        if url := environ.get(name, "").strip():
            return Proxy(url if "://" in url else f"http://{url}", name)
    if sys.platform in ("darwin", "win32") and (url := getproxies().get(scheme)):
        return Proxy(url, "the system's settings")
    return None


def _checked(proxy: Proxy, host: str) -> Proxy:
    """Return the proxy; raise EnvironmentFault, without its password, if it is none."""
    if is_address(proxy.url, _SCHEMES):
        return proxy
    raise EnvironmentFault(
        f"No model was asked: {proxy.named_by} is not the address of a proxy that can be used. Set one such "
        f"as http://proxy:8080 or socks5://proxy:1080, or name {host} in NO_PROXY."
    )


def _is_exempt(host: str, port: int, listed: str) -> bool:
    return any(_covers(entry.strip().lower(), host.rstrip("."), port) for entry in listed.split(","))


def _covers(entry: str, host: str, port: int) -> bool:
    """Tell whether an entry of NO_PROXY names the host: `*`, a domain, an address or a network.

    A port may follow. What cannot be read names nothing, as with curl.
    """
    if entry == "*":
        return True
    entry = entry.rpartition("://")[2]
    if _is_in_network(host, entry):
        return True
    name, wanted_port = _split_port(entry)
    if wanted_port and wanted_port != str(port):
        return False
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _is_in_network(host: str, entry: str) -> bool:
    address, slash, length = entry.partition("/")
    try:
        return ip_address(host) in ip_network(f"{address.strip('[]')}{slash}{length}", strict=False)
    except ValueError:
        return False


def _split_port(entry: str) -> tuple[str, str]:
    """Return the name and the port; an IPv6 address has colons of its own, and stands in brackets."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    name, _, port = entry.partition(":")
    return (entry, "") if ":" in port else (name, port)
