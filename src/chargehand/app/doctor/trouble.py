"""What is told of something that would fail: what it is, and the line that mends it."""

from typing import Literal

from chargehand.core.value import Value


class Run(Value):
    """A line to type into a shell; in a CI job, what has to hold before the review begins.

    `…` stands for what only the reader knows, such as a key.
    """

    line: str

    @property
    def shown(self) -> str:
        """The line, as it is typed."""
        return self.line


class Write(Value):
    """A line to write into the file `path`, of `branch` if that is not the work tree's.

    It takes the place of the lines `first` to `last`; if `last` is before `first`, it is put before that one.
    """

    path: str
    first: int
    last: int
    line: str
    branch: str = ""

    @property
    def shown(self) -> str:
        """Where the line belongs, and the line: behind a bar, if it is indented or several."""
        if self.last < self.first:
            where = f"new line {self.first}"
        elif self.last == self.first:
            where = f"line {self.first}"
        else:
            where = f"lines {self.first} to {self.last}"
        of = f" of branch {self.branch}" if self.branch else ""
        lines = self.line.split("\n")
        if len(lines) == 1 and self.line == self.line.lstrip():
            return f"{self.path}{of}, {where}:  {self.line}"
        return "\n".join((f"{self.path}{of}, {where}:", *(f"| {each}" for each in lines)))

    def applied(self, text: str) -> str:
        """Return the text of the file with the line in it."""
        lines = text.split("\n")
        return "\n".join([*lines[: self.first - 1], self.line, *lines[self.last :]])


class Trouble(Value):
    """A sentence about what would fail, or if not `is_failing` only go other than is wished; and its mend."""

    said: str
    mend: Run | Write
    is_failing: bool = True


State = Literal["fine", "warns", "fails", "not looked at"]


class Examined(Value):
    """What one kind of check says; if it `has_looked`."""

    name: str
    troubles: tuple[Trouble, ...]
    has_looked: bool = True

    @property
    def state(self) -> State:
        """The worst that it says."""
        if not self.has_looked:
            return "not looked at"
        if any(each.is_failing for each in self.troubles):
            return "fails"
        return "warns" if self.troubles else "fine"
