"""Which texts in a line are credentials of a connection: in an address, in settings, in a header."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from chargehand.checks.secrets.wrapped import decoded


class Kind(str, Enum):
    """Where credentials stand."""

    ADDRESS = "Basic Auth Credentials"
    JWT = "JSON Web Token"
    SETTING = "Password of a Connection"
    BASIC = "Basic Header"
    BEARER = "Bearer Token"
    REQUEST = "Password of a Request"
    SIGNATURE = "Azure Shared Access Signature"


class Credential(NamedTuple):
    """A password or token as it stands in its line, as `written`; Basic headers hold it encoded.

    `host` is empty if nothing says what it opens.
    """

    kind: Kind
    written: str
    password: str
    host: str = ""


HINTS = ("://", "basic ", "bearer ", "curl ", "eyj", "&sig=", "password=", "pwd=", "password =", "pwd =")

_URL = re.compile(
    r"://[^\s/?#:@\"'<>`|]{0,100}:(?P<password>[^\s/@\"'<>`|]{3,200})@(?P<host>[^\s/\"'<>`,)\\]{1,200})"
)
_SETTING = re.compile(
    r"(?i)(?:^|[;,\"'\s?&])(?:password|pwd)\s?=\s?(?P<password>[^;,\"'\s&<>`]{3,200})(?=[;,\"'&\s<`]|$)"
)
# What a call is given by the name of a parameter, in code: a name, or what another call returns.
_EXPRESSION = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:[(\[].*|[)\]}]*)")
_PARAMETER, _CALL = re.compile(r"[(,]\s?$"), re.compile(r"\w[(\[]")
# Beside a password, a list of settings says where to, or who.
_NEIGHBOUR = re.compile(
    r"(?i)jdbc:|(?:server|data source|host|uid|user|user ?id|username|catalog|database|driver|dsn|ssl)\s?="
)
_BASIC = re.compile(r"(?i)\bbasic\s{1,4}(?P<run>[A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])")
_BEARER = re.compile(r"(?i)\bbearer\s{1,4}(?P<token>[A-Za-z0-9_.~+/-]{16,400}={0,2})")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{8,2000}(?:\.[\w-]{6,2000})?")
_SIGNATURE = re.compile(r"(?i)[?&\"']s[a-z]{1,2}=[^\s\"'<>]{0,400}?&sig=(?P<run>[a-z0-9%+/]{43,90}(?:%3d|=))")
_CURL = re.compile(
    r"(?:\s-[a-zA-Z]{0,5}u|--user)[\s=]{0,4}[\"']?[^\s:\"'$]{1,80}:(?P<password>[^\s\"'$]{3,200})"
)


def credentials_in(text: str) -> Iterator[Credential]:
    """Yield the credentials of connections in a line."""
    for found in _URL.finditer(text):
        yield Credential(Kind.ADDRESS, found["password"], found["password"], found["host"])
    if _NEIGHBOUR.search(text):
        settings = (found for found in _SETTING.finditer(text) if not _is_argument(found))
        yield from (Credential(Kind.SETTING, found["password"], found["password"]) for found in settings)
    for found in _BASIC.finditer(text):
        yield Credential(Kind.BASIC, found["run"], decoded(found["run"]).partition(":")[2])
    for found in _BEARER.finditer(text):
        yield Credential(Kind.BEARER, found["token"], found["token"])
    for found in _JWT.finditer(text):
        yield Credential(Kind.JWT, found.group(), found.group())
    for found in _SIGNATURE.finditer(text):
        yield Credential(Kind.SIGNATURE, found["run"], found["run"])
    if "curl " in text:
        for found in _CURL.finditer(text):
            yield Credential(Kind.REQUEST, found["password"], found["password"])


def _is_argument(found: re.Match[str]) -> bool:
    """Tell an argument of a call, in code and not in a string, from the settings of a connection."""
    before = found.string[: found.start() + 1]
    if any(before.count(quote) % 2 for quote in "\"'`"):
        return False
    is_name = _PARAMETER.search(before) and _EXPRESSION.fullmatch(found["password"])
    return bool(is_name or _CALL.search(found["password"]))
