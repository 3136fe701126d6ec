"""Reads a SARIF log as tools write it: in any Unicode, within bounds, and never more than data."""

import codecs

from pydantic import ValidationError

from chargehand.checks.tools.shapes import Log
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line

LARGEST_BYTES = 64 * 1024 * 1024
MOST_RUNS, MOST_RESULTS = 100, 50_000
_LONGEST_PLACE = 200

# How a text begins that is no UTF-8: PowerShell writes the first of them. Without a mark, `{` tells it.
_CODECS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"{\0": "utf-16-le",
    b"\0{": "utf-16-be",
}


def read_log(content: bytes) -> Log:
    """Return the log; raise InputError with the reason if it is none, or more than is read."""
    try:
        log = Log.model_validate_json(_in_utf8(content))
    except UnicodeDecodeError:
        raise InputError("it is no text") from None
    except ValidationError as error:
        raise InputError(_reason(error)) from None
    runs = log.runs or ()
    if len(runs) > MOST_RUNS:
        raise InputError(f"it holds more than {MOST_RUNS} runs")
    if sum(len(run.results or ()) for run in runs) > MOST_RESULTS:
        raise InputError(f"it holds more than {MOST_RESULTS:,} results")
    if any(run.tool.driver.name == "chargehand" for run in runs):
        raise InputError("it is a report of chargehand itself, which --baseline is for")
    return log


def _in_utf8(content: bytes) -> bytes:
    codec = _CODECS.get(content[:2])
    return content.decode(codec).encode() if codec else content.removeprefix(codecs.BOM_UTF8)


def _reason(error: ValidationError) -> str:
    """Return what is wrong without a word of the content."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return "it is not JSON"
    place = one_line(".".join(map(str, first["loc"])))[:_LONGEST_PLACE]
    if place == "version":
        return "it is not SARIF 2.1.0"
    return f"it is not SARIF 2.1.0: {place or 'the whole'}: {first['msg']}"
