"""Decides what a repository is called by its address, without anything secret of it."""

import re
from urllib.parse import urlsplit

from chargehand.core.escaping import one_line

_MAX_LENGTH = 200


def path_of(address: str) -> str | None:
    """Return the path in a remote's address, without `.git`; of a folder of this machine its name only.

    User, password, host, port, query and fragment are left out: a token may stand in each of them.
    """
    address = one_line(address)
    if re.match(r"[a-z][a-z0-9+.-]*://", address, re.IGNORECASE):
        path = _path_in_url(address)
    elif found := re.match(r"[^/\\]{2,}?:(?!\\)(.*)", address):  # host:path, as for scp; C:\ is a folder
        path = found[1]
    else:
        path = _name_of_folder(address)
    return clean_name(re.split(r"[?#]", path)[0].strip("/").removesuffix(".git").strip("/"))


def _path_in_url(address: str) -> str:
    try:
        url = urlsplit(address)
    except ValueError:  # such as an unclosed bracket of an IPv6 host
        return ""
    return _name_of_folder(url.path) if url.scheme.lower() == "file" else url.path


def _name_of_folder(path: str) -> str:
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".git")]
    return parts[-1] if parts else ""


def clean_name(name: str) -> str | None:
    """Return the name if it can be one: a path without blanks, an @ or anything that acts."""
    is_name = re.fullmatch(r"[\w.+~-]+(/[\w.+~-]+)*", name) is not None
    return name if is_name and len(name) <= _MAX_LENGTH else None
