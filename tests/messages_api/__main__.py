"""Decides what the command line starts: a URL on the first line, then service until SIGTERM or Ctrl-C."""

import argparse
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.messages_api.faults import Fault, FaultKind, parse_fault
from tests.messages_api.log import Record
from tests.messages_api.replies import Setup, load_replies
from tests.messages_api.server import MessagesApi


def main() -> None:
    """Serve until told to stop, then say on standard error what was served."""
    options = _parser().parse_args()
    told = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: told.set())
    with (
        _recorder(options.log) as on_record,
        MessagesApi(
            **_setup(options),
            limit_retry_after_s=options.limit_retry_after_s,
            batch_s=options.batch_s,
            key=options.key,
            port=options.port,
            on_record=on_record,
        ) as api,
    ):
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        told.wait()
    sys.stderr.write(f"{len(api.log)} requests, {len(api.calls)} of them for a message, ${api.bill_usd}\n")


def _setup(options: argparse.Namespace) -> Setup:
    """Return what the replies file says, with what the command line says on top."""
    setup: Setup = load_replies(options.replies) if options.replies else {}
    setup["faults"] = (*setup.get("faults", ()), *options.fault)
    for name in ("delay_s", "first_event_s", "max_concurrency"):
        if getattr(options, name) is not None:
            setup[name] = getattr(options, name)
    return setup


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.messages_api", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: any free one")
    add("--key", default="test-key", help="the key that clients must send (test-key)")
    add("--replies", type=Path, metavar="FILE", help="what to answer, see the package's docstring")
    add(
        "--delay",
        type=_delay,
        dest="delay_s",
        metavar="S",
        help="seconds an answer takes; or plan=S,worker=S,…",
    )
    add("--first-event", type=float, dest="first_event_s", metavar="S", help="seconds until a stream begins")
    add("--fault", type=_fault, action="append", default=[], metavar="KIND[:NAME=VALUE,…]", help=_FAULT_HELP)
    add("--max-concurrency", type=int, metavar="N", help="answer 429 to more requests at once")
    add(
        "--limit-retry-after",
        type=float,
        dest="limit_retry_after_s",
        metavar="S",
        help="retry-after of that 429",
    )
    add(
        "--batch-seconds", type=float, default=0.0, dest="batch_s", metavar="S", help="how long a batch takes"
    )
    add("--log", type=Path, metavar="FILE", help="write a JSON line for each request")
    return parser


def _delay(text: str) -> float | dict[str, float]:
    if "=" not in text:
        return float(text)
    return {role: float(seconds) for role, _, seconds in (part.partition("=") for part in text.split(","))}


def _fault(text: str) -> Fault:
    try:
        return parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


@contextlib.contextmanager
def _recorder(path: Path | None) -> Iterator[Callable[[Record], None] | None]:
    """Give what writes records to a file, and close the file in the end."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", buffering=1) as lines:

        def write(record: Record) -> None:
            lines.write(json.dumps(record.as_json()) + "\n")

        yield write


_FAULT_HELP = (
    f"what goes wrong, may be given several times; kinds: {', '.join(kind.value for kind in FaultKind)}"
)

if __name__ == "__main__":
    main()
