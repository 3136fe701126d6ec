"""Which of many suppressions name a finding, without asking each of them about each finding."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chargehand.core.finding import Finding, names_of_rule
from chargehand.core.patterns import folder_of, matcher
from chargehand.core.suppression import Suppression


class Index(NamedTuple):
    """What names a finding, and what names a file by its pattern, in the order in which it was given."""

    of_finding: Callable[[Finding], Sequence[Suppression]]
    of_path: Callable[[str], Sequence[Suppression]]


def index_of(given: Sequence[Suppression]) -> Index:
    """Return what finds those of `given` that name a finding, or a file."""
    filed: dict[str, list[int]] = defaultdict(list)
    by_folder: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(given):
        if each.path:
            by_folder[folder_of(each.path)].append(number)
        if each.fingerprint or not each.path:
            filed[each.fingerprint or each.rule].append(number)

    @cache
    def near(path: str) -> Sequence[int]:
        """Return the numbers of those whose pattern covers `path`."""
        asked = (number for folder in _folders(path) for number in by_folder.get(folder, ()))
        return [number for number in asked if matcher((given[number].path,))(path)]

    def of_finding(finding: Finding) -> Sequence[Suppression]:
        names = (finding.fingerprint, finding.fingerprint_v2, *names_of_rule(finding.rule))
        known = {number for name in names for number in filed.get(name, ())}
        known |= {number for number in near(finding.path) if not given[number].fingerprint}
        return [given[number] for number in sorted(known) if given[number].names(finding)]

    return Index(of_finding, lambda path: [given[number] for number in sorted(near(path))])


def _folders(path: str) -> Iterator[str]:
    """Yield the empty name of the outermost folder, and each further one above `path`."""
    yield ""
    at = -1
    while (at := path.find("/", at + 1)) > 0:
        yield path[:at]
