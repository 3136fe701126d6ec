"""Reviews a range of commits of the repository in the current folder, and says what a bot of yours could.

ANTHROPIC_API_KEY=… python review.py main..HEAD
"""

import sys
from decimal import Decimal
from pathlib import Path

import chargehand


def main(commits: str) -> int:
    settings = chargehand.Settings(max_spend=Decimal("0.50"), fail_on="medium")
    estimates = chargehand.estimate(commits, settings).estimates
    print("Estimated, in US dollars:", estimates[0].expected_usd if estimates else 0)

    review = chargehand.review(commits, settings)
    for finding in review.findings:
        print(f"{finding.path}:{finding.start_line}: {finding.severity.value}: {finding.title}")
    Path("review.sarif").write_text(chargehand.report(review, "sarif"), encoding="utf-8")

    verdict = chargehand.verdict(review)
    print(
        f"{verdict.status.value}: {'; '.join(verdict.reasons)}. It cost {review.bill.total_usd} US dollars."
    )
    return verdict.exit_code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except chargehand.InputError as error:
        sys.exit(str(error))
