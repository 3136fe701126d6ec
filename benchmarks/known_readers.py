"""What `chargehand parity` says of models whose quality is known, through the whole product and HTTP.

    python benchmarks/known_readers.py [SAMPLE | CHANGES]

A reader finds each known defect with a chance and makes false alarms with another: that, and no other,
should be measured. SAMPLE is a file of golden findings or of `chargehand parity sample`; without it, changes
are made up. A defect of which no added line can be quoted is left out. The server is the one of the tests;
nothing is paid for.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import environ
from chargehand.change import NoRepository
from chargehand.config import Settings
from chargehand.core.cancellation import Cancellation
from chargehand.core.finding import Severity
from chargehand.parity.comparing import score
from chargehand.parity.readers.change import masked
from chargehand.parity.sample.case import Case, Golden, Place
from chargehand.parity.sample.file import as_lines, read_sample
from chargehand.parity.score.bootstrap import Interval
from chargehand.parity.score.matching import SLACK_LINES
from chargehand.parity.score.scores import MARGIN, Scores
from chargehand.parity.shown.words import points, sentence, share
from chargehand.parity.start import Wanted, start
from chargehand.parity.trial.folder import Folder
from chargehand.parity.trial.running import Place as Here
from tests.messages_api import MessagesApi
from tests.messages_api.reader import Defect, Quality, Reader

WORKER, ORCHESTRATOR = "claude-haiku-5-5", "claude-opus-5-5"
GOOD = Quality(0.9, 0.1)
READERS = {
    "as good, another model": GOOD,
    "80 %": Quality(0.8, 0.1),
    "silent": Quality(0.0),
    "random": Quality(0.1, 1.0),
}
NOWHERE = NoRepository(cwd=Path(), reason="it is of no repository")
LINES, DEFECTS = 40, (6, 20, 34)


def main() -> None:
    """Print the verdicts and the first rows for each reader, and for a fleet against itself."""
    given = sys.argv[1] if len(sys.argv) > 1 else "60"
    made_up = [_case(number) for number in range(int(given))] if given.isdecimal() else []
    cases = [case for case in map(_quotable, made_up or read_sample(Path(given))) if case.golden]
    print(f"{len(cases)} changes, {sum(len(case.golden or ()) for case in cases)} defects")
    for name, quality in READERS.items():
        print(f"== {name}: {quality}, against {GOOD}")
        print(measured(cases, (GOOD, quality), ("orchestrator", "tiered")))
    print("== A against A")
    print(measured(cases, (GOOD, GOOD), ("tiered", "tiered")))


def measured(cases: Sequence[Case], qualities: tuple[Quality, Quality], fleets: tuple[str, str]) -> str:
    """Return the verdict, and what was measured of what is built in; the second is the workers' quality."""
    defects = [defect for case in cases for _, defect in _defects(case)]
    reader = Reader(defects, {WORKER: qualities[1], ORCHESTRATOR: GOOD})
    with MessagesApi(script=reader) as api, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".chargehand.toml").write_text(_settings(cases), encoding="utf-8")
        (folder / "sample.jsonl").write_text(as_lines(cases), encoding="utf-8")
        wanted = Wanted(
            sample=folder / "sample.jsonl",
            fleets=fleets,
            repeats=1,
            preset=None,
            cap_usd=Decimal(500),
            is_batch=False,
            config=None,
        )
        here = Here(folder, environ(api.url, api.key), lambda _sentence: None, Cancellation())
        ended = start(wanted, Folder(folder / "trial"), here)
        if ended is None or ended.done < ended.wanted:
            return f"not complete: {ended}"
        return "\n".join(_lines(score(Folder(folder / "trial"), MARGIN), qualities))


def _lines(scores: Scores, qualities: tuple[Quality, Quality]) -> Iterator[str]:
    view = scores.views[0]
    yield sentence(scores, view, 1)
    for fleet, quality, rows in zip(scores.trial.fleets, qualities, view.fleets, strict=True):
        made = quality.recall + quality.noise
        recall = _held(rows[0].recall, quality.recall)
        precision = _held(rows[0].precision, quality.recall / made) if made else "nothing was said"
        yield f"  {fleet.name:12} recall {recall}; precision {precision}"
    row = view.fleets[1][0]
    recall, precision = points(row.recall_difference), points(row.precision_difference)
    yield f"  difference   recall {recall}; precision {precision}"


def _held(found: Interval | None, built_in: float) -> str:
    holds = found and found.low <= built_in <= found.high
    return f"{built_in:.1%} built in, {share(found)} measured{'' if holds else ', NOT HELD'}"


def _settings(cases: Sequence[Case]) -> str:
    """Switch off every lens whose business none of the defects is: its tasks would only take time."""
    needed = {golden.lens for case in cases for golden in case.golden or ()}
    lenses = {"correctness", "security", "tests", "documentation", "style"}
    return "".join(f"[lenses.{lens}]\nenabled = false\n" for lens in sorted(lenses - needed))


def _quotable(case: Case) -> Case:
    return case.evolve(golden=tuple(golden for golden, _ in _defects(case)))


def _defects(case: Case) -> Iterator[tuple[Golden, Defect]]:
    """Yield each known defect at the added line that is nearest to it, in words that tell of it."""
    added = {
        (file.path, line.new_number): line.text
        for file in masked(case, Settings(), NOWHERE).files
        for line in file.lines()
        if line.kind == "+" and line.new_number and re.search(r"\w", line.text)  # else nobody can quote it
    }
    for golden in case.golden or ():
        place = golden.places[0]
        near = [number for file, number in added if file == place.file]
        line = min(near, key=lambda number: _outside(number, place), default=None)
        if line and _outside(line, place) <= SLACK_LINES:
            says = golden.keywords[0] if golden.keywords else "a defect"
            yield golden, Defect(place.file, line, golden.lens, added[place.file, line], says)


def _outside(line: int, place: Place) -> int:
    return max(place.start_line - line, line - place.end_line, 0)


def _case(number: int) -> Case:
    path = f"m{number}.py"
    added = "".join(f"+value_{line} = compute_{number}({line})\n" for line in range(1, LINES + 1))
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    places = [Place(file=path, start_line=line, end_line=line) for line in DEFECTS]
    golden = [
        Golden(places=(each,), severity=Severity.MEDIUM, lens="correctness", category="", title="A defect")
        for each in places
    ]
    diff = f"{head}@@ -0,0 +1,{LINES} @@\n{added}"
    return Case(id=f"case {number}", kind="golden", diff=diff, golden=tuple(golden))


if __name__ == "__main__":
    main()
