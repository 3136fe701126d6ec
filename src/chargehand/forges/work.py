"""One run's work on a request: look, compare, do what is missing, look once more for what another run did."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from chargehand.core.errors import ForgeRefused
from chargehand.core.escaping import one_line
from chargehand.core.inline import CEILING
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.comment import Conclusion, Posted, Standing, Wanted
from chargehand.forges.compare import (
    Create,
    Delete,
    Edit,
    Fold,
    Leave,
    Step,
    Unfold,
    compare,
    later_ones,
    the_summary,
)
from chargehand.forges.conclusion import conclude
from chargehand.forges.fates import by_finding, fates_of
from chargehand.forges.forge import Forge
from chargehand.forges.page import page_of
from chargehand.forges.report import Report, StoredFinding
from chargehand.forges.request import Request
from chargehand.forges.summary import summary_body
from chargehand.forges.waivers import heard
from chargehand.forges.wanted import wanted_of, worth_a_comment

# Forges dislike many writes at once; this many shorten a push that folds a few comments.
_AT_ONCE = 4
_SHOWN = 100


class Published(NamedTuple):
    """What was done: how many steps of each kind, and the conclusion.

    `refused` are sentences about comments that the forge did not let us write, `no_check` says why the check
    was not set, empty if it was.
    """

    conclusion: Conclusion
    steps: Mapping[type[Step], int]
    refused: tuple[str, ...]
    no_check: str


class Stale(NamedTuple):
    """Nothing was posted, because the request is not, or no longer, what the report is about.

    `is_begun`: an earlier attempt of this run posted a part.
    """

    reason: str
    is_begun: bool = False


class Work:
    """One run's work on a request. It remembers what it sent, so that no failure makes it send too much."""

    def __init__(self, forge: Forge, report: Report) -> None:
        self.forge = forge
        self.report = report
        self.sent = 0
        # Fingerprints of what this run may add; what an attempt sent is not made up for by something else.
        self.chosen: frozenset[str] | None = None
        self.steps: dict[type[Step], int] = {}
        self.complaints: dict[str, None] = {}
        # Fingerprints of findings whose lines, and whose files, the forge refused as a place.
        self.refused_lines: set[str] = set()
        self.refused_files: set[str] = set()

    def finish(self) -> Published | Stale:
        """Do what is missing; raise ForgeUnsure where it is not known whether it was done.

        The check needs nothing of the comments, so both are made at once. If we wrote, we look once more: a
        run for a later push may have ended, and its summary has to stand.
        """
        with ThreadPoolExecutor(2) as beside:
            looked = beside.submit(self.forge.standing)
            request = self.forge.request()
            if reason := _stale(request, self.report):
                return Stale(reason, is_begun=self._has_written())
            standing = looked.result()
            accepted = heard(self.forge, request, standing.said)
            waivers = by_finding(self.report, accepted.waivers)
            conclusion = conclude(self.report, waivers)
            check = beside.submit(self._check, conclusion, request.head)
            self._inline(standing, waivers, request)
            if self._has_written():
                now = beside.submit(self.forge.request)
                standing = self._without_later_ones()
                if reason := _stale(now.result(), self.report):
                    return Stale(reason, is_begun=True)
            self._tell(standing, accepted, conclusion)
            return Published(conclusion, self.steps, tuple(self.complaints), check.result())

    def _has_written(self) -> bool:
        return self.sent > 0 or any(self.steps.values())

    def _tell(self, standing: Standing, accepted: Waived, conclusion: Conclusion) -> None:
        page = page_of(self.report, conclusion, accepted, standing.posted, self._pending(), self.forge.pages)
        self._summary(summary_body(page), standing)

    def _inline(self, standing: Standing, waivers: Mapping[str, Waiver], request: Request) -> None:
        """Bring the inline comments to what is wanted."""
        summary = the_summary(standing.posted, self.report.comments.name)
        steps = compare(
            tuple(self._wanted(waivers)),
            standing.posted,
            summary.marker if summary else None,
            self.report.comments.most if self.chosen is None else CEILING,
            fates_of(self.report, waivers),
        )
        missing = [each.wanted for each in steps if isinstance(each, Create)]
        if self.chosen is None:
            self.chosen = frozenset(each.marker.first for each in missing)
        self._create([each for each in missing if each.marker.first in self.chosen], request.head)
        self._take(steps)

    def _wanted(self, waivers: Mapping[str, Waiver]) -> Iterator[Wanted]:
        """Yield the comments in the form that the forge did not refuse yet."""
        for each in worth_a_comment(self.report, waivers):
            if each.fingerprint not in self.refused_files and (wanted := self._comment(each)):
                yield wanted

    def _comment(self, finding: StoredFinding) -> Wanted | None:
        is_whole_file = finding.fingerprint in self.refused_lines
        forge = self.forge
        return wanted_of(
            finding, self.report, forge.suggestion_word, forge.pages, is_whole_file=is_whole_file
        )

    def _create(self, wanted: Sequence[Wanted], head: str) -> None:
        """Write comments; about the file where its line is refused, and none where that is refused too."""
        left = list(wanted)[: max(CEILING - self.sent, 0)]
        if not left:
            return
        self.sent += len(left)
        refused: Sequence[Wanted] = ()

        def post() -> None:
            nonlocal refused
            refused = self.forge.post_inline(left, head)

        if not self._tried(post):
            return
        self._count(Create, len(left) - len(refused))
        for each in refused:
            (self.refused_files if each.place.is_whole_file else self.refused_lines).add(each.marker.first)
        names = {each.marker.first for each in refused if not each.place.is_whole_file}
        again = [self._comment(each) for each in self.report.findings if each.fingerprint in names]
        self._create([each for each in again if each], head)

    def _pending(self) -> frozenset[str]:
        """Return the findings that were meant to have a comment, and for which no place was refused."""
        return (self.chosen or frozenset()) - self.refused_files

    def _take(self, steps: Iterable[Step]) -> None:
        """Take the steps that change what stands there, some at once: each is about a comment of its own."""
        wanted = [step for step in steps if not isinstance(step, Create | Leave)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            taken = list(pool.map(self._is_taken, wanted))
        for step, is_taken in zip(wanted, taken, strict=True):
            self._count(type(step), int(is_taken))

    def _is_taken(self, step: Step) -> bool:
        match step:
            case Edit(posted, body):
                return self._tried(lambda: self.forge.edit(posted, body))
            case Fold(posted, body):
                return self._tried(lambda: self.forge.fold(posted, body))
            case Unfold(posted, body):
                return self._tried(lambda: self.forge.unfold(posted, body))
            case Delete(posted):
                return self._tried(lambda: self.forge.delete(posted))
            case Create() | Leave():
                return True

    def _without_later_ones(self) -> Standing:
        """Look again, and delete what another run wrote at the same time, if ours or theirs came later."""
        standing = self.forge.standing()
        later = later_ones(standing.posted)
        self._take(map(Delete, later))
        return standing.evolve(posted=tuple(each for each in standing.posted if each not in later))

    def _summary(self, body: str, standing: Standing) -> None:
        name = self.report.comments.name
        summary = the_summary(standing.posted, name)
        if summary is not None:
            self._edit_summary(summary, body)
        elif self._tried(lambda: self.forge.post_summary(body)):
            self._count(Create, 1)
            if (earliest := the_summary(self._without_later_ones().posted, name)) is not None:
                self._edit_summary(earliest, body)

    def _edit_summary(self, summary: Posted, body: str) -> None:
        if summary.body.strip() != body.strip():
            self._take([Edit(summary, body)])

    def _check(self, conclusion: Conclusion, head: str) -> str:
        """Set the check; return why the forge did not let us, empty if it did."""
        try:
            self.forge.conclude(conclusion, head)
        except ForgeRefused as error:
            return str(error)
        return ""

    def _tried(self, action: Callable[[], None]) -> bool:
        """Tell whether the forge let us; what it refused is remembered in words."""
        try:
            action()
        except ForgeRefused as error:
            self.complaints[str(error)] = None
            return False
        return True

    def _count(self, kind: type[Step], number: int) -> None:
        self.steps[kind] = self.steps.get(kind, 0) + number


def _stale(request: Request, report: Report) -> str:
    """Return why the report is not to be posted, empty if it is."""
    if not request.is_open:
        return f"request {request.number} is no longer open"
    if report.change.head != request.head:
        reviewed = (report.change.head or "no commit")[:12]
        now = f"the head of request {request.number} is {request.head[:12]} now"
        return f"the report is about {reviewed}, and {now}"
    if report.target and report.target != request.target:
        reviewed, now = one_line(report.target)[:_SHOWN], one_line(request.target)[:_SHOWN]
        return (
            f"the report is about a change for the branch {reviewed}, and request {request.number} is for "
            f"{now} now: review it anew"
        )
    return ""
