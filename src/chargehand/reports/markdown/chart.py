"""The bill as a small chart, which GitHub and GitLab draw from a fence of Mermaid."""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_UP, Decimal

from chargehand.core.usage import Call

SLICES = 8
_LABEL_LENGTH = 60
# Slices are in millionths of a dollar: Mermaid takes no number of more than two decimals, nor a 0.
_UNIT_USD = Decimal("0.000001")
_FENCE = "```"


def cost_chart(calls: Sequence[Call]) -> str:
    """Return a pie of what each role paid each model; empty where that is less than two slices."""
    costs: Counter[str] = Counter()
    for call in calls:
        if call.cost_usd:
            costs[_label(call)] += _parts(call.cost_usd)
    if len(costs) < 2:
        return ""
    shown = costs.most_common(SLICES)
    if rest := costs.total() - sum(parts for _, parts in shown):
        shown.append(("others", rest))
    slices = (f'    "{label}" : {parts}' for label, parts in shown)
    return "\n".join((f"{_FENCE}mermaid", "pie title Cost by role and model", *slices, _FENCE))


def _label(call: Call) -> str:
    """Return our word for the role and the model's id; what could end a label or act in one is left out."""
    model = re.sub(r"[^A-Za-z0-9._:/@+-]", "", call.model)[:_LABEL_LENGTH]
    return f"{call.role.value} {model}"


def _parts(cost_usd: Decimal) -> int:
    return int((cost_usd / _UNIT_USD).quantize(Decimal(1), ROUND_UP))
