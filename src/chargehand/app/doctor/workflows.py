"""The workflows of GitHub Actions that run us: what their text grants, fetches and hands over.

They are read as lines and not as YAML, of which a workflow's indentation is all that is needed here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand import __version__
from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Trouble, Write
from chargehand.core.errors import InputError
from chargehand.core.files import read_plainly

_LARGEST_BYTES = 1_000_000
_OURS = re.compile(r"\s*(?:- )?uses:\s*[\"']?chargehand/chargehand@(\S+)")
_CHECKOUT = re.compile(r"\s*(?:- )?uses:\s*[\"']?actions/checkout@")
_UPLOAD = re.compile(r"\s*(?:- )?uses:\s*[\"']?github/codeql-action/upload-sarif@")
_POSTS = re.compile(r"\s*(?:report:|comment:\s*[\"']?true)")


class _Block(NamedTuple):
    """Lines of a file: a job, or a step; `first` is the number of the first one."""

    path: str
    first: int
    lines: Sequence[str]

    def holds(self, pattern: "re.Pattern[str] | str") -> int | None:
        """Return the number of the first line that begins with the pattern, None if none does."""
        found = (number for number, line in enumerate(self.lines, self.first) if re.match(pattern, line))
        return next(found, None)


def workflows(place: Place) -> Iterator[Trouble]:
    """Yield what is wrong with each workflow that has a step of ours."""
    for path in sorted(place.root.glob(".github/workflows/*.y*ml")):
        try:
            lines = read_plainly(path, _LARGEST_BYTES).decode("utf-8", "replace").split("\n")
        except (OSError, InputError):  # nothing is run of a file that cannot be read
            continue
        if any(map(_OURS.match, lines)):
            whole = _Block(path.relative_to(place.root).as_posix(), 1, lines)
            for job in _split(whole, _jobs_of(lines)):
                yield from _job(job, whole)


def _jobs_of(lines: Sequence[str]) -> list[int]:
    """Return where the jobs begin: the keys that stand furthest left below `jobs:`."""
    start = next((n for n, line in enumerate(lines, 1) if line.rstrip() == "jobs:"), len(lines))
    keys = [
        (n, len(m[1]))
        for n, line in enumerate(lines, 1)
        if n > start and (m := re.match(r"( +)[\w-]+:", line))
    ]
    least = min((indent for _, indent in keys), default=0)
    return [number for number, indent in keys if indent == least]


def _split(block: _Block, starts: Sequence[int]) -> Iterator[_Block]:
    ends = [*starts[1:], block.first + len(block.lines)]
    for start, end in zip(starts, ends, strict=True):
        yield _Block(block.path, start, block.lines[start - block.first : end - block.first])


def _steps(job: _Block) -> Iterator[_Block]:
    """Yield the steps: what begins with a dash, as far right as the first one below `steps:`."""
    begin = job.holds(r"\s*steps:") or job.first
    dashes = [
        (n, len(m[1]))
        for n, line in enumerate(job.lines, job.first)
        if n > begin and (m := re.match(r"( *)- ", line))
    ]
    least = min((indent for _, indent in dashes), default=0)
    yield from _split(job, [number for number, indent in dashes if indent == least])


def _job(job: _Block, whole: _Block) -> Iterator[Trouble]:
    steps = tuple(_steps(job))
    ours = [step for step in steps if step.holds(_OURS)]
    for step in ours:
        yield from _pin(step)
        if step.holds(r"\s*api-key:") is None and step.holds(_POSTS) is None:
            said = "The step hands over no key, so no model could be asked."
            yield _added(step, r"\s*with:", "api-key: ${{ secrets.ANTHROPIC_API_KEY }}", said)
    if ours and any(step.holds(r"\s*api-key:") for step in ours):
        yield from _depth(steps)
    if any(step.holds(_POSTS) for step in ours):
        yield from _granted(job, whole, "pull-requests: write", "post a comment")
        yield from _granted(job, whole, "checks: write", 'set the check "Review"')
    if any(step.holds(_UPLOAD) for step in steps):
        yield from _granted(job, whole, "security-events: write", "upload the SARIF report")


def _pin(step: _Block) -> Iterator[Trouble]:
    number = step.holds(_OURS)
    if number is None:
        return
    line = step.lines[number - step.first]
    found = _OURS.match(line)
    if found and not found[1].strip("0\"'"):
        said = "The step names no release: its commit is all zeros. A tag does, and its commit is safer."
        right = re.sub(r"@0+.*", f"@v{__version__}", line)
        yield Trouble(said=said, mend=Write(path=step.path, first=number, last=number, line=right))


def _depth(steps: Sequence[_Block]) -> Iterator[Trouble]:
    for step in steps:
        if step.holds(_CHECKOUT) and step.holds(r"\s*fetch-depth:\s*0") is None:
            said = "The checkout has one commit alone, so where the change begins has to be fetched."
            yield _added(step, r"\s*with:", "fetch-depth: 0", said).evolve(is_failing=False)


def _granted(job: _Block, whole: _Block, grant: str, purpose: str) -> Iterator[Trouble]:
    """Yield that the job's token may not do what it has to, if its own permissions say so, or the file's."""
    top = _Block(whole.path, 1, whole.lines[: next(iter(_jobs_of(whole.lines)), 1) - 1])
    block = job if job.holds(r"\s*permissions:") else top
    number = block.holds(r"\s*permissions:")
    name = grant.partition(":")[0]
    is_granted = block.holds(rf"[^#]*\b{name}:\s*write") or block.holds(r"\s*permissions:\s*write-all")
    if number is None or is_granted:
        return
    said = f"The job's token may not {purpose}: {grant} is missing."
    yield Trouble(said=said, mend=_grant(block, number, grant, block.holds(rf"\s*{name}:")))


def _grant(block: _Block, number: int, grant: str, existing: int | None) -> Write:
    """Return the line that grants: in braces, in place of an `existing` line, or below `permissions:`."""
    line = block.lines[number - block.first]
    indent = line[: len(line) - len(line.lstrip())]
    if braces := re.fullmatch(r"(\s*permissions:\s*\{)(.*?)\s*\}(.*)", line):
        inner = ", ".join(filter(None, (braces[2].strip().rstrip(","), grant)))
        return Write(path=block.path, first=number, last=number, line=f"{braces[1]} {inner} }}{braces[3]}")
    first, last = (existing, existing) if existing else (number + 1, number)
    return Write(path=block.path, first=first, last=last, line=f"{indent}  {grant}")


def _added(step: _Block, below: str, text: str, said: str) -> Trouble:
    """Return a line below `with:`, or below what the step uses, with a `with:` in it."""
    number = step.holds(below)
    if number is not None:
        line = step.lines[number - step.first]
        indent = line[: len(line) - len(line.lstrip())] + "  "
        write = Write(path=step.path, first=number + 1, last=number, line=f"{indent}{text}")
        return Trouble(said=said, mend=write)
    used = step.holds(r"\s*(?:- )?uses:") or step.first
    line = step.lines[used - step.first]
    indent = " " * (len(line) - len(line.lstrip(" -")))
    within = f"{indent}with:\n{indent}  {text}"
    return Trouble(said=said, mend=Write(path=step.path, first=used + 1, last=used, line=within))
