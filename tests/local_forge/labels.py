"""A label of a request: what it says, when that was changed last, and who set it when."""

from dataclasses import dataclass


@dataclass
class Label:
    """Seconds count from eight o'clock; without `set_by` the forge does not tell who set it."""

    name: str
    description: str
    set_by: str
    changed_s: int = 1
    set_s: int = 2

    def changed_at(self) -> str:
        """When its name or its description was changed last."""
        return f"2026-11-30T08:00:{self.changed_s:02}Z"

    def set_at(self) -> str:
        """When it was set; GitLab tells milliseconds, too."""
        return f"2026-11-30T08:00:{self.set_s:02}.250Z"
