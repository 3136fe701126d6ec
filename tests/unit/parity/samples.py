"""Small samples and reviews for the tests of parity."""

from chargehand.core.finding import Severity
from chargehand.parity.sample.case import Case, Golden, Place
from chargehand.parity.score.spoken import Said, Spoken, Spot

LINES = 30


def golden(*lines: int, lens: str = "correctness", file: str = "m.py", words: tuple[str, ...] = ()) -> Golden:
    """Return a defect that is found at any of these lines."""
    places = tuple(Place(file=file, start_line=line, end_line=line) for line in lines)
    return Golden(
        places=places, severity=Severity.HIGH, lens=lens, category="bug", title="A defect", keywords=words
    )


def case(name: str, *known: Golden, file: str = "m.py") -> Case:
    """Return a change that adds a file of `LINES` lines, with these defects in it."""
    added = "".join(f"+value_{line} = compute({line})\n" for line in range(1, LINES + 1))
    head = f"diff --git a/{file} b/{file}\nnew file mode 100644\n--- /dev/null\n+++ b/{file}\n"
    return Case(id=name, kind="golden", diff=f"{head}@@ -0,0 +1,{LINES} @@\n{added}", golden=known)


def said(line: int | None, *, lens: str = "correctness", title: str = "Wrong", file: str = "m.py") -> Said:
    """Return a finding at a line."""
    return Said(
        id=f"{file}:{line}:{title}",
        spots=(Spot(file=file, start_line=line, end_line=line),),
        lenses=(lens,),
        severity=Severity.MEDIUM,
        title=title,
        message="It is.",
        code="",
        is_fact=False,
    )


def spoken(name: str, fleet: int, *findings: Said, repeat: int = 0, is_complete: bool = True) -> Spoken:
    """Return a review of a change by a fleet that made these findings."""
    return Spoken(
        case=name,
        fleet=fleet,
        repeat=repeat,
        said=findings,
        is_complete=is_complete,
        cost_usd=None,
        lens_usd={},
    )
