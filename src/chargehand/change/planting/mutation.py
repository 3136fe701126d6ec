"""What one planted defect is: which lines of a file it replaces, and by what."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """A defect of one `kind`, which a reviewer through `lens` should notice.

    The new-side lines `first` to `last` of the file become `lines`, none if they go. `says` tells what was
    changed, in words for people.
    """

    kind: str
    lens: str
    first: int
    last: int
    lines: tuple[str, ...]
    says: str

    @property
    def line(self) -> int:
        """Where the defect stands afterwards: what follows, if its lines went."""
        return self.first


class Edit(NamedTuple):
    """Bytes of a source, `start` to `end`, that become `text`: what a mutation is before it has lines."""

    kind: str
    start: int
    end: int
    text: bytes = b""
    lens: str = "correctness"
