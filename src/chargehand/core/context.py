"""What models are shown beside a change: passages of the repository, and what its author says of it."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from chargehand.core.plain_value import PlainValue, no_entries


class Kind(str, Enum):
    """What a passage is to the change, in the order in which models are shown them."""

    REQUEST = "request"  # title and description
    COMMIT = "commit"  # a commit message
    GUIDANCE = "guidance"  # how the project wants its code
    DEFINITION = "definition"  # of a function or type that changed lines use
    CALLER = "caller"  # a line elsewhere that uses what is changed
    TEST = "test"  # a test that mentions what is changed


class Passage(NamedTuple):
    """Lines that stand together: `text`, without a last newline, from `line` of `path` on.

    `within` is the first line of what encloses it. If there is no room for all, `brief_lines` of it are shown
    from the index `brief` on: how a definition begins. `tokens` and `brief_tokens` are the sizes of both.
    What is in no file has no `line`, and a `path` that says in words where it comes from.
    """

    kind: Kind
    path: str
    line: int
    text: str
    within: str = ""
    brief: int = 0
    brief_lines: int = 0
    tokens: int = 0
    brief_tokens: int = 0

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.line + self.text.count("\n")

    def shortened(self) -> "Passage":
        """Return how it begins, with a mark that there is more."""
        if not self.brief_lines:
            return self
        lines = self.text.split("\n")[self.brief : self.brief + self.brief_lines]
        line, text = self.line + self.brief, "\n".join((*lines, "…"))
        return self._replace(line=line, text=text, brief=0, brief_lines=0, tokens=self.brief_tokens)


class Link(NamedTuple):
    """A line of a changed file wants a passage, by its index; what has the lowest `rank` is shown first.

    Line 0 stands for any part of the file.
    """

    line: int
    passage: int
    rank: int


class Context(PlainValue):
    """What may be shown beside a change: passages, and which lines want which, by path; `""` is any path.

    A request shows `max_tokens` of them at most. `unlooked` says in a sentence what was not looked for, and
    why; it is empty if everything was.
    """

    passages: tuple[Passage, ...] = ()
    links: Mapping[str, tuple[Link, ...]] = no_entries()
    max_tokens: int = 0
    unlooked: str = ""


class Counted(PlainValue):
    """How many passages of a kind were shown, and how many belonged to the change and had no room."""

    kind: Kind
    shown: int
    left_out: int


class Beside(PlainValue):
    """What models were shown beside a change, of each kind that was found; `unlooked` as a context has it."""

    counted: tuple[Counted, ...]
    unlooked: str = ""


NO_CONTEXT = Context()
