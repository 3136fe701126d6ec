"""What a plain pass would read: the change as git shows it, whatever else our models are shown of it."""

from decimal import Decimal

from chargehand.budget.plain_pass import PLAIN_PROMPT, one_pass
from chargehand.change.diff.parse.files import parse_diff

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
