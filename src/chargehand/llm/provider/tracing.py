"""Which trace the calls of a run belong to: all to one, whichever thread makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING

from chargehand import __version__

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

# What loading a provider that the environment names, and that is not installed, ends in.
_NO_PROVIDER = (StopIteration, ImportError, AttributeError)


class Trace:
    """One span around all calls of a run, below the span of whoever makes this object.

    The SDK makes a span for each call, if a tracer provider is configured. A thread knows nothing of the
    span that is open in another, so that without this each call would be a trace of its own.
    """

    def __init__(self) -> None:
        self._outside = copy_context()
        self._inside: Context | None = None
        self._span: Span | None = None

    def begin(self) -> None:
        """Open the span. Without a provider there is none."""
        # Start-up time: the SDK, which needs these too, is loaded by now.
        from opentelemetry.trace import get_tracer, set_span_in_context  # noqa: PLC0415 - as above

        try:
            tracer = get_tracer("chargehand", __version__)
        except _NO_PROVIDER:  # OpenTelemetry has logged which
            return
        self._span = self._outside.run(tracer.start_span, "chargehand")
        self._inside = self._outside.run(set_span_in_context, self._span)

    def end(self) -> None:
        """Close the span."""
        if self._span is not None:
            self._span.end()
            self._span = self._inside = None

    @contextmanager
    def around(self) -> Iterator[None]:
        """Have the block's calls, in this thread, belong to the span."""
        if self._inside is None:
            yield
            return
        from opentelemetry.context import attach, detach  # noqa: PLC0415 - as above

        token = attach(self._inside)
        try:
            yield
        finally:
            detach(token)
