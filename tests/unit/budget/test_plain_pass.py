"""What a plain pass would read: the change as git shows it, whatever else our models are shown of it."""

from decimal import Decimal

from chargehand.budget.plain_pass import PLAIN_PROMPT, in_plain_words, one_pass
from chargehand.change.diff.parse.files import parse_diff
from tests.unit.crew import finding_of

FLEET = "claude-opus-5-5"
CONTEXT = "".join(f" line {number}\n" for number in range(3))
WIDENED = "".join(f" a long line of context {number}\n" for number in range(50))


def tokens(body: str) -> int:
    """Return the tokens of a pass over one hunk with this body."""
    old = sum(line[0] in " -" for line in body.splitlines())
    new = sum(line[0] in " +" for line in body.splitlines())
    head = f"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,{old} +1,{new} @@\n"
    return one_pass(parse_diff((head + body).encode()), FLEET, ("a",), Decimal(1)).prompt_tokens


def test_context_beyond_what_git_shows_is_not_read() -> None:
    changed = "-old\n+new\n"
    alone = tokens(CONTEXT + changed + CONTEXT)
    assert tokens(WIDENED + CONTEXT + changed + CONTEXT + WIDENED) == alone
    assert alone == int((len(PLAIN_PROMPT) + len(CONTEXT + changed + CONTEXT)) / 2.3)


def test_of_findings_that_nobody_judged_those_are_left_out_that_a_judge_would_have_changed() -> None:
    unjudged = finding_of(message="It is wrong. " * 100)
    judged = unjudged.evolve(judged_by="strong")
    assert in_plain_words((unjudged,), FLEET) == int(in_plain_words((judged,), FLEET) * Decimal("0.8"))
    assert in_plain_words((unjudged, judged), FLEET) > in_plain_words((judged,), FLEET)
