"""What a forge on a local port is made of, whichever it is: `tests.github_api`, `tests.gitlab_api`."""

from tests.local_forge.faults import Fault
from tests.local_forge.server import Answer, Incoming, Json, LocalForge, Logged

__all__ = ["Answer", "Fault", "Incoming", "Json", "LocalForge", "Logged"]
