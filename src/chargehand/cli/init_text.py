"""How it is told what `init` wrote, what is left to do, and what reviews would cost."""

from decimal import Decimal

from chargehand.app.init import Begun, Past
from chargehand.core.counting import count
from chargehand.core.escaping import one_line
from chargehand.core.money import usd


def begun_text(begun: Begun) -> str:
    """Return what was written, what stays, and what is left to do."""
    lines = [f"wrote  {name}" for name in begun.written]
    lines += [
        f"stays  {name}, which is there already; what it could have: {one_line(str(example))}"
        for name, example in begun.left
    ]
    lines += [f"next   {line}" for line in (*begun.then, "chargehand doctor")]
    return "\n".join(lines) + "\n"


def past_text(past: Past) -> str:
    """Return what the last merges would have cost, in a sentence or two."""
    costs, noun = past.costs_usd, "merge" if past.are_merges else "commit"
    unknown = f" Of {count(past.unknown, noun)} it is not known." if past.unknown else ""
    if not costs:
        return f"There is no {noun} whose review could be estimated.{unknown}\n"
    mean = sum(costs, Decimal(0)) / len(costs)
    last = f"last {count(len(costs), noun)}" if len(costs) > 1 else f"last {noun}"
    span = f"{usd(min(costs))} to {usd(max(costs))}, {usd(mean)} on average" if len(costs) > 1 else usd(mean)
    would = "would have cost" if len(costs) == 1 else "would each have cost"
    return f"The {last} {would} {span} (estimated: nothing was spent).{unknown}\n"
