"""The reports: what one run found, read by people and by machines."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chargehand.core.review import Review
    from chargehand.core.verdict import Verdict


class Format(NamedTuple):
    """A report that can be asked for: `--name PATH`, or a bare `--name` if it `is_printed`.

    The module or folder of that name has `render(review, verdict)`. It is imported when a report is made:
    the command line needs the names alone, at once.
    """

    name: str
    help: str
    is_printed: bool = False

    def render(self, review: "Review", verdict: "Verdict") -> str:
        """Return the report of a review and its verdict."""
        text: str = import_module(f"{__name__}.{self.name}").render(review, verdict)
        return text


# A row a format, in the order of the options.
FORMATS = (
    Format("sarif", "Write SARIF 2.1.0."),
    Format("markdown", "Write the Markdown summary with the cost footer."),
    Format("html", "Write a page for the browser, in one file."),
    Format("json", "Write the JSON report."),
    Format("codequality", "Write GitLab Code Quality."),
    Format("junit", "Write JUnit XML."),
    Format("annotations", "Print GitHub annotations.", is_printed=True),
)
