"""Which claims could fail the build: these are the orchestrator's to judge."""

from collections.abc import Mapping
from fractions import Fraction

from chargehand.core.finding import Finding, Severity, grade_of
from chargehand.core.gate import Gate
from chargehand.core.plain_value import PlainValue
from chargehand.core.verdict import is_sure

# The share of all claims that reaches a severity, as long as nobody has measured it for this repository.
SHARE_AT_LEAST = {
    Severity.CRITICAL: Fraction(1, 20),
    Severity.HIGH: Fraction(1, 5),
    Severity.MEDIUM: Fraction(3, 5),
    Severity.LOW: Fraction(1),
}


class Stakes(PlainValue):
    """What fails the build, and which rules the configuration grades itself, whatever a judge says.

    A baseline, suppressions and waivers are left aside: what they let through is judged as if it could fail.
    """

    gate: Gate = Gate()
    grades: Mapping[str, Severity] = {}

    def could_block(self, finding: Finding) -> bool:
        """Tell whether the finding, as it stands, is bad and sure enough to fail the build."""
        graded = finding.evolve(severity=grade_of(finding.rule, self.grades) or finding.severity)
        return self.gate.is_reached(graded) and is_sure(graded, self.gate)

    def expected_share(self, lenses: tuple[str, ...]) -> Fraction:
        """Return the share of the claims of these lenses that probably could block."""
        floors = [self.gate.by_lens.get(lens, self.gate.fail_on) for lens in lenses]
        shares = [SHARE_AT_LEAST[floor] if floor else Fraction(0) for floor in floors]
        return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
