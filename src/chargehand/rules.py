"""The fixed catalogue of rules: what a finding can be an instance of."""

from chargehand.finding import Severity
from chargehand.plan import Lens
from chargehand.value import Value


class Rule(Value):
    """One rule. `id` is `lens/name` and never changes; `cwe` numbers and `security_severity` (0.1 to 10.0)
    are set for the security lens only.
    """

    id: str
    title: str
    description: str
    help: str
    severity: Severity
    security_severity: float | None = None
    cwe: tuple[int, ...] = ()

    @property
    def lens(self) -> str:
        """The lens that it belongs to."""
        return self.id.partition("/")[0]


def rule_for(rule_id: str, lens: str) -> Rule:
    """Return the rule with this id if the lens has it, else the lens's `other`.

    Models write ids in their own capitals, and sometimes without the lens.
    """
    raise NotImplementedError


def rules_of(lens: Lens) -> tuple[Rule, ...]:
    """Return the rules that a lens may pick from, its `other` last; a user's own lens has only that."""
    raise NotImplementedError
