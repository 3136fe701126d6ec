"""How the provider is reached: its address, the proxy on the way, and whose certificates are trusted."""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from chargehand.core.errors import EnvironmentFault
from chargehand.core.escaping import one_line
from chargehand.llm.provider.bounds import ENCODING
from chargehand.llm.provider.proxies import Proxy, check_answers, proxy_for
from chargehand.llm.provider.sdk import http, sdk
from chargehand.llm.provider.urls import is_address

# A reply may take minutes in which nothing comes; some networks forget a connection that is so quiet.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 60), ("TCP_KEEPCNT", 5))


Hooks: TypeAlias = Mapping[str, Sequence[Callable[[Any], None]]]  # Any: the HTTP client's


class Connection(NamedTuple):
    """A way to the provider, of which everything was looked at that can be wrong."""

    address: str
    proxy: Proxy | None
    certificates: ssl.SSLContext


def connection_to(address: str, named_by: str, environ: Mapping[str, str]) -> Connection:
    """Return the way to `address`, which the variable `named_by` gives; raises EnvironmentFault."""
    check_address(address, named_by)
    proxy = proxy_for(address, environ)
    is_encrypted = any(each.startswith("https:") for each in (address, proxy.url if proxy else ""))
    return Connection(address, proxy, _certificates(environ, is_encrypted=is_encrypted))


def http_client(connection: Connection, hooks: Hooks) -> Any:  # Any: the HTTP client's
    """Return a client that goes this way, follows no redirect, and keeps quiet connections alive.

    Raises EnvironmentFault if nothing answers where the proxy should be: no attempt could succeed.
    """
    if connection.proxy:
        check_answers(connection.proxy)
    options: list[tuple[int, int, int]] = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    options += [
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in _KEEP_ALIVE
        if hasattr(socket, name)
    ]
    transport = http().HTTPTransport(
        verify=connection.certificates,
        proxy=http().Proxy(connection.proxy.url) if connection.proxy else None,
        limits=sdk().DEFAULT_CONNECTION_LIMITS,
        socket_options=options,
    )
    # A redirect would take the change, and headers of the user's, to whom it names.
    return sdk().DefaultHttpxClient(
        transport=transport,
        follow_redirects=False,
        headers={"accept-encoding": ENCODING},
        event_hooks=hooks,
    )


def check_address(address: str, named_by: str) -> None:
    """Raise EnvironmentFault if the address is none: the SDK would fail to connect, again and again."""
    if not is_address(address, ("http", "https")):
        is_whole = named_by.endswith("_URL")
        wrong = "is not a web address" if is_whole else "makes no web address"
        advice = "Set one such as http://localhost:8080, without /v1." if is_whole else "Correct it."
        raise EnvironmentFault(f"No model was asked: {named_by} {wrong}. {advice}")


def _certificates(environ: Mapping[str, str], *, is_encrypted: bool) -> ssl.SSLContext:
    """Return what is trusted: what the environment names, else what the system does."""
    if not is_encrypted:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if named := named_certificates(environ):
        return named
    context: ssl.SSLContext = http().create_ssl_context(trust_env=False)
    return context


def named_certificates(environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return what the environment has us trust, None if it names nothing; raises EnvironmentFault."""
    if file := environ.get("SSL_CERT_FILE"):
        return _trusting("SSL_CERT_FILE", file, is_there=Path(file).is_file(), cafile=file)
    if folder := environ.get("SSL_CERT_DIR"):
        return _trusting("SSL_CERT_DIR", folder, is_there=Path(folder).is_dir(), capath=folder)
    return None


def _trusting(variable: str, path: str, *, is_there: bool, **where: str) -> ssl.SSLContext:
    try:
        if is_there:
            return ssl.create_default_context(**where)  # type: ignore[arg-type]  # cafile or capath
        wrong = "which is not there"
    except OSError:  # ssl.SSLError is one
        wrong = "which holds no certificates that can be read"
    raise EnvironmentFault(
        f"No model was asked: {variable} names {one_line(path)}, {wrong}. Correct it, or unset it to trust "
        "what the system trusts."
    )
