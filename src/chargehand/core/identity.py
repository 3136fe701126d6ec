"""Which finding of today is which finding of yesterday: the fingerprints, in two versions."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import count

from chargehand.core.diff import HEADING_LENGTH, Diff, FileDiff, Hunk, is_heading
from chargehand.core.escaping import printable
from chargehand.core.finding import Finding, by_place
from chargehand.core.markers import without_places


def fingerprint(rule: str, path: str, code: str, occurrence: int) -> str:
    """Return the first version of a finding's identity: 32 hex digits.

    It holds no line number and no prose, so it survives rebases, shifted lines and rewording.
    White space in `code` does not count; `occurrence` (from 0) tells equal lines of a file apart.
    """
    return _digest(rule, path, _folded(code), str(occurrence))


def line_digest(text: str) -> str:
    """Return eight hex digits for a line of code, or a path; white space does not count."""
    return _digest(_folded(printable(text)))[:8]


def identify(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what stands in the order of `by_place`, with fingerprints that tell one from the other.

    Only the quoted line counts: where a region begins and ends is a model's whim.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    named: list[Finding] = []
    for finding in sorted(findings, key=by_place):
        kind = (finding.rule, finding.path, _folded(finding.quote))
        spot = _spot(finding)
        first, second = fingerprint(*kind, seen[kind]), _digest(*spot, str(seen[spot]))
        named.append(finding.evolve(fingerprint=first, fingerprint_v2=second))
        seen[kind] += 1
        seen[spot] += 1
    return tuple(named)


def free_second(finding: Finding, taken: Collection[str]) -> str:
    """Return the second version of the first number on the finding's line that is not `taken`."""
    numbers = (_digest(*_spot(finding), str(number)) for number in count())
    return next(each for each in numbers if each not in taken)


def _spot(finding: Finding) -> tuple[str, ...]:
    """Return what the second version holds beside the number of the finding on its line.

    There is no rule in it and no word of its author: another rule for the same line changes nothing. Nor does
    another name that the change gives to the file.
    """
    return ("v2", finding.old_path or finding.path, finding.scope, _folded(finding.quote), str(finding.nth))


def with_scopes(findings: Iterable[Finding], diff: Diff) -> tuple[Finding, ...]:
    """Return the findings, each with the scope of its quoted line, and which of its equals in there it is."""
    known = tuple(findings)
    files: dict[str, list[FileDiff]] = {finding.path: [] for finding in known if finding.start_line}
    for file in diff.files if files else ():
        if file.path in files:
            files[file.path].append(file)
    scopes = {path: _scopes(alike) for path, alike in files.items()}
    renamed = {path: _old_path(alike) for path, alike in files.items()}
    scoped = (_scoped(finding, scopes.get(finding.path, {})) for finding in known)
    return tuple(each.evolve(old_path=renamed.get(each.path, "")) for each in scoped)


def _old_path(alike: Iterable[FileDiff]) -> str:
    return next((file.old_path for file in alike if file.status == "renamed" and file.old_path), "")


def _scoped(finding: Finding, scopes: dict[int, tuple[str, int]]) -> Finding:
    scope, nth = scopes.get(finding.line or 0, ("", 0))
    return finding.evolve(scope=scope, nth=nth)


def _scopes(alike: Iterable[FileDiff]) -> dict[int, tuple[str, int]]:
    """Return by line number the scope of each line, and how many equal lines stand above it in there."""
    seen: Counter[tuple[str, str]] = Counter()
    scopes: dict[int, tuple[str, int]] = {}
    for hunk in (hunk for file in alike for hunk in file.hunks):
        for number, scope, text in _lines(hunk):
            scopes.setdefault(number, (scope, seen[scope, text]))
            seen[scope, text] += 1
    return scopes


def _lines(hunk: Hunk) -> Iterator[tuple[int, str, str]]:
    """Yield number, scope and folded text of each new-side line.

    The scope is what git shows of it after `@@`: the last line above that begins with a letter.
    """
    scope = _folded(hunk.section[:HEADING_LENGTH])
    for line in hunk.lines():
        if line.new_number is None:
            continue
        yield line.new_number, scope, _folded(line.text)
        if is_heading(line.text):
            scope = _folded(line.text[:HEADING_LENGTH])


def _folded(text: str) -> str:
    """Return `text` without white space, and without what says where a secret stood that is masked in it."""
    return "".join(without_places(text).split())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
