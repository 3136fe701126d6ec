"""What the logs of other tools say of a change, and which of it models are shown."""

import os.path
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from chargehand.app.material import Material
from chargehand.app.run import Run
from chargehand.change import Checkout, Repository
from chargehand.change.diff.unsent import is_unsent
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_plainly, refuse_links
from chargehand.core.finding import Finding, noted
from chargehand.pipeline.locate import locate

MOST_FILES = 100
_WILD = "*?["


class Reported(NamedTuple):
    """The findings of other tools: those that models are shown and rule on, and those that stay here.

    `tools` are those that came to look.
    """

    shown: tuple[Finding, ...] = ()
    unshown: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


def read_reported(run: Run, material: Material) -> Reported:
    """Return what the logs that `sarif_in` names say; raise InputError if one cannot be read.

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
    for path in named_files(run.settings.sarif_in, run.checkout):
        try:
            log = read_log(_content(path))
        except InputError as error:
            raise InputError(_refused(path, str(error))) from error
        told = told_by(log, _shown(path), material.whole, material.masked, material.searched.mask, _root(run))
        findings += map(_with_link, locate(told.claims, material.masked))
        notices += told.notices
        tools |= dict.fromkeys(told.tools)
    kept = {file.path for file in material.masked.files if is_unsent(file, material.never_send)}
    unshown = [noted(each, why) for each in findings if (why := _why_unshown(each, kept))]
    shown = [each for each in findings if not _why_unshown(each, kept)]
    return Reported(tuple(shown), tuple(unshown), tuple(notices), tuple(sorted(tools)))


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
        whole = checkout.cwd / pattern
        paths = [whole] if whole.exists() else _matching(whole)
        if not paths:
            raise InputError(_refused(Path(pattern), "no file is named so"))
        found |= dict.fromkeys(paths)
        if len(found) > MOST_FILES:
            raise InputError(_refused(Path(pattern), f"more than {MOST_FILES} files are named"))
    return iter(found)


def _matching(pattern: Path) -> Sequence[Path]:
    """Return the files that a pattern names, the path itself if it is none.

    `**` goes through no link: a change could bring some that lead round in circles.
    """
    parts = pattern.parts
    wild = next((at for at, part in enumerate(parts) if any(each in part for each in _WILD)), None)
    if wild is None:
        return [pattern]
    try:
        return sorted(islice(Path(*parts[:wild]).glob("/".join(parts[wild:])), MOST_FILES + 1))
    except ValueError as error:  # such as `a**`
        raise InputError(_refused(pattern, str(error))) from error


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
    return (
        f"Nothing was reviewed: {one_line(os.path.normpath(path))} cannot be read as another tool's log "
        f"({one_line(why)}). Give the SARIF 2.1.0 file that the tool wrote, or leave --sarif-in out."
    )
