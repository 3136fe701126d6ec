from typing import Any, get_args

import pytest

from chargehand.core.diff import Authority, SkipReason
from chargehand.core.review import Mode
from chargehand.reports.headline import conclusion, headline
from chargehand.reports.notifications import MODE_LABELS
from tests.unit.reports.samples import CLEAN, NOTHING, OFFLINE, RICH, finding, judged, review, skip

LEFT_OUT = "left out: package-lock.json, web/yarn.lock, logo.png and 1 more file"


@pytest.mark.parametrize(
    ("reviewed", "gate", "told", "looks"),
    [
        (CLEAN, {}, "Passed (live): no finding at or above high", "good"),
        (
            RICH,
            {},
            f"Blocked (live): 3 findings at or above high; {LEFT_OUT}",
            "bad",
        ),
        (OFFLINE, {}, "Passed (offline), but no model looked: only the free checks ran", "unclear"),
        (NOTHING, {}, "Passed (live): nothing to review; left out: poetry.lock", "neutral"),
        (review(gaps=("nobody judged",)), {}, "Incomplete (live): nobody judged", "bad"),
        (
            review(gaps=("nobody judged",)),
            {"on_incomplete": "warn"},
            "Passed with gaps (live): nobody judged",
            "unclear",
        ),
        (
            review(gaps=("stopped",), is_interrupted=True),
            {"on_incomplete": "warn"},
            "Interrupted (live): stopped",
            "unclear",
        ),
        (
            review(),
            {"fail_spend": "0.01"},
            "Over budget (live): the bill of $0.0172 passed the threshold of $0.01",
            "bad",
        ),
        (
            review(findings=(finding(),), mode="offline"),
            {},
            "Blocked (offline): 1 finding at or above high",
            "bad",
        ),
        (review(mode="scripted"), {}, "Passed (scripted): no finding at or above high", "unclear"),
        (review(mode="batch"), {}, "Passed (batch): no finding at or above high", "good"),
        (review(mode="replayed"), {}, "Passed (replayed): no finding at or above high", "good"),
    ],
)
def test_the_headline_says_how_it_ended_and_only_a_full_look_is_good(
    reviewed: Any,
    gate: dict[str, Any],
    told: str,
    looks: str,  # Any: a review, and fields of a gate
) -> None:
    assert headline(*judged(reviewed, **gate)) == told
    assert conclusion(*judged(reviewed, **gate)) == looks


def test_nothing_to_review_but_a_file_that_could_not_be_read_is_not_neutral() -> None:
    unread = skip("merge.py", SkipReason.MERGE, "A merge.", Authority.NOBODY)
    reviewed = NOTHING.evolve(diff=NOTHING.diff.evolve(files=(unread,)))
    assert conclusion(*judged(reviewed, on_incomplete="warn")) == "unclear"


def test_every_mode_has_its_label_and_only_those_of_models_now_need_none() -> None:
    assert set(MODE_LABELS) == set(get_args(Mode))
    assert [mode for mode, label in MODE_LABELS.items() if not label] == ["live", "batch"]
