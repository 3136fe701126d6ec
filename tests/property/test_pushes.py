"""Over any pushes, outages, runs at once and doings of people, a request says each thing, and once."""

from contextlib import suppress
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chargehand.core.coverage import Coverage
from chargehand.core.diff import FileDiff, Hunk
from chargehand.core.errors import ForgeUnsure
from chargehand.core.finding import Finding
from chargehand.forges.comment import Posted
from chargehand.forges.publish import publish
from chargehand.forges.report import Report
from tests.unit.forges.memory import Remembered
from tests.unit.forges.reports import LENS, at, report
from tests.unit.reports.samples import gap, looked

PUSHES, ITEMS = 6, range(6)
HEAD = "f" * 40  # as the samples have it


def line(item: int) -> str:
    return f"item_{item} = 1"


def found(item: int, number: int) -> Finding:
    first, second = f"{item + 1:032x}", f"{item + 1:031x}f"
    title = f"Item {item} is wrong"
    return at(line(item), number, title=title, fingerprint=first, fingerprint_v2=second)


class Story:
    """The pushes of one request, by chance: what the author pushed, and what people did to our comments."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.forge = Remembered(HEAD)
        self.there: set[int] = set()
        self.touched: dict[str, str] = {}
        self.deleted: set[str] = set()

    def reviewed(self) -> Report:
        """Have the author change some lines; return the report of a review, which may be incomplete."""
        self.there ^= {item for item in ITEMS if self.chance.random() < 0.4}
        shown = sorted(self.there)
        body = "\n".join((" kept = 1", *(f"+{line(item)}" for item in shown)))
        size = len(shown) + 1
        hunk = Hunk(old_start=1, old_count=1, new_start=1, new_count=size, section="", body=body)
        file = FileDiff(path="src/app.py", status="modified", added=len(shown), removed=0, hunks=(hunk,))
        is_read = self.chance.random() < 0.75
        said = [found(item, shown.index(item) + 2) for item in shown if self.chance.random() < 0.8]
        cell: Coverage = (
            looked(file.path, LENS) if is_read else gap(file.path, LENS, "failed", "there was no answer")
        )
        return report(*(said if is_read else ()), file=file, coverage=(cell,))

    def post(self, stored: Report) -> None:
        """Publish as often as it takes, while some writes fail and another run may overtake."""
        if self.chance.random() < 0.3:
            self.forge.overtaken = lambda: publish(self.forge, stored, lambda _: None)
        for _ in range(8):
            self.forge.failures = {
                self.chance.randrange(40): self.chance.choice(["done", "lost"]) for _ in range(6)
            }
            with suppress(ForgeUnsure):
                publish(self.forge, stored, lambda _: None)
                return
        self.forge.failures = {}
        publish(self.forge, stored, lambda _: None)

    def comments(self) -> list[Posted]:
        return [each for each in self.forge.comments.values() if each.marker.kind == "finding"]

    def meddle(self) -> None:
        """Have people delete, answer or resolve some of our comments."""
        for each in self.comments():
            if self.chance.random() < 0.15:
                del self.forge.comments[each.id]
                self.deleted.add(each.marker.first)
            elif self.chance.random() < 0.15 and not each.marker.is_folded:
                flag = self.chance.choice(["is_answered", "is_resolved", "is_hidden"])
                self.forge.comments[each.id] = each.evolve(**{flag: True})
                self.touched[each.id] = each.body


@settings(max_examples=8, derandomize=True, deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_is_said_twice_or_lost_or_called_gone_unread(seed: int) -> None:
    story = Story(Random(seed))  # noqa: S311 - no secret
    for _ in range(PUSHES):
        folded = {each.id for each in story.comments() if each.marker.is_folded}
        stored = story.reviewed()
        story.post(stored)
        names = [each.marker.first for each in story.comments()]
        [summary] = [each.body for each in story.forge.comments.values() if each.marker.kind == "summary"]
        assert len(names) == len(set(names))
        assert not story.deleted.intersection(names)
        assert all(each.fingerprint in names or each.title in summary for each in stored.findings)
        for each in story.comments():
            if each.marker.is_folded and each.id not in folded:
                assert stored.verdict.complete
                assert int(each.marker.first, 16) - 1 not in story.there
        assert all(
            story.forge.comments[name].body == body
            for name, body in story.touched.items()
            if name in story.forge.comments
        )
        story.meddle()
