"""Which lines a merge request's diff shows, as GitLab counts them for its line codes."""

import hashlib
import re
from dataclasses import dataclass, field

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True)
class Shown:
    """A line of the diff. `old` and `new` are where the two sides have got to, as a line code has them."""

    kind: str
    old: int
    new: int


@dataclass
class Changed:
    """A file of the diff; a new file has its path on both sides."""

    old_path: str
    new_path: str
    lines: list[Shown] = field(default_factory=list)
    text: str = ""

    def code(self, line: Shown) -> str:
        """Return the line code: the path's digest and both numbers."""
        digest = hashlib.sha1(self.new_path.encode()).hexdigest()  # noqa: S324 - as GitLab does it
        return f"{digest}_{line.old}_{line.new}"


def files_of(diff: str) -> list[Changed]:
    """Return the files of a diff that git wrote with names that it need not quote."""
    files: list[Changed] = []
    old = new = 0
    is_in_hunk = False
    for text in diff.splitlines():
        if text.startswith("diff --git "):
            is_in_hunk = False
            before, after = text.removeprefix("diff --git a/").split(" b/", 1)
            files.append(Changed(before, after))
        elif match := _HUNK.match(text):
            is_in_hunk = True
            files[-1].text += f"{text}\n"
            old, new = int(match[1]), int(match[2])
        elif is_in_hunk and text[:1] in (" ", "+", "-"):
            files[-1].text += f"{text}\n"
            files[-1].lines.append(Shown(text[0], old, new))
            old += text[0] != "+"
            new += text[0] != "-"
    return files
