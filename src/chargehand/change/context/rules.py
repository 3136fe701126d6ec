"""What is shown beside a change, and how much of it."""

from collections.abc import Sequence
from typing import NamedTuple

USUAL = ("AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md")


class ContextRules(NamedTuple):
    """A request shows `max_tokens` of it at most; `guidance` names files of the target branch.

    No model gets text of what `never_send` names.
    """

    max_tokens: int
    guidance: Sequence[str] = USUAL
    never_send: Sequence[str] = ()
    deadline_s: float | None = None
