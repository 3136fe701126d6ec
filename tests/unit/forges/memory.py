"""A forge that only remembers: it fails as it is told, and lets another run overtake."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from threading import Lock
from typing import Literal

from chargehand.core.change import CodePages
from chargehand.core.errors import ForgeUnsure
from chargehand.forges.comment import Conclusion, Posted, Said, Standing, Wanted, marker_in
from chargehand.forges.forge import Lack
from chargehand.forges.request import Request

# A write that fails was done all the same, or it was not: the answer does not tell.
Failure = Literal["done", "lost"]


class Remembered:
    """One request. `failures` are by the number of the write; `overtaken` runs once, ahead of the first."""

    name = "memory"
    pages: CodePages | None = None

    def __init__(self, head: str) -> None:
        self.head = head
        self.comments: dict[str, Posted] = {}
        self.concluded: dict[str, Conclusion] = {}
        self.failures: Mapping[int, Failure] = {}
        self.overtaken: Callable[[], object] | None = None
        self._orders, self._writes, self._lock = count(), count(), Lock()

    def suggestion_word(self, lines: int) -> str:
        return f"suggestion {lines}"

    def request(self) -> Request:
        return Request(number=7, head=self.head, author="author")

    def standing(self) -> Standing:
        with self._lock:
            return Standing(posted=tuple(self.comments.values()))

    def labelled(self) -> tuple[Said, ...]:
        return ()

    def may_write(self, login: str) -> bool:
        return login != "author"

    def lacking(self, request: Request) -> Iterable[Lack]:  # noqa: ARG002 - its token may do all
        return ()

    def post_summary(self, body: str) -> None:
        self._write(lambda: self._add(body))

    def post_inline(self, comments: Sequence[Wanted], head: str) -> tuple[Wanted, ...]:
        assert head == self.head
        self._write(lambda: self._add(*(each.body for each in comments)))
        return ()

    def edit(self, posted: Posted, body: str) -> None:
        self._write(lambda: self._change(posted, body))

    def fold(self, posted: Posted, body: str) -> None:
        self._write(lambda: self._change(posted, body, is_hidden=True))

    def unfold(self, posted: Posted, body: str) -> None:
        self._write(lambda: self._change(posted, body, is_hidden=False))

    def delete(self, posted: Posted) -> None:
        self._write(lambda: self.comments.pop(posted.id, None))

    def conclude(self, conclusion: Conclusion, head: str) -> None:
        self.concluded[head] = conclusion

    def _add(self, *bodies: str) -> None:
        for body in bodies:
            order, marker = next(self._orders), marker_in(body)
            assert marker
            self.comments[str(order)] = Posted(id=str(order), order=order, marker=marker, body=body)

    def _change(self, posted: Posted, body: str, **more: bool) -> None:
        marker = marker_in(body)
        if marker and posted.id in self.comments:
            self.comments[posted.id] = self.comments[posted.id].evolve(body=body, marker=marker, **more)

    def _write(self, act: Callable[[], object]) -> None:
        overtaken, self.overtaken = self.overtaken, None
        if overtaken:
            overtaken()
        with self._lock:
            failure = self.failures.get(next(self._writes))
            if failure != "lost":
                act()
        if failure:
            raise ForgeUnsure("Nobody knows whether it was done.")
