"""What a rule says: its id, its words, and how bad it is by default."""

from chargehand.core.finding import Severity
from chargehand.core.plain_value import PlainValue

OTHER = "other"


class Rule(PlainValue):
    """One rule. `id` is `lens/name` and never changes; `cwe` numbers and `security_severity` (0.1 to 10.0)
    are set for the security lens only.

    `title` says it in a line, `description` what the finding is, `help` what to do about it. A rule that is
    not `is_for_models` is about facts that a free check knows for sure: no model is offered it. Models see
    its name, and `hint` if the name does not say enough. `help_uri` is a page about it, if it has one.
    """

    id: str
    title: str
    description: str
    help: str
    severity: Severity
    security_severity: float | None = None
    cwe: tuple[int, ...] = ()
    is_for_models: bool = True
    hint: str = ""
    help_uri: str = ""

    @property
    def lens(self) -> str:
        """The lens that it belongs to."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """What it is called within its lens: a model picks by it."""
        return self.id.partition("/")[2]
