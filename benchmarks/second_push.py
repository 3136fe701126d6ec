"""What a push that touches one file of ten costs with `--cache`, beside the first review, over a folder.

    python benchmarks/second_push.py FOLDER [--fleet 5] [--claims 1 3 0] [--before CHECKOUT] [--each]

Of every change the first ten reviewed files are taken; each of them is touched in turn. The models are played
by tests/messages_api. With an earlier build, a push is also told in units of what that one's first review
costs. benchmarks/README.md tells what the kinds of a push are.
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.contenders import before, chargehand
from benchmarks.same_findings import (
    SUMMARIES,
    Findings,
    Place,
    Reply,
    claim,
    judged,
    lens_of,
    lenses_asked,
    places,
)
from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.escaping import one_line
from chargehand.core.fleets import FLEETS
from chargehand.core.value import Value
from chargehand.lenses import BUILT_IN_LENSES
from tests.messages_api import MessagesApi, Script
from tests.messages_api.replies import Draft
from tests.messages_api.request import Request

FILES = 10
LINES = range(100, 3001)
TARGET = "0.2"
KINDS = {
    "nothing": "nothing is found in the touched file",
    "same": "the claims that the file had are made again",
    "new": "the same, and one lens makes a new claim",
    "grave": "the same, and the new claim could fail the build",
}
ADDED = b"+touched_by_this_push = again(the_record) or the_default(of_it)\n"
QUOTE = ADDED.decode().strip("+\n")
SENTENCE = (
    "New is that the line which was added passes on an empty record, which belongs with the first finding."
)
HEADER = re.compile(rb"@@ -(\d+(?:,\d+)?) \+(\d+)(?:,(\d+))? @@")


class Part(Value):
    """The diff of one reviewed file, the path that models are shown, and how many lines it changes."""

    raw: bytes
    path: str
    lines: int


class Push(Value):
    """What a push cost that touched one file; `before_usd` is an earlier build's first review, if any."""

    change: str
    path: str
    lines: int
    kind: str
    first_usd: Decimal
    before_usd: Decimal | None
    cost_usd: Decimal

    @property
    def ratio(self) -> float:
        """What the push cost in units of the first review."""
        return float(self.cost_usd / self.first_usd)

    @property
    def ratio_to_before(self) -> float | None:
        """What the push cost in units of the earlier build's first review."""
        return float(self.cost_usd / self.before_usd) if self.before_usd else None


def main() -> None:
    """Print a table for each fleet and number of claims."""
    asked = _arguments()
    changes = dict(_changes(sorted(asked.folder.glob("*.diff"))))
    print(f"{len(changes)} changes, cut to {FILES} files, of {LINES[0]} to {LINES[-1]} reviewed lines")
    for fleet in asked.fleet:
        for claims in asked.claims:
            pushes = [
                push
                for name, parts in changes.items()
                for push in _pushes(name, parts, fleet, claims, asked.before)
            ]
            print(f"\nFleet {fleet}, {claims} claims a lens in the first review")
            if asked.each:
                _print_each(pushes)
            _print_medians(pushes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of *.diff files")
    parser.add_argument("--fleet", nargs="+", choices=FLEETS, default=list(FLEETS))
    parser.add_argument("--claims", nargs="+", type=int, default=[1, 3, 0], help="claims a lens")
    parser.add_argument("--before", type=Path, help="a checkout of an earlier build, with a .venv")
    parser.add_argument("--each", action="store_true", help="a line for each push, too")
    return parser.parse_args()


def _changes(paths: Iterable[Path]) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Yield the first files of each change that has enough of them, and enough lines in them."""
    for path in paths:
        parts = tuple(_parts(path.read_bytes()))[:FILES]
        if len(parts) == FILES and sum(part.lines for part in parts) in LINES and places(_diff(parts)):
            yield path.stem, parts


def _parts(raw: bytes) -> Iterator[Part]:
    for section in re.split(rb"^(?=diff --git )", raw, flags=re.MULTILINE):
        for file in parse_diff(section).reviewable if section.strip() else ():
            yield Part(raw=section, path=one_line(file.path), lines=file.added + file.removed)


def _diff(parts: Sequence[Part]) -> Any:  # Any: spelled by the parser
    return parse_diff(b"".join(part.raw for part in parts))


def _pushes(
    name: str, parts: Sequence[Part], fleet: str, claims: int, checkout: Path | None
) -> Iterator[Push]:
    """Review a change, then, each time with what that left in the cache, a push to each of its files."""
    findings = partial(Findings, _diff(parts), BUILT_IN_LENSES, claims)
    before_usd = _cost_before(parts, findings(), fleet, checkout) if checkout else None
    had_at_all = findings().claims
    with tempfile.TemporaryDirectory() as folder:
        first_usd = _cost(Path(folder), parts, findings(), fleet)
        for touched, part in enumerate(parts):
            pushed = [
                *parts[:touched],
                part.evolve(raw=_touched(part.raw)),
                *parts[touched + 1 :],
            ]
            had = [each for each in had_at_all if each["file"] == part.path]
            for kind, said in _answers(part, had).items():
                with tempfile.TemporaryDirectory() as copy:
                    shutil.copytree(folder, copy, dirs_exist_ok=True)
                    cost_usd = _cost(Path(copy), pushed, Said(said), fleet)
                yield Push(
                    change=name,
                    path=part.path,
                    lines=part.lines,
                    kind=kind,
                    first_usd=first_usd,
                    before_usd=before_usd,
                    cost_usd=cost_usd,
                )


def _answers(part: Part, had: Sequence[Reply]) -> dict[str, Sequence[Reply]]:
    """Return what is claimed of the touched file, by the kind of the push."""
    line = Place(path=part.path, line=1, quote=QUOTE)
    new, grave = (claim(BUILT_IN_LENSES[0], 0, line, severity) for severity in ("medium", "high"))
    return {"nothing": (), **({"same": had} if had else {}), "new": (*had, new), "grave": (*had, grave)}


class Said(Script):
    """A script of what is claimed of the touched file by who is asked for the lens; a judge lets it stand."""

    def __init__(self, claims: Sequence[Reply]) -> None:
        super().__init__()
        summaries = (("one sentence to add", SENTENCE), *SUMMARIES)
        self._claims, self._judges = claims, [judged((), wanted, summary) for wanted, summary in summaries]

    def draft(self, request: Request) -> Draft:
        """Return what to answer."""
        said = [each for each in self._claims if lens_of(each) in lenses_asked(request)]
        return Script.of([{"role": "worker", "reply": {"claims": said}}, *self._judges]).draft(request)


def _cost(folder: Path, parts: Sequence[Part], script: Script, fleet: str) -> Decimal:
    """Return the server's bill for a review. Each has a server, and so a provider's cache, of its own."""
    change = folder / "change.diff"
    change.write_bytes(b"".join(part.raw for part in parts))
    with MessagesApi(script=script) as api:
        chargehand(api, change, fleet, folder, ["--cache", str(folder / "cache")])
        return api.bill_usd


def _cost_before(parts: Sequence[Part], script: Script, fleet: str, checkout: Path) -> Decimal:
    """Return the server's bill for the first review by an earlier build."""
    with tempfile.TemporaryDirectory() as name, MessagesApi(script=script) as api:
        change = Path(name) / "change.diff"
        change.write_bytes(b"".join(part.raw for part in parts))
        before(api, change, fleet, Path(name), checkout)
        return api.bill_usd


def _touched(raw: bytes) -> bytes:
    """Return the diff of a file with one more line added, at the first place where it adds one."""
    lines = raw.splitlines(keepends=True)
    hunks = [n for n, line in enumerate(lines) if HEADER.match(line)]
    first = next((n for n in range(hunks[0], len(lines)) if lines[n].startswith(b"+")), hunks[0] + 1)
    around = max(n for n in hunks if n < first)
    for n in hunks:
        if n >= around:
            lines[n] = HEADER.sub(partial(_longer, is_own=n == around), lines[n], 1)
    return b"".join([*lines[:first], ADDED, *lines[first:]])


def _longer(header: "re.Match[bytes]", *, is_own: bool) -> bytes:
    """Return the header of the hunk that has the new line, or of one below it."""
    old, start, count = header[1], int(header[2]), int(header[3] or 1)
    start += 1 if count == 0 or not is_own else 0
    return b"@@ -%b +%d,%d @@" % (old, start, count + is_own)


def _print_each(pushes: Sequence[Push]) -> None:
    for push in pushes:
        print(
            f"  {push.change[:28]:28} {push.path[-36:]:36} {push.lines:5} lines, {push.kind:8}"
            f"${push.cost_usd:.5f} of ${push.first_usd:.5f}: {push.ratio:.3f}"
        )


def _print_medians(pushes: Sequence[Push]) -> None:
    firsts = {push.change: push.first_usd for push in pushes}
    print(f"  median cost of the first review: ${statistics.median(firsts.values()):.4f}; target {TARGET}")
    for kind, meaning in KINDS.items():
        own = [push for push in pushes if push.kind == kind]
        if own:
            told = _told([push.ratio for push in own])
            earlier = [ratio for push in own if (ratio := push.ratio_to_before) is not None]
            print(
                f"  {meaning:50} {told}; ${statistics.median(push.cost_usd for push in own):.4f}, "
                f"{len(own)} pushes{'; to the earlier build ' + _told(earlier) if earlier else ''}"
            )


def _told(ratios: Sequence[float]) -> str:
    return f"median {statistics.median(ratios):.3f}, from {min(ratios):.3f} to {max(ratios):.3f}"


if __name__ == "__main__":
    main()
