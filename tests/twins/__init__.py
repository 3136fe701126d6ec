"""The twin corpus: claims as several readers make them of one line, and which of them are about one defect.

`seen.json` is what `pipeline/twins.py` was tuned on; `aside.json` was kept aside until its rules stood;
`later.json` was written after that, without a look at what code makes of it.
A set has a `kind`; `defects` lists for each defect the claims about it, by their place in `claims`, from 0.
"""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal

from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Claim, Confidence, Finding, Severity
from chargehand.core.value import Value
from chargehand.pipeline.locate import locate
from chargehand.pipeline.twins import merge_twins

Part = Literal["seen", "aside", "later"]

# What code cannot know to be one: a document or a second place elsewhere is left to the judge.
LEFT_TO_THE_JUDGE = "another-place"


class Said(Value):
    """A claim of the corpus."""

    rule: str
    severity: Severity
    path: str
    line: int
    quote: str
    title: str
    message: str
    suggestion: str
    model: str


class TwinSet(Value):
    """Claims on one place, and which of them are about one defect."""

    name: str
    kind: str
    defects: tuple[tuple[int, ...], ...]
    claims: tuple[Said, ...]

    @property
    def has_twins(self) -> bool:
        """Tell whether two of the claims are about one defect."""
        return len(self.defects) < len(self.claims)

    @property
    def is_distinct_on_one_line(self) -> bool:
        """Tell whether two of the defects have claims that quote one line."""
        lines = [{(self.claims[n].path, self.claims[n].line) for n in defect} for defect in self.defects]
        return any(one & other for one, other in combinations(lines, 2))


class Score(Value):
    """How one set came out: of its pairs of twins, and of its pairs of distinct defects."""

    name: str
    kind: str
    twins: int
    merged: int
    distinct: int
    lost: int


def load_sets(part: Part) -> list[TwinSet]:
    """Return the sets of one part of the corpus."""
    text = Path(__file__).with_name(f"{part}.json").read_text("utf-8")
    return [TwinSet.model_validate_json(json.dumps(each)) for each in json.loads(text)]


def score(twin_set: TwinSet) -> Score:
    """Return what merging makes of a set, once its claims were located in a diff as in a review."""
    findings = merge_twins(locate([_claim(each) for each in twin_set.claims], _diff(twin_set.claims)))
    together = [_claims_of(twin_set, each) for each in findings]
    counts = {"twins": 0, "merged": 0, "distinct": 0, "lost": 0}
    for pair in combinations(range(len(twin_set.claims)), 2):
        are_twins = any(set(pair) <= set(defect) for defect in twin_set.defects)
        are_merged = any(set(pair) <= group for group in together)
        counts["twins" if are_twins else "distinct"] += 1
        if are_merged:
            counts["merged" if are_twins else "lost"] += 1
    return Score(name=twin_set.name, kind=twin_set.kind, **counts)


def _claims_of(twin_set: TwinSet, finding: Finding) -> set[int]:
    """Return the claims that one finding speaks for, by their place in the set."""
    said = {(each.rule, each.title, each.message) for each in finding.merged}
    said.add((finding.rule, finding.title, finding.message))
    return {
        number for number, each in enumerate(twin_set.claims) if (each.rule, each.title, each.message) in said
    }


def _claim(said: Said) -> Claim:
    return Claim(
        **said.model_dump(),
        lens=said.rule.partition("/")[0],
        confidence=Confidence.HIGH,
        end_line=said.line,
    )


def _diff(claims: Sequence[Said]) -> Diff:
    quotes: dict[str, dict[int, str]] = {}
    for each in claims:
        quotes.setdefault(each.path, {})[each.line] = each.quote
    return Diff(files=tuple(_file(path, lines) for path, lines in quotes.items()))


def _file(path: str, lines: dict[int, str]) -> FileDiff:
    last = max(lines) + 2
    body = "\n".join(f"+{lines.get(number, f'filler {number}')}" for number in range(1, last + 1))
    hunk = Hunk(old_start=0, old_count=0, new_start=1, new_count=last, section="", body=body)
    return FileDiff(path=path, status="added", added=last, hunks=(hunk,))
