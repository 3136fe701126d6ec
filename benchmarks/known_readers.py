"""What `chargehand parity` says of models whose quality is known, through the whole product and HTTP.

    python benchmarks/known_readers.py [SAMPLE | CHANGES]

A reader finds each known defect with a chance and makes false alarms with another: that, and no other,
should be measured. SAMPLE is a file of golden findings or of `chargehand parity sample`; without it, changes
are made up. The server is the one of the tests; nothing is paid for.
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
from chargehand.parity.score.scores import MARGIN
from chargehand.parity.shown.table import table
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
    cases = made_up or [case for case in read_sample(Path(given)) if case.golden]
    for name, quality in READERS.items():
        print(f"== {name}: {quality}, against {GOOD}")
        print(measured(cases, quality, ("orchestrator", "tiered")))
    print("== A against A")
    print(measured(cases, GOOD, ("tiered", "tiered")))


def measured(cases: Sequence[Case], quality: Quality, fleets: tuple[str, str]) -> str:
    """Return the head of the table of a comparison in which workers read with this quality."""
    reader = Reader(list(_defects(cases)), {WORKER: quality, ORCHESTRATOR: GOOD})
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
        return "\n".join(table(score(Folder(folder / "trial"), MARGIN)).split("\n")[:10])


def _settings(cases: Sequence[Case]) -> str:
    """Switch off every lens whose business none of the defects is: its tasks would only take time."""
    needed = {golden.lens for case in cases for golden in case.golden or ()}
    lenses = {"correctness", "security", "tests", "documentation", "style"}
    return "".join(f"[lenses.{lens}]\nenabled = false\n" for lens in sorted(lenses - needed))


def _defects(cases: Sequence[Case]) -> Iterator[Defect]:
    """Yield each known defect at the added line that is nearest to it, in words that tell of it."""
    for case in cases:
        added = {
            (file.path, line.new_number): line.text
            for file in masked(case, Settings(), NOWHERE).files
            for line in file.lines()
            if line.kind == "+"
            and line.new_number
            and re.search(r"\w", line.text)  # else nobody can quote it
        }
        for golden in case.golden or ():
            place = golden.places[0]
            near = [number for file, number in added if file == place.file]
            line = min(near, key=lambda number: _outside(number, place), default=None)
            if line and _outside(line, place) <= 3:
                says = golden.keywords[0] if golden.keywords else "a defect"
                yield Defect(place.file, line, golden.lens, added[place.file, line], says)


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
