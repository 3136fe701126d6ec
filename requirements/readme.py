"""Has the links of the README lead to this version's files where it stands without them, as on PyPI.

https://hatch.pypa.io/latest/plugins/metadata-hook/custom/
"""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

_FILES = "https://github.com/chargehand/chargehand/blob"
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
# A link to a file beside the README, and not to an address or to a heading of its own.
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)\s]+)\)")


class Readme(MetadataHookInterface):
    """What hatchling asks for the fields of `project.dynamic` that it cannot find by itself."""

    def update(self, metadata: dict[str, object]) -> None:
        """Add the README."""
        root = Path(self.root)
        found = _VERSION.search((root / "src/chargehand/__init__.py").read_text("utf-8"))
        place = f"{_FILES}/v{found[1]}" if found else f"{_FILES}/main"
        text = _LINK.sub(rf"]({place}/\1)", (root / "README.md").read_text("utf-8"))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
