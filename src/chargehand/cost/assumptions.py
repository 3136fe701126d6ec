"""What models are taken to write and to think, as long as nobody has measured it for this repository."""

from collections.abc import Mapping
from decimal import Decimal

from chargehand.core.models import Effort, capabilities
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.cost.counterfactuals import convert

# The figures below are tokens of its tokenizer.
_REFERENCE = "claude-opus-5-5"


class Assumptions(Value):
    """What an estimate rests on, beside the prompts, which are real; docs/cost.md tells it to the user.

    Where each comes from:

    - How many claims: reviewers of this kind leave one or two comments on a hundred changed lines; spread
      over five lenses that is `claims_per_100_lines` for each lens. More than `usual_claims_a_task` is taken
      for an exception; `most_claims_a_task` is what the prompt allows.
    - How many of them a further sample adds: of three readings two mostly find the same, so each further one
      adds `further_claims` of what the first found; nobody has measured it here.
    - What is written: the lengths that the prompts ask for (a title, one to three sentences, a quoted line),
      compared with the replies that were written by hand for the demo and the benchmark.
    - What is thought: nobody has published it. The figures are those by which the test server bills, so
      that a comparison with it says nothing about them. Models that can be kept from thinking are.
    - What is not here: attempts that fail, escalations, and plans that split the change further than it
      must be split.
    """

    claims_per_100_lines: Decimal = Decimal("0.3")
    usual_claims_a_task: int = 5
    most_claims_a_task: int = 15
    further_claims: Decimal = Decimal("0.25")
    claim_tokens: int = 170
    plain_finding_tokens: int = 110
    judged_claim_tokens: int = 160
    surroundings_tokens: int = 130
    title_tokens: int = 40
    ruled_claims: Decimal = Decimal("0.2")
    ruling_tokens: int = 45
    summary_tokens: int = 140
    short_summary_tokens: int = 85
    brief_summary_tokens: int = 30
    plan_groups: int = 2
    group_tokens: int = 65
    planned_file_tokens: int = 3
    thinking_tokens: Mapping[Effort, int] = {
        "low": 160,
        "medium": 500,
        "high": 1_200,
        "xhigh": 2_400,
        "max": 3_600,
    }
    between_tools_tokens: int = 40


ASSUMED = Assumptions()


def thinking(model: str, role: Role, effort: Effort | None = None, assumed: Assumptions = ASSUMED) -> int:
    """Return the tokens that `model` thinks before it answers in this role, or at this effort."""
    able = capabilities(model)
    if not able.always_thinks:
        return 0
    if able.thinking == "between_tools":
        return assumed.between_tools_tokens
    return assumed.thinking_tokens[able.effort(role, effort) or "high"]


def written(tokens: Decimal | int, model: str) -> int:
    """Return so many assumed tokens in those of `model`."""
    return convert(int(tokens), _REFERENCE, model)
