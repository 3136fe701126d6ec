"""How many calls to one model may be in flight at once: what the server is seen to bear, and no more."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from chargehand.brake import GLANCE_S, Brake
from chargehand.errors import Failure, NoAnswer, RunEnding
from chargehand.llm.model import Model, Prompt, Reply
from chargehand.value import Value

TOO_MANY = frozenset({Failure.RATE_LIMITED, Failure.OVERLOADED})


class Paced:
    """A model that is asked by at most `most` threads at once, by fewer where it bears fewer.

    Limits are counted for each model id by itself. Who finds no place free waits, first come, first served.
    """

    def __init__(self, model: Model, most: int, brake: Brake | None = None) -> None:
        self._model = model
        self._most = most
        self._brake = brake or Brake()
        self._lock = Lock()
        self._gates: dict[str, _Gate] = {}

    def ask(self, prompt: Prompt) -> Reply:
        """Send when there is a place; raise RunEnding instead once the brake is pulled."""
        gate = self._gate(prompt.model)
        with gate.place(self._brake) as place:
            try:
                reply = self._model.ask(prompt)
            except NoAnswer as error:
                if error.failure in TOO_MANY:
                    gate.shrink()
                raise
            gate.grow(place)
            return reply

    def _gate(self, model: str) -> "_Gate":
        with self._lock:
            return self._gates.setdefault(model, _Gate(Window(places=self._most, most=self._most)))


class Window(Value):
    """How many places there are, of `most`, and what it takes until there is one more.

    `credit` counts the calls borne since the last change; at `patience` of them one more place is tried.
    Tries that fail double the patience, tries that do not halve it.
    """

    places: int
    most: int
    credit: int = 0
    patience: int = 1
    is_trying: bool = False


def borne(window: Window, places_at_start: int) -> Window:
    """Return the window after a call that began under so many places was answered."""
    if places_at_start < window.places or window.places == window.most:
        return window
    if window.credit + 1 < window.patience:
        return window.model_copy(update={"credit": window.credit + 1})
    patience = max(1, window.patience // 2) if window.is_trying else window.patience
    return Window(places=window.places + 1, most=window.most, patience=patience, is_trying=True)


def rejected(window: Window, others: int) -> Window:
    """Return the window after the server had too many: `others` in flight were all that it bears."""
    places = max(1, min(window.places, others))
    patience = min(window.patience * 2, 8 * places) if window.is_trying else window.patience
    return Window(places=places, most=window.most, patience=patience)


class _Gate:
    """The places of one model id, and who waits for one."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._lock = Lock()
        self._in_flight = 0
        self._queue: deque[Event] = deque()

    @contextmanager
    def place(self, brake: Brake) -> Iterator[int]:
        """Hold a place, and give how many there were when it was got."""
        turn = Event()
        with self._lock:
            self._queue.append(turn)
            self._let_in()
        try:
            while not (turn.wait(GLANCE_S) or brake.reason):
                pass
            if brake.reason:
                raise RunEnding
            yield self._window.places
        finally:
            with self._lock:
                self._leave(turn)
                self._let_in()

    def grow(self, places_at_start: int) -> None:
        """Learn that a call was answered."""
        with self._lock:
            self._window = borne(self._window, places_at_start)

    def shrink(self) -> None:
        """Learn that a call in flight was one too many."""
        with self._lock:
            self._window = rejected(self._window, self._in_flight - 1)

    def _let_in(self) -> None:
        while self._queue and self._in_flight < self._window.places:
            self._in_flight += 1
            self._queue.popleft().set()

    def _leave(self, turn: Event) -> None:
        if turn.is_set():
            self._in_flight -= 1
        else:
            self._queue.remove(turn)
