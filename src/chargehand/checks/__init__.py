"""The free checks: what code alone can find in a change, without a model.

A check is one module that declares itself as `CHECK`, and one row in `names`.
"""

from chargehand.checks.check import Tree
from chargehand.checks.look import Checked, Evidence, run_checks
from chargehand.checks.names import CHECKS, load_check

__all__ = ["CHECKS", "Checked", "Evidence", "Tree", "load_check", "run_checks"]
