"""What one plain call would read in place of a review: a paragraph, and the change as git shows it."""

from collections.abc import Iterable
from decimal import Decimal

from chargehand.core.diff import Diff, Hunk
from chargehand.core.finding import Finding
from chargehand.core.models import capabilities
from chargehand.core.tokens import CHARS_A_TOKEN
from chargehand.cost.assumptions import ASSUMED
from chargehand.cost.counterfactuals import SinglePass

# All that a plain pass is told. It is no prompt of ours: who reviews without a crew writes such a one.
PLAIN_PROMPT = (
    "Review this change as a senior engineer. Report every bug, security problem, missing or wrong test, "
    "outdated documentation and hard to read code that you find in the changed lines. For each finding, "
    "give the file, the line, the severity, a title, and one to three sentences that say what goes wrong and "
    "how to mend it. Report nothing that you are not sure of, and nothing that a formatter or linter would "
    "report. If there is nothing to report, say so."
)
# The lines that git shows round each change unless it is told otherwise.
GIT_CONTEXT_LINES = 3


def one_pass(
    diff: Diff,
    orchestrator: str,
    paths: Iterable[str],
    token_ratio: Decimal | None,
    findings_tokens: int = 0,
) -> SinglePass:
    """Return what one call would read of the files at `paths`, beside what it would write."""
    read = frozenset(paths)
    hunks = (hunk for file in diff.reviewable if file.path in read for hunk in file.hunks)
    characters = len(PLAIN_PROMPT) + sum(map(_shown_by_git, hunks))
    return SinglePass(
        prompt_tokens=_tokens(characters, orchestrator),
        token_ratio=token_ratio,
        findings_tokens=findings_tokens,
    )


def in_plain_words(findings: Iterable[Finding], orchestrator: str) -> int:
    """Return the tokens of findings as a plain answer has them: where, how bad, and what is wrong.

    Of those that nobody ruled on, the share that a judge usually changes is left out.
    """
    characters = sum(_length(each) * (1 if each.judged_by else 1 - ASSUMED.ruled_claims) for each in findings)
    return _tokens(int(characters), orchestrator)


def _length(finding: Finding) -> int:
    place = (finding.path, str(finding.start_line))
    return len(" ".join((*place, finding.severity.value, finding.title, finding.message)))


def _tokens(characters: int, model: str) -> int:
    """Return the tokens of average text: an estimate by what a text holds is high on purpose."""
    return int(characters / CHARS_A_TOKEN[capabilities(model).tokenizer])


def _shown_by_git(hunk: Hunk) -> int:
    """Return the characters of the changed lines and of the context that git gives them by itself."""
    lines = hunk.body.split("\n")
    changed = [number for number, line in enumerate(lines) if line[:1] in ("+", "-")]
    near = {number + off for number in changed for off in range(-GIT_CONTEXT_LINES, GIT_CONTEXT_LINES + 1)}
    return sum(len(line) + 1 for number, line in enumerate(lines) if number in near)
