"""What has to be done, by what should stand in a request and what does."""

from collections.abc import Callable
from typing import Any

import pytest

from chargehand.forges.comment import MOST_REMEMBERED, Marker, Place, Posted, Wanted, marker_in
from chargehand.forges.compare import (
    Create,
    Delete,
    Edit,
    Fates,
    Fold,
    Leave,
    Step,
    Unfold,
    compare,
    later_ones,
    paired,
    the_summary,
)

PLACE = Place(path="app.py", old_path="app.py", start_line=1, end_line=1)
NO_FATE = Fates(accepted=lambda _: "", is_gone=lambda _: False)
GONE = Fates(accepted=lambda _: "", is_gone=lambda _: True)


def marker(number: int, **more: Any) -> Marker:  # Any: fields of a Marker
    first, second = f"{number:032x}", f"{number + 0x1000:032x}"
    fields = {"kind": "finding", "first": first, "second": second, "rule": "0" * 8, "severity": "high"}
    return Marker(**(fields | more))


def wanted(number: int, **more: Any) -> Wanted:  # Any: as above
    said = marker(number, **more)
    return Wanted(marker=said, place=PLACE, body=f"{said.written()}\nNumber {number}")


def posted(number: int, *, order: int = 0, marks: dict[str, Any] | None = None, **more: Any) -> Posted:
    said = marker(number, **(marks or {}))
    body = f"{said.written()}\nNumber {number}"
    return Posted(id=f"{number}-{order}", order=order, marker=said, body=body, **more)


def summary(**more: Any) -> Posted:  # Any: as above
    said = Marker(kind="summary", **more)
    return Posted(id="summary", order=0, marker=said, body=said.written())


def steps(
    want: list[Wanted],
    stand: list[Posted],
    *,
    most: int = 20,
    told: tuple[int, ...] = (),
    fates: Fates = NO_FATE,
) -> tuple[Step, ...]:
    known = tuple(marker(number).key for number in told)
    return compare(want, stand, Marker(kind="summary", known=known) if told else None, most, fates)


def test_what_is_missing_is_created_the_first_ones_up_to_the_limit() -> None:
    want = [wanted(number) for number in range(5)]
    assert steps(want, [], most=3) == tuple(map(Create, want[:3]))
    assert steps(want, [posted(0), posted(1)], most=2)[2:] == (Create(want[2]), Create(want[3]))


def test_what_stands_is_left_whatever_its_words_are() -> None:
    stand = posted(1)
    assert steps([wanted(1)], [stand.evolve(body="other words")]) == (
        Leave(stand.evolve(body="other words")),
    )


def test_what_is_graded_anew_is_edited() -> None:
    want = wanted(1, severity="critical")
    assert steps([want], [posted(1)]) == (Edit(posted(1), want.body),)


def test_what_is_to_be_waived_by_another_fingerprint_now_is_edited_to_say_so() -> None:
    want = wanted(1, first="f" * 32)
    assert steps([want], [posted(1)]) == (Edit(posted(1), want.body),)


@pytest.mark.parametrize("touch", ["is_answered", "is_resolved", "is_hidden"])
def test_what_people_touched_is_left_whatever_became_of_it(touch: str) -> None:
    stand = posted(1).evolve(**{touch: True})
    assert steps([wanted(1, severity="low")], [stand]) == (Leave(stand),)
    assert steps([], [stand], fates=GONE) == (Leave(stand),)


def test_what_is_gone_is_folded_once_and_shown_again_when_it_is_back() -> None:
    [step] = steps([], [posted(1)], fates=GONE)
    assert isinstance(step, Fold)
    folded = marker_in(step.body)
    assert folded == marker(1, is_folded=True)
    assert step.body.endswith("Number 1")
    stand = posted(1, marks={"is_folded": True}, is_hidden=True, is_resolved=True)
    assert steps([], [stand], fates=GONE) == (Leave(stand),)
    assert steps([wanted(1)], [stand]) == (Unfold(stand, wanted(1).body),)


def test_what_somebody_answered_after_we_folded_it_stays_folded() -> None:
    stand = posted(1, marks={"is_folded": True}, is_hidden=True, is_answered=True)
    assert steps([wanted(1)], [stand]) == (Leave(stand),)


def test_each_comment_that_nobody_wants_meets_its_own_fate() -> None:
    fates = Fates(
        accepted=lambda said: "Accepted: so." if said == marker(3) else "",
        is_gone=lambda said: said == marker(4),
    )
    stand = [posted(1), posted(2), posted(3), posted(4), posted(4, order=7)]
    missing, first, second, accepted, twice, gone = steps([wanted(5), wanted(1)], stand, fates=fates)
    assert (missing, first, second) == (Create(wanted(5)), Leave(posted(1)), Leave(posted(2)))
    assert twice == Delete(posted(4, order=7))
    for step, number, why in ((accepted, 3, "Accepted: so."), (gone, 4, "Gone: ")):
        assert isinstance(step, Fold)
        assert (step.posted, why in step.body) == (posted(number), True)


def test_what_has_no_second_fingerprint_is_not_alike_for_that() -> None:
    assert paired([marker(1, second="")], [posted(2, marks={"second": ""})]) == [[]]


def test_what_is_accepted_is_folded_with_the_reason_and_what_is_merely_not_seen_is_left() -> None:
    accepted = Fates(accepted=lambda _: "Waived by b: why.", is_gone=lambda _: False)
    [step] = steps([], [posted(1)], fates=accepted)
    assert isinstance(step, Fold)
    assert "**Waived by b: why.**" in step.body
    assert steps([], [posted(1)]) == (Leave(posted(1)),)


def test_what_the_summary_told_before_is_not_created() -> None:
    assert steps([wanted(1), wanted(2)], [], told=(1,)) == (Create(wanted(2)),)
    told = Marker(kind="summary", told=(marker(1).first,))
    assert compare([wanted(1)], [], told, 20, NO_FATE) == ()


def test_beside_a_summary_that_remembers_no_more_nothing_is_created() -> None:
    almost = Marker(kind="summary", told=tuple(f"{number:032x}" for number in range(1, MOST_REMEMBERED)))
    assert compare([wanted(999)], [], almost, 20, NO_FATE) == (Create(wanted(999)),)
    full = almost.evolve(told=(*almost.told, "f" * 32))
    assert compare([wanted(999)], [], full, 20, NO_FATE) == ()


def test_of_equal_comments_the_earliest_stays_unless_people_touched_another() -> None:
    first, second, third = (posted(1, order=order) for order in (3, 5, 5))
    third = third.evolve(id="1-6")
    assert steps([wanted(1)], [third, second, first]) == (Delete(second), Delete(third), Leave(first))
    assert set(later_ones([third, second, first])) == {second, third}
    answered = second.evolve(is_answered=True)
    assert steps([wanted(1)], [first, answered]) == (Delete(first), Leave(answered))
    both = [first.evolve(is_resolved=True), answered]
    assert later_ones(both) == ()


def test_a_summary_that_stands_twice_goes_once_and_is_no_findings_comment() -> None:
    later = summary().evolve(id="later", order=9)
    assert later_ones([later, summary()]) == (later,)
    assert the_summary([later, summary()], "") == summary()
    assert the_summary([posted(1)], "") is None
    assert steps([], [summary()], fates=GONE) == ()


def same_first(one: Marker) -> Marker:
    return one.evolve(second="f" * 32)


def same_second(one: Marker) -> Marker:
    return one.evolve(first="f" * 32)


def other_rule(one: Marker) -> Marker:
    return one.evolve(first="f" * 32, rule="1" * 8)


@pytest.mark.parametrize("changed", [same_first, same_second, other_rule])
def test_a_finding_is_known_by_either_fingerprint(changed: Callable[[Marker], Marker]) -> None:
    assert paired([changed(marker(1))], [posted(1)]) == [[posted(1)]]
    assert paired([marker(2)], [posted(1)]) == [[]]


def test_one_comment_never_stands_for_two_findings() -> None:
    own, other = marker(1), marker(2, second=marker(1).second)
    for markers in ([own, other], [other, own]):
        groups = dict(zip(markers, paired(markers, [posted(1)]), strict=True))
        assert groups == {own: [posted(1)], other: []}


def test_where_the_first_finding_of_a_line_is_fixed_the_second_keeps_its_own_comment() -> None:
    """Its number on the line, and so its second fingerprint, becomes that of the one that is fixed."""
    fixed, stays = posted(1, marks={"rule": "1" * 8}), posted(2, marks={"rule": "2" * 8})
    now = marker(2, rule="2" * 8, second=fixed.marker.second)
    assert paired([now], [fixed, stays]) == [[stays]]


def test_another_reviews_comment_serves_for_a_finding_of_ours_and_is_not_ours_to_touch() -> None:
    theirs = posted(1, marks={"review": "web"})
    assert steps([wanted(1, severity="low")], [theirs]) == (Leave(theirs),)
    assert steps([], [theirs], fates=GONE) == (Leave(theirs),)
    assert isinstance(steps([], [theirs], fates=GONE._replace(review="web"))[0], Fold)


def test_what_another_review_folded_away_serves_for_none_of_ours() -> None:
    theirs = posted(1, marks={"review": "web", "is_folded": True})
    assert steps([wanted(1)], [theirs]) == (Create(wanted(1)),)


def test_each_review_has_its_own_summary() -> None:
    ours, theirs = summary(), summary(review="web").evolve(id="theirs", order=1)
    assert later_ones([ours, theirs]) == ()
    assert (the_summary([theirs, ours], ""), the_summary([ours, theirs], "web")) == (ours, theirs)
    assert later_ones([ours, theirs, theirs.evolve(id="again", order=2)]) == (
        theirs.evolve(id="again", order=2),
    )
