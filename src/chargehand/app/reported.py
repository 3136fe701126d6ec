"""What the logs of other tools say of a change, and which of it models are shown."""

import os.path
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from chargehand.app.material import Material
from chargehand.app.run import Run
from chargehand.change import Checkout, Repository
from chargehand.change.diff.unsent import is_unsent
from chargehand.core.counting import count
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_plainly, refuse_links
from chargehand.core.finding import Finding, noted
from chargehand.core.time_limit import IsOver, never
from chargehand.pipeline.locate import locate

MOST_FILES = 100
_WILD = "*?["
_LONGEST_SHOWN = 300


class Reported(NamedTuple):
    """The findings of other tools: those that models are shown and rule on, and those that stay here.

    `tools` are those that came to look. `gaps` are sentences about what nobody read in time.
    """

    shown: tuple[Finding, ...] = ()
    unshown: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


class Unread(NamedTuple):
    """How many logs, and results in others, the deadline left."""

    logs: int = 0
    results: int = 0

    @property
    def gaps(self) -> tuple[str, ...]:
        """A sentence about them, if there are any."""
        named = ((self.logs, "log"), (self.results, "result"))
        left = " and ".join(count(number, noun) for number, noun in named if number)
        return (f"The deadline came before all logs of other tools were read: {left} not.",) if left else ()


def read_reported(run: Run, material: Material, is_over: IsOver = never) -> Reported:
    """Return what the logs that `sarif_in` names say; raise InputError if one cannot be read.

    When the time is up, no more of them is read.

    No model is shown what is said of a file that is never sent, or in words that tell a reader what to do.
    """
    if not run.settings.sarif_in:
        return Reported()
    # Start-up time: most runs read none.
    from chargehand.checks.tools import told_by  # noqa: PLC0415 - as above
    from chargehand.checks.tools.reading import read_log  # noqa: PLC0415 - as above

    findings: list[Finding] = []
    notices: list[str] = []
    tools: dict[str, None] = {}
    unread = Unread()
    for path in named_files(run.settings.sarif_in, run.checkout):
        if is_over():
            unread = unread._replace(logs=unread.logs + 1)
            continue
        try:
            log = read_log(_content(path))
        except InputError as error:
            raise InputError(_refused(path, str(error))) from error
        mask, name = material.searched.mask, _shown(path)
        told = told_by(log, name, material.whole, material.masked, mask, _root(run), is_over)
        unread = unread._replace(results=unread.results + told.unread)
        findings += map(_with_link, locate(told.claims, material.masked))
        notices += told.notices
        tools |= dict.fromkeys(told.tools)
    kept = {file.path for file in material.masked.files if is_unsent(file, material.never_send)}
    unshown = [noted(each, why) for each in findings if (why := _why_unshown(each, kept))]
    shown = [each for each in findings if not _why_unshown(each, kept)]
    return Reported(tuple(shown), tuple(unshown), tuple(notices), tuple(sorted(tools)), unread.gaps)


def _with_link(finding: Finding) -> Finding:
    """Return the finding with where its tool explains it, as code: no report has links that others chose."""
    tool = finding.tool
    return (
        noted(finding, f"{tool.tool} explains it: `{tool.help_uri}`") if tool and tool.help_uri else finding
    )


def _why_unshown(finding: Finding, kept: set[str]) -> str:
    from chargehand.pipeline.suspicion import speaks  # noqa: PLC0415 - start-up time

    if finding.path in kept:
        return "no model was shown it, because its file is never sent"
    about = finding.tool.title if finding.tool else ""
    if speaks(f"{finding.title}\n{finding.message}\n{about}"):
        return "no model was shown it, because its words tell a reader what to do"
    return ""


def _root(run: Run) -> Path:
    return run.checkout.root if isinstance(run.checkout, Repository) else run.checkout.cwd


def named_files(patterns: Sequence[str], checkout: Checkout) -> Iterator[Path]:
    """Yield each file that is named, once; raise InputError if a pattern names none, or all too many."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        try:
            paths = _matching(checkout.cwd / pattern)
        except (ValueError, OSError) as error:  # such as `a**`, or a name longer than any file has
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise InputError(_refused(Path(pattern), why or "no file can be named so")) from error
        except RecursionError as error:
            raise InputError(_refused(Path(pattern), "it names too many folders in folders")) from error
        if not paths:
            raise InputError(_refused(Path(pattern), "no file is named so"))
        found |= dict.fromkeys(paths)
        if len(found) > MOST_FILES:
            raise InputError(_refused(Path(pattern), f"more than {MOST_FILES} files are named"))
    return iter(found)


def _matching(whole: Path) -> Sequence[Path]:
    """Return the files that a pattern names, the path itself if it is none, or if there is such a file.

    `**` goes through no link: a change could bring some that lead round in circles.
    """
    parts = whole.parts
    wild = next((at for at, part in enumerate(parts) if any(each in part for each in _WILD)), None)
    if wild is None or whole.exists():
        return [whole]
    # A second `**` after the first names nothing more, and takes long.
    below = [part for before, part in pairwise(("", *parts[wild:])) if (before, part) != ("**", "**")]
    return sorted(islice(Path(*parts[:wild]).glob("/".join(below)), MOST_FILES + 1))


def _content(path: Path) -> bytes:
    from chargehand.checks.tools.reading import LARGEST_BYTES  # noqa: PLC0415 - start-up time

    try:
        refuse_links(path)
        return read_plainly(path, LARGEST_BYTES)
    except OSError as error:
        raise InputError(error.strerror or "it is no regular file") from error


def _shown(path: Path) -> str:
    return one_line(path.name)


def _refused(path: Path, why: str) -> str:
    shown = one_line(os.path.normpath(path))[:_LONGEST_SHOWN]
    return (
        f"Nothing was reviewed: {shown} cannot be read as another tool's log "
        f"({one_line(why)}). Give the SARIF 2.1.0 file that the tool wrote, or leave --sarif-in out."
    )
