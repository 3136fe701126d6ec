"""Where the files of a log are."""

from urllib.parse import quote

from chargehand.reports.document import Json

# What may stand in a part of a path beside letters, digits and -._~ (RFC 3986, 3.3), but for the colon.
_IN_PATHS = "!$&'()*+,;=@"


def artifact(path: str) -> dict[str, Json]:
    """Return where a file is: its own bytes, relative to the repository's root.

    Only what RFC 3986 does not allow in a path is percent-encoded, for not every reader decodes. A colon in
    the first part would make a scheme of it.
    """
    first, slash, rest = path.encode("utf-8", "surrogateescape").partition(b"/")
    return {"uri": quote(first, safe=_IN_PATHS) + slash.decode() + quote(rest, safe=f"{_IN_PATHS}:/")}
