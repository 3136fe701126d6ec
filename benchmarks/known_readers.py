"""What `chargehand parity` says of models whose quality is known, through the whole product and HTTP.

    python benchmarks/known_readers.py [CHANGES]

A reader finds each defect with a known chance and makes false alarms with another: that, and no other, should
be measured. The server is the one of the tests; nothing is paid for.
"""

import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import environ
from chargehand.core.cancellation import Cancellation
from chargehand.core.finding import Severity
from chargehand.parity.comparing import score
from chargehand.parity.sample.case import Case, Golden, Place
from chargehand.parity.sample.file import as_lines
from chargehand.parity.score.scores import MARGIN
from chargehand.parity.shown.table import table
from chargehand.parity.start import Wanted, start
from chargehand.parity.trial import running
from chargehand.parity.trial.folder import Folder
from tests.messages_api import MessagesApi
from tests.messages_api.reader import Defect, Quality, Reader

GOOD = Quality(0.9, 0.1)
WORKER, ORCHESTRATOR = "claude-haiku-5-5", "claude-opus-5-5"
READERS = {
    "90 % and 10 % noise against the same": GOOD,
    "80 %": Quality(0.8, 0.1),
    "silent": Quality(0.0),
    "random": Quality(0.1, 1.0),
}
LINES, DEFECTS = 40, (6, 20, 34)
CONFIG = "".join(
    f"[lenses.{lens}]\nenabled = false\n" for lens in ("security", "tests", "documentation", "style")
)


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for name, quality in READERS.items():
        print(f"== {name}: {quality}")
        defects = [Defect(f"m{case}.py", line) for case in range(changes) for line in DEFECTS]
        reader = Reader(defects, {WORKER: quality, ORCHESTRATOR: GOOD})
        with MessagesApi(script=reader) as api, tempfile.TemporaryDirectory() as folder:
            print(measured(Path(folder), api, [_case(number) for number in range(changes)]))


def measured(folder: Path, api: MessagesApi, cases: list[Case]) -> str:
    """Return the table of a comparison of the tiered fleet with the all-orchestrator one."""
    (folder / ".chargehand.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "sample.jsonl").write_text(as_lines(cases), encoding="utf-8")
    wanted = Wanted(
        sample=folder / "sample.jsonl",
        fleets=("orchestrator", "tiered"),
        repeats=1,
        preset=None,
        cap_usd=Decimal(50),
        is_batch=False,
        config=None,
    )
    os.environ["NO_PROXY"] = "127.0.0.1"
    place = running.Place(folder, environ(api.url, api.key), lambda _sentence: None, Cancellation())
    ended = start(wanted, Folder(folder / "trial"), place)
    if ended is None or ended.done < ended.wanted:
        return f"not complete: {ended}"
    return table(score(Folder(folder / "trial"), MARGIN))


def _case(number: int) -> Case:
    added = "".join(f"+value_{line} = compute_{number}({line})\n" for line in range(1, LINES + 1))
    path = f"m{number}.py"
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    golden = [
        Golden(
            places=(Place(file=path, start_line=line, end_line=line),),
            severity=Severity.MEDIUM,
            lens="correctness",
            category="planted",
            title="A defect",
        )
        for line in DEFECTS
    ]
    return Case(
        id=f"case {number}", kind="golden", diff=f"{head}@@ -0,0 +1,{LINES} @@\n{added}", golden=tuple(golden)
    )


if __name__ == "__main__":
    main()
