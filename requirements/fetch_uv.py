"""Brings the program uv out of its wheel: by the hashes of a lock, from where pip would take it.

pip needs two seconds of a processor for that, most of it to read the list of all releases. Whatever this does
not know, such as an index that wants a password, is left to pip: nothing is brought then.
"""

import hashlib
import os
import platform
import re
import ssl
import sys
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import BaseHandler, HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

PYPI = "https://pypi.org/simple"
_LINK = re.compile(r"""href=["']([^"'#]+\.whl)(?:#sha256=([0-9a-f]{64}))?""")
_PROGRAM = re.compile(r"uv-[^/]+\.data/scripts/uv(\.exe)?")
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_SLOWEST_S = 15.0  # without an answer, as pip has it


def fetch_uv(lock: Path, settings: Mapping[str, str], folder: Path) -> bool:
    """Put uv into the folder, and tell whether it was found; what is told of pip says where to look."""
    text = lock.read_text("utf-8")
    version = re.search(r"^uv==(\S+)", text, re.MULTILINE)
    hashes = frozenset(re.findall(r"sha256:([0-9a-f]{64})", text))
    opener = _opener(settings)
    for page in _pages(settings):
        for address in _wheels_at(page, f"uv-{version and version[1]}-", hashes, opener):
            wheel = _read(address, opener)
            if hashlib.sha256(wheel).hexdigest() in hashes:
                return _unpack(wheel, folder)
    return False


def _opener(settings: Mapping[str, str]) -> OpenerDirector:
    handlers: list[BaseHandler] = [
        HTTPSHandler(context=ssl.create_default_context(cafile=settings.get("cert")))
    ]
    if proxy := settings.get("proxy"):
        handlers.append(ProxyHandler({"https": proxy}))
    return build_opener(*handlers)


def _pages(settings: Mapping[str, str]) -> Iterator[str]:
    """Yield the folders and pages that may link to a wheel of uv."""
    yield from settings.get("find-links", "").split()
    if not settings.get("no-index"):
        indexes = f"{settings.get('index-url', PYPI)} {settings.get('extra-index-url', '')}"
        yield from (f"{index.rstrip('/')}/uv/" for index in indexes.split())


def _wheels_at(page: str, begin: str, hashes: frozenset[str], opener: OpenerDirector) -> Iterator[str]:
    """Yield the addresses of wheels that fit and may have one of the hashes."""
    if Path(page).is_dir():
        links = [(each.as_uri(), "") for each in sorted(Path(page).resolve().glob("*.whl"))]
    else:
        links = _LINK.findall(_read(page, opener).decode("utf-8", "replace"))
    for link, digest in links:  # of thousands, so that few are worth joining
        name = link.rpartition("/")[2]
        if name.startswith(begin) and fits(name) and (not digest or digest in hashes):
            yield urljoin(page, link)


def _read(address: str, opener: OpenerDirector) -> bytes:
    """Return what stands at an address, nothing if it is for pip to say what is wrong there."""
    parts = urlsplit(address)
    if parts.scheme not in ("https", "file") or parts.username:
        return b""
    if parts.scheme == "file" and address.endswith("/"):
        address += "index.html"
    try:
        with opener.open(address, timeout=_SLOWEST_S) as answer:
            content: bytes = answer.read()
            return content
    except (OSError, URLError, ValueError):
        return b""


def fits(name: str, system: str = sys.platform, machine: str = platform.machine(), libc: str = "") -> bool:
    """Tell whether a wheel's name says that its program runs on such a machine."""
    machine = machine.lower()
    if system == "win32":
        tag = f"win_{machine}"
    elif system == "darwin":
        tag = rf"macosx_\d+_\d+_{machine}"
    else:
        is_gnu = (libc or platform.libc_ver()[0]) == "glibc"
        tag = rf"{'many' if is_gnu else 'musl'}linux_\d+_\d+_{_MACHINES.get(machine, machine)}"
    return re.search(rf"[-.](?:{tag}|any)(?:\.|$)", name) is not None


def _unpack(wheel: bytes, folder: Path) -> bool:
    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        for name in filter(_PROGRAM.fullmatch, archive.namelist()):
            program = folder / ("uv.exe" if os.name == "nt" else "uv")
            program.write_bytes(archive.read(name))
            program.chmod(0o755)
            return True
    return False
